"""Examples of docstrings as code on the pages of the documentation; mkdocs.yml names this file."""

import re

import griffe

# From ">>>" to the next empty line, as doctest reads it.
_EXAMPLE = re.compile(r"^( *)>>> .*(?:\n\1\S.*|\n\1 +\S.*)*", re.M)


class FencedExamples(griffe.Extension):
    """Put each doctest into a fence: in Markdown ``>>>`` begins a quotation."""

    def on_object(self, *, obj: griffe.Object, **_: object) -> None:
        """Change the docstring of what was read."""
        if obj.docstring:
            obj.docstring.value = _EXAMPLE.sub(
                lambda found: f"{found[1]}```pycon\n{found[0]}\n{found[1]}```", obj.docstring.value
            )
