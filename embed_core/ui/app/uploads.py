"""The tables that people uploaded."""

import secrets
import threading
from collections import OrderedDict

from embed_core.tables.table import Table

MOST_HELD = 8
MOST_BYTES = 2 * 1024**3
"""Of the files behind the tables that a workspace holds."""


class Uploads:
    """The tables that people uploaded, the last few of them, until the server ends."""

    def __init__(self) -> None:
        self._tables: OrderedDict[str, Table] = OrderedDict()
        self._bytes: dict[str, int] = {}
        self._lock = threading.Lock()

    def add(self, table: Table, token: str | None = None, *, size: int | None = None) -> str:
        """Keep a table, and return its id, which cannot be guessed.

        Args:
            table: the table.
            token: id of the table in whose place it comes; None for a new one.
            size: of its file in bytes; None leaves that of the table before.
        """
        token = token or secrets.token_hex(12)
        with self._lock:
            self._tables[token] = table
            self._tables.move_to_end(token)
            if size is not None:
                self._bytes[token] = size
            while len(self._tables) > 1 and (
                len(self._tables) > MOST_HELD or sum(self._bytes.values()) > MOST_BYTES
            ):
                self._bytes.pop(self._tables.popitem(last=False)[0], None)
        return token

    def get(self, token: str) -> Table | None:
        """Return a table; None when it was never here, or too many came after it."""
        with self._lock:
            if token in self._tables:
                self._tables.move_to_end(token)
            return self._tables.get(token)

    def held(self) -> dict[str, Table]:
        """Return all tables that are still here, by id, the last used first."""
        with self._lock:
            return dict(reversed(self._tables.items()))

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._tables.clear()
            self._bytes.clear()
