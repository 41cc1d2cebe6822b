"""The map in a notebook: the same one as everywhere, with hover, search, colours and neighbours."""

import html
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from embed_core.exporting.content import Content
from embed_core.exporting.map_page import MAP_PAGE
from embed_core.extras import is_installed
from embed_core.map.standalone import WIDGET
from embed_core.space.embedding import Embedding
from embed_core.space.projections.base import Projection
from embed_core.training.run import Run
from embed_core.training.trust import Trust, measures_of


@dataclass(frozen=True)
class ShownMap:
    """A map that notebooks show: Jupyter, VS Code, marimo; it needs no widgets and no server.

    Attributes:
        title: what is on it.
        page: the map as a page of its own.
        height: in pixels.
    """

    title: str
    page: str = field(repr=False)
    height: int = 640

    def _repr_html_(self) -> str:
        # A page within the page, which can reach nothing of the notebook.
        return (
            f'<iframe srcdoc="{html.escape(self.page)}" title="{html.escape(self.title)}" sandbox="allow-scripts '
            f'allow-downloads" style="width: 100%; height: {self.height}px; border: 1px solid #8884"></iframe>'
        )


def show_map(
    source: Run | Embedding,
    *,
    column: str | None = None,
    trust: Trust | None = None,
    projection: Projection | None = None,
    height: int = 640,
) -> ShownMap:
    """Return the map of a run or an embedding as notebooks show it.

    Args:
        source: a run, or an embedding.
        column: of a run that embedded several columns, the one that is shown; None is the run's own.
        trust: from `trust`, for the verdict and the stability of each category.
        projection: of the vectors in two dimensions; None draws them as they are where they have up to two, else PCA.
        height: in pixels (default 640).

    Raises:
        AtlasError: the run has no such column.

    >>> show_map(Embedding(["a", "b", "c"], [[0, 1], [1, 1], [5, 1]], [1, 1, 1], name="shop"))
    ShownMap(title='3 categories of shop', height=640)
    """
    measures = measures_of(trust)
    content = Content.of(source, column=column, measures=measures, projection=projection)
    return ShownMap(content.title, MAP_PAGE.make(content).decode(), height)


def live_map(source: Run | Embedding, **options: Any) -> Any:
    """Return the map of a run or an embedding as a widget whose ``selection`` is a list of categories.

    What is clicked or drawn around on the map is in it, and what is put there is selected on the map. Without anywidget
    (the extra ``notebook``) it is what `show_map` returns, whose selection nobody hears of.

    Args:
        source: a run, or an embedding.
        **options: of `show_map`.
    """
    drawn = show_map(source, **options)
    if not is_installed("anywidget"):
        return drawn
    return _widget_class()(title=drawn.title, page=drawn.page, height=drawn.height)


@cache
def _widget_class() -> Any:
    import anywidget
    import traitlets

    class LiveMap(anywidget.AnyWidget):  # type: ignore[misc]
        """The map; ``selection`` is a list of categories."""

        _esm = WIDGET
        title = traitlets.Unicode().tag(sync=True)
        page = traitlets.Unicode().tag(sync=True)
        height = traitlets.Int(640).tag(sync=True)
        selection = traitlets.List(traitlets.Unicode()).tag(sync=True)

        def __repr__(self) -> str:
            return f"LiveMap({self.title!r}, selection={self.selection!r})"

    return LiveMap
