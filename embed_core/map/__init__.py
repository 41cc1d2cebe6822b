"""The map of categories in the browser, wherever it stands: a page, a notebook, a page on its own."""
