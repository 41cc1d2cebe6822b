"""The tables that people uploaded."""

import secrets
import threading
from collections import OrderedDict

from embed_core.tables.table import Table

_KEPT = 8


class Uploads:
    """The tables that people uploaded, the last few of them, until the server ends."""

    def __init__(self) -> None:
        self._tables: OrderedDict[str, Table] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, table: Table) -> str:
        """Keep a table, and return its id, which cannot be guessed."""
        token = secrets.token_hex(12)
        with self._lock:
            self._tables[token] = table
            while len(self._tables) > _KEPT:
                self._tables.popitem(last=False)
        return token

    def get(self, token: str) -> Table | None:
        """Return a table; None when it was never here, or too many came after it."""
        with self._lock:
            if token in self._tables:
                self._tables.move_to_end(token)
            return self._tables.get(token)
