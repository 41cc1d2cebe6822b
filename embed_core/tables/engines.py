"""Where engines differ: how they write numbers and times, sort texts and hash them. DuckDB's way is everybody's.

The same rows give the same categories, bins and samples in each. An engine that is not named here is asked as
DuckDB is.
"""

import datetime
import hashlib
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ibis
import ibis.expr.operations as ops

from embed_core.errors import AtlasError, quoted

_PATH = re.compile(r"(?:[A-Za-z]:)?(?:[/\\][^\s\"':]+){2,}")
# How Ibis uses pandas and DuckDB, which only Ibis can change.
_WARNED_OF = ("The 'future.infer_string' option", "fetch_arrow_table", "fetch_record_batch")
_LONGEST_PLAIN = r"e\+(0[0-9]|1[0-5])$"


def can(engine: Any, operation: type[ops.Value]) -> bool:
    """Whether an engine, a connection of Ibis, knows an operation."""
    return bool(engine.has_operation(operation))


def engine_of(value: ibis.Value | ibis.Table) -> Any:
    """Return the engine in which an expression runs, a connection of Ibis."""
    return value.get_backend()


def written(value: ibis.Value) -> ibis.expr.types.StringValue:
    """Return values as DuckDB writes them: 7.0 and 1e+16, true, 2024-06-10 14:00:00.5."""
    kind, engine = value.type(), engine_of(value).name
    if kind.is_floating():
        value = value + ibis.literal(0.0, kind)  # -0.0 is 0.0
    if engine == "postgres" and kind.is_floating():
        return _postgres_number(value)
    if engine == "pyspark" and kind.is_floating():
        return _spark_number(value.cast("float64"))
    if engine == "pyspark" and kind.is_timestamp() and kind.timezone is not None:
        return value.cast("string") + "+00"  # Ibis has Spark write times in UTC
    if engine == "sqlite" and kind.is_boolean():
        return ibis.cases((value, "true"), (~value, "false"))
    if engine == "sqlite" and (kind.is_floating() or kind.is_decimal()):
        return _sqlite_number(value.cast("float64"))
    if engine == "sqlite" and kind.is_timestamp():
        return _sqlite_time(value.cast("string"))
    return value.cast("string")


def by_bytes(text: ibis.expr.types.StringValue) -> ibis.Value:
    """Return what sorts texts by their bytes, as Python and DuckDB do, and not as a language does."""
    return _convert_to(text, "UTF8") if engine_of(text).name == "postgres" else text


def digest(text: ibis.expr.types.StringValue) -> ibis.expr.types.StringValue:
    """Return the MD5 of texts, 32 hexadecimal digits: a hash that engines have in common."""
    engine = engine_of(text)
    if engine.name == "sqlite":
        return _sqlite_md5(text)
    return text.hexdigest("md5") if can(engine, ops.HexDigest) else _md5(text)


@contextmanager
def asked() -> Iterator[None]:
    """Ask an engine, without what Ibis is warned of: who turns warnings into errors would get no rows."""
    with warnings.catch_warnings():
        for message in _WARNED_OF:
            warnings.filterwarnings("ignore", message, module=r"ibis\.")
        yield


def failed(name: str, engine: str, error: Exception) -> AtlasError:
    """Return the error that gives an engine's own as a sentence, without the paths in it.

    >>> print(failed("flights", "duckdb", ValueError("No file /home/me/a.csv"))) # doctest: +ELLIPSIS
    The table "flights" cannot be read: duckdb says "No file …". Look whether ...
    """
    return AtlasError(
        f"The table {quoted(name)} cannot be read: {engine} says {quoted(said(error), limit=400)}. "
        "Look whether the data are whole and the engine is there, and open the table again."
    )


def said(error: Exception) -> str:
    """Return the first line of an engine's error, without the paths in it."""
    lines = [line for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    return _PATH.sub("…", lines[0].strip())


def _postgres_number(value: ibis.Value) -> ibis.expr.types.StringValue:
    plain = value.cast("string")
    # PostgreSQL turns to exponents earlier, and writes no ".0" behind whole numbers.
    plain = plain.re_search(_LONGEST_PLAIN).ifelse(plain.cast("decimal").cast("string"), plain)
    return (
        plain.re_search("^-?[0-9]+$")
        .ifelse(plain + ".0", plain)
        .substitute({"Infinity": "inf", "-Infinity": "-inf"})
    )


def _spark_number(value: ibis.Value) -> ibis.expr.types.StringValue:
    size = value.abs()
    # Of whole numbers from 2**53 on, Java before 19 writes more digits than there must be.
    digits = _format_string("%.16e", value)
    for shorter in ("%.15e", "%.14e"):
        text = _format_string(shorter, value)
        digits = (text.cast("float64") == value).ifelse(text, digits)
    large = digits.re_replace(r"\.?0*e", "e")
    # Java turns to exponents from 1e7 on and below 0.001, others from 1e16 on and below 0.0001.
    plain = value.cast("string").substitute({"Infinity": "inf", "-Infinity": "-inf"})
    small = plain.replace(".0E-", "E-").re_replace(r"E-(\d)$", "E-0$1").replace("E", "e")
    return ibis.cases(
        ((size < 1e-4) & (size > 0), small),
        ((size < 1e-3) & (size > 0), _decimals(value, 25)),
        ((size >= 1e7) & (size < 1e16), _decimals(value, 12)),
        ((size >= 1e16) & (size < float("inf")), large),
        else_=plain,
    )


def _decimals(value: ibis.Value, most: int) -> ibis.expr.types.StringValue:
    """Return numbers without exponents, with at least one decimal; those that do not fit are missing."""
    return value.try_cast(f"decimal(38, {most})").cast("string").re_replace(r"(\.\d+?)0+$", "$1")


@ibis.udf.scalar.builtin(name="format_string")  # type: ignore[untyped-decorator]
def _format_string(pattern: str, value: float) -> str:  # type: ignore[empty-body]
    """Spark's own."""


@ibis.udf.scalar.builtin(name="convert_to")  # type: ignore[untyped-decorator]
def _convert_to(text: str, encoding: str) -> bytes:  # type: ignore[empty-body]
    """PostgreSQL's own."""


@ibis.udf.scalar.builtin(name="md5")  # type: ignore[untyped-decorator]
def _md5(text: str) -> str:  # type: ignore[empty-body]
    """The engine's own."""


@ibis.udf.scalar.python(name="atlas_md5")  # type: ignore[untyped-decorator]
def _sqlite_md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


@ibis.udf.scalar.python(name="atlas_number")  # type: ignore[untyped-decorator]
def _sqlite_number(value: float) -> str:
    # SQLite itself writes 15 digits, and two numbers would be one category.
    return repr(float(value))


@ibis.udf.scalar.python(name="atlas_time")  # type: ignore[untyped-decorator]
def _sqlite_time(value: str) -> str:
    try:
        moment = datetime.datetime.fromisoformat(str(value))
    except ValueError:  # SQLite holds what it was given
        return str(value)
    if moment.tzinfo is not None:
        moment = moment.astimezone(datetime.UTC)
    text = moment.replace(tzinfo=None).isoformat(" ")
    text = text.rstrip("0") if "." in text else text
    return text + "+00" if moment.tzinfo else text
