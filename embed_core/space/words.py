"""Words of sentences: what one category is called, and about how many there are."""


def noun(column: str) -> str:
    """Return what one category of a column is called: its name where that reads as a word, else "category".

    >>> noun("Product"), noun("ORIGIN_AIRPORT_ID"), noun("products"), noun("")
    ('product', 'category', 'category', 'category')
    """
    word = column.strip().lower()
    is_word = 2 < len(word) <= 20 and word.isalpha() and (word[-1] != "s" or word.endswith("ss"))
    return word if is_word else "category"


def rounded(size: float) -> str:
    """Round to two digits, as the size is about that.

    >>> rounded(256.4), rounded(7.6)
    ('260', '8')
    """
    digits = max(0, len(str(round(size))) - 2)
    return f"{round(size, -digits):,.0f}"
