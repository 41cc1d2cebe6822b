"""What an exporter is."""

import mimetypes
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from embed_core.exporting.content import Content

Need = Literal["run", "table", "model", "fed model"]
_WITHOUT: dict[Need, str] = {
    "run": "It is made of a run, and these are vectors alone.",
    "table": "It needs the table of the run: open that again on the Data page.",
    "model": "There is no model: these vectors come without one.",
    "fed model": "This run has no model that takes words. Runs that are trained from now on have one.",
}


@dataclass(frozen=True)
class Exporter:
    """A way to write what was learned for others to read.

    Attributes:
        name: what code calls it.
        title: its name on screen.
        sentence: what is written, and who reads it.
        suffix: what the file's name ends in.
        make: returns the content of the file. Texts of the table are written as they are.
        needs: what there must be, besides vectors.
        section: under which heading it stands on screen.
        refuses: returns why it cannot be made where all that it needs is there; empty when it can.
    """

    name: str
    title: str
    sentence: str
    suffix: str
    make: Callable[[Content], bytes] = field(repr=False)
    needs: tuple[Need, ...] = ()
    section: str = "Vectors, for other tools"
    refuses: Callable[[Content], str] = field(default=lambda content: "", repr=False)

    @property
    def mime(self) -> str:
        """The type of the file, for a browser."""
        return mimetypes.guess_type(f"file{self.suffix}")[0] or "application/octet-stream"

    def missing(self, content: Content) -> str:
        """Return why it cannot be made of something, as a sentence; empty when it can."""
        there: dict[Need, bool] = {
            "run": content.record is not None,
            "table": content.table is not None,
            "model": content.model is not None,
            "fed model": content.fed_model is not None,
        }
        missing = next((_WITHOUT[need] for need in self.needs if not there[need]), "")
        if missing and content.is_from_elsewhere:
            return "These vectors were not trained here: there is no table and no model of theirs."
        return missing or self.refuses(content)
