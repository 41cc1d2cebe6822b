"""What a person can say about a file instead of having it detected; checked in one place."""

import codecs
from collections.abc import Mapping
from typing import Any, Literal, get_args

from embed_core.errors import AtlasError, did_you_mean, listed, quoted
from embed_core.tables.reading.file_format import FileFormat

ColumnType = Literal["text", "number", "time", "ignore"]
COLUMN_TYPES: tuple[ColumnType, ...] = get_args(ColumnType)
_QUOTES = ("", '"', "'")
_DECIMALS = (".", ",")
# What an option is about, for the sentence that refuses it elsewhere.
_ABOUT = {
    "encoding": "text",
    "delimiter": "delimited text",
    "quote": "delimited text",
    "decimal": "delimited text",
    "header_line": "delimited text and workbooks",
    "skip_top": "delimited text and workbooks",
    "skip_bottom": "delimited text and workbooks",
    "missing": "delimited text and workbooks",
    "sheet": "workbooks",
    "partitions": "folders of Parquet files",
}


def given_options(**values: Any) -> dict[str, Any]:
    """Return the options that were given, checked.

    Raises:
        AtlasError: one of them has no meaning.
    """
    header_line = values.pop("header_line", "detect")
    given = {name: value for name, value in values.items() if value not in (None, 0, (), False)}
    if header_line != "detect":
        given["header_line"] = header_line
    for name, value in given.items():
        _check(name, value)
    return given


def refuse_options(options: Mapping[str, Any], file_format: FileFormat, name: str) -> None:
    """Refuse options that the reader of this format does not take.

    Raises:
        AtlasError: there are some.
    """
    refuse(options, file_format.options, f"{quoted(name)} is {file_format.title}")


def refuse(options: Mapping[str, Any], taken: tuple[str, ...], what: str) -> None:
    """Refuse options that are not ``taken``; ``what`` says what the source is.

    Raises:
        AtlasError: there are some.
    """
    wrong = [option for option in options if option not in taken]
    if wrong:
        about = _ABOUT[wrong[0]]
        alike = [option for option in wrong if _ABOUT[option] == about]
        raise AtlasError(f"{', '.join(alike)} can be set for {about} only, and {what}. Leave it out.")


def check_types(types: Mapping[str, str] | None) -> dict[str, str]:
    """Return which column is to be read as what, checked.

    Raises:
        AtlasError: it is no such mapping.
    """
    if types is None:
        return {}
    if not isinstance(types, Mapping):
        raise AtlasError(
            f'types must name columns with what they are, as {{"zip": "text"}}. Got {quoted(types)}.'
        )
    for column, kind in types.items():
        if kind not in COLUMN_TYPES:
            raise AtlasError(
                f"The column {quoted(column)} cannot be read as {quoted(kind)}. Use one of {listed(COLUMN_TYPES)}."
            )
    return dict(types)


def check_bags(bags: Mapping[str, str | None] | None) -> dict[str, str | None]:
    """Return of which columns the cells hold several values, with what stands between these, checked.

    Raises:
        AtlasError: it is no such mapping.
    """
    if bags is not None and not isinstance(bags, Mapping):
        raise AtlasError(
            "bags must name columns with what stands between the values of their cells, as "
            f'{{"genres": "|"}}; None in its place finds it out. Got {quoted(bags)}.'
        )
    return dict(bags or {})


def require_columns(types: Mapping[str, str], columns: list[str]) -> None:
    """Refuse types of columns that are not there, and to leave out every column.

    Raises:
        AtlasError: a column is not there, or none is left.
    """
    for column in types:
        if column not in columns:
            hint = did_you_mean(column, columns) or f"The columns are {listed(columns)}."
            raise AtlasError(
                f"types names the column {quoted(column)}, and there is none of that name. {hint}"
            )
    if columns and all(types.get(column) == "ignore" for column in columns):
        raise AtlasError("types leaves out every column. Keep at least one.")


def _check(name: str, value: Any) -> None:
    if name == "encoding":
        _check_encoding(value)
    elif name == "delimiter" and (not isinstance(value, str) or len(value) != 1 or value in "\r\n\"'\0"):
        raise AtlasError(
            f"The delimiter must be one character, and {quoted(value)} is not. Use , ; | or a tab."
        )
    elif name == "quote" and value not in _QUOTES:
        raise AtlasError(f'The quote must be " or \' or "" for none, and {quoted(value)} was given.')
    elif name == "decimal" and value not in _DECIMALS:
        raise AtlasError(
            f'The decimal mark must be "." or ",", and {quoted(value)} was given. Use one of the two.'
        )
    elif name == "header_line" and value is not None and not _is_count(value):
        raise AtlasError(
            f"header_line must be a line counted from 0, or None, and {quoted(value)} was given."
        )
    elif name in ("skip_top", "skip_bottom") and not _is_count(value):
        raise AtlasError(f"{name} must be how many lines to leave out, and {quoted(value)} was given.")
    elif name == "missing" and (isinstance(value, str) or not all(isinstance(each, str) for each in value)):
        raise AtlasError(
            f'missing must be a list of spellings that mean "nothing", such as ["NA", "-"]. Got {quoted(value)}.'
        )
    elif name == "sheet" and not (isinstance(value, str) or _is_count(value)):
        raise AtlasError(f"sheet must be the name of a sheet, or its number from 0. Got {quoted(value)}.")


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _check_encoding(encoding: object) -> None:
    try:
        codecs.lookup(str(encoding))
        b"a".decode(str(encoding), errors="replace")
    except (LookupError, ValueError) as error:
        raise AtlasError(
            f"The encoding {quoted(encoding)} is not known. Use one such as utf-8, utf-16, latin-1, cp1252, "
            "shift_jis, big5, gb18030 or koi8-r, or leave it out to have it detected."
        ) from error
