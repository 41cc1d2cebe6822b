"""Copies of runs that somebody gives to whoever has the link, and can take back."""

import json
import re
import secrets
import shutil
from pathlib import Path

from embed_core import writing

_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")


class SharedCopies:
    """The copies that one server gives away; what a link opens is never the run itself.

    Args:
        folder: where they lie, a folder each.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def give(self, content: bytes, *, workspace: str, run_id: str) -> str:
        """Keep a run that was written as one file, and return the unguessable word that opens it.

        Raises:
            OSError: it cannot be written.
        """
        token = secrets.token_urlsafe(24)
        place = self._folder / token
        try:
            place.mkdir(parents=True)
            writing.write(place / "run.zip", content)
            writing.write(place / "of.json", json.dumps({"workspace": workspace, "run": run_id}).encode())
        except OSError:
            shutil.rmtree(place, ignore_errors=True)
            raise
        return token

    def given(self, workspace: str) -> dict[str, str]:
        """Return what a workspace gives away: the word that opens it, by the run's id."""
        found = {}
        for file in self._folder.glob("*/of.json"):
            try:
                of = json.loads(file.read_bytes())
            except (OSError, ValueError):
                continue
            if of.get("workspace") == workspace:
                found[str(of.get("run"))] = file.parent.name
        return found

    def content(self, token: str) -> bytes | None:
        """Return the copy that a word opens; None where it opens nothing, or nothing any more."""
        if not _TOKEN.fullmatch(token):
            return None
        try:
            return (self._folder / token / "run.zip").read_bytes()
        except OSError:
            return None

    def take_back(self, workspace: str, run_id: str | None = None) -> int:
        """Give a run away no more, or nothing of a workspace; return how many links end by it."""
        ended = [token for run, token in self.given(workspace).items() if run_id in (None, run)]
        for token in ended:
            shutil.rmtree(self._folder / token, ignore_errors=True)
        return len(ended)
