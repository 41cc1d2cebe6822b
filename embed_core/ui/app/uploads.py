"""The tables that people uploaded."""

import secrets
import threading
from collections import OrderedDict

from embed_core.tables.table import Table

MOST_HELD = 8


class Uploads:
    """The tables that people uploaded, the last few of them, until the server ends."""

    def __init__(self) -> None:
        self._tables: OrderedDict[str, Table] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, table: Table, token: str | None = None) -> str:
        """Keep a table, and return its id, which cannot be guessed.

        Args:
            table: the table.
            token: id of the table in whose place it comes; None for a new one.
        """
        token = token or secrets.token_hex(12)
        with self._lock:
            self._tables[token] = table
            self._tables.move_to_end(token)
            while len(self._tables) > MOST_HELD:
                self._tables.popitem(last=False)
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
