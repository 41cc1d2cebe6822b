"""Help that names what there is: looking for that takes a second, so it is done when it is asked for."""

from typing import Any

from typer.core import TyperCommand

SAMPLES, FORMATS = "«tables of the gallery»", "«formats»"


class Explained(TyperCommand):
    """A command in whose help `SAMPLES` and `FORMATS` stand for the names that there are."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        from embed_core.exporting.registry import EXPORTERS
        from embed_core.tables.gallery import SAMPLES as TABLES

        for parameter in self.params:
            words = getattr(parameter, "help", None)
            if words:
                words = words.replace(SAMPLES, ", ".join(TABLES)).replace(FORMATS, ", ".join(EXPORTERS))
                parameter.help = words  # type: ignore[attr-defined]
        super().format_help(ctx, formatter)
