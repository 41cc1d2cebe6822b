"""A table of vectors as SQL, to join in any database."""

import re

from embed_core.exporting.base import Exporter
from embed_core.exporting.content import Content

_AT_ONCE = 200
_NOT_A_NAME = re.compile(r"\W+", re.ASCII)


def _make(content: Content) -> bytes:
    embedding = content.embedding
    name = _NOT_A_NAME.sub("_", embedding.name).strip("_").lower()[:40]
    table = f"{name}_vectors" if name[:1].isalpha() else "category_vectors"
    axes = [f"v{axis}" for axis in range(embedding.dimension)]
    lines = [
        f"-- The vectors of {len(embedding):,} categories of {_in_comment(embedding.name)}. Standard SQL: DuckDB, "
        "SQLite, PostgreSQL.",
        f"-- SELECT t.*, {', '.join(f'l.{axis}' for axis in axes[:3])}{', …' if len(axes) > 3 else ''} FROM your_table "
        f"AS t LEFT JOIN {table} AS l ON l.category = CAST(t.{_in_comment(_quoted(embedding.name))} AS TEXT);",
    ]
    if embedding.unknown is not None:
        unknown = ", ".join(map(_number, embedding.unknown.tolist()))
        lines.append(f"-- A category that was never seen has the vector of (unknown): {unknown}")
    columns = ", ".join(f"{axis} DOUBLE PRECISION NOT NULL" for axis in axes)
    lines += [
        f"CREATE TABLE {table} (category TEXT PRIMARY KEY, support BIGINT NOT NULL, {columns});",
        "BEGIN;",
    ]
    rows = [
        f"({_text(label)}, {int(support)}, {', '.join(map(_number, vector.tolist()))})"
        for label, support, vector in zip(embedding.labels, embedding.support, embedding.vectors, strict=True)
    ]
    for start in range(0, len(rows), _AT_ONCE):
        lines.append(f"INSERT INTO {table} VALUES\n" + ",\n".join(rows[start : start + _AT_ONCE]) + ";")
    return ("\n".join([*lines, "COMMIT;"]) + "\n").encode()


def _text(value: str) -> str:
    # No database keeps the character zero in a text.
    return "'" + value.replace("'", "''").replace("\x00", "␀") + "'"


def _number(value: float) -> str:
    return f"{value!r}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _in_comment(text: str) -> str:
    return " ".join(text.split())


LOOKUP_SQL = Exporter(
    "sql",
    "Lookup table as SQL",
    "A table to join to your own in DuckDB, SQLite or PostgreSQL: a row per category, a column per number.",
    ".sql",
    _make,
)
