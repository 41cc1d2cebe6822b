"""What one category is called in a sentence."""


def noun(column: str) -> str:
    """Return what one category of a column is called: its name where that reads as a word, else "category".

    >>> noun("Product"), noun("ORIGIN_AIRPORT_ID"), noun("products"), noun("")
    ('product', 'category', 'category', 'category')
    """
    word = column.strip().lower()
    is_word = 2 < len(word) <= 20 and word.isalpha() and (word[-1] != "s" or word.endswith("ss"))
    return word if is_word else "category"
