"""The facts about a map that a verdict weighs."""

import math
from dataclasses import dataclass

from embed_core.space.neighbors.scales import Scales
from embed_core.space.scale import Scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The facts about a map. Whatever is None or NaN has not been measured.

    Attributes:
        n_categories: how many categories there are.
        neighbors_kept: share of the true neighbors that the map keeps, see `projection_quality`.
        kept: the same for all numbers of neighbors: what counts where groups alone are certain.
        stress: of the distances between groups, see `embed_core.space.projections.centres.stress`.
        scale: on what halves of the rows agree, see `embed_core.space.scale.scale_of`.
        compared_share: share of the categories with rows, or a sure place, in both halves; 0 when too few to compare.
        effective_dimension: of the vectors.
        is_line: whether the vectors lie on a line.
        order: of a map that is a line, how far halves of the rows agree on the order along it, see
            `embed_core.space.order.agreed_order`.
        few_rows_share: share of the categories that have too few rows.
        undetermined: categories whose place their distances do not determine.
        by_distances: whether distances place the categories.
        held_out: share of the variance of distances not learned from that such maps tell.
        one_output: whether one number is predicted from the category alone, which makes a line of any map.
        copies: how many times over every row of the table is there.
        noun: what one category is called, see `embed_core.space.words.noun`.
    """

    n_categories: int | None = None
    neighbors_kept: float | None = None
    kept: Scales | None = None
    stress: float | None = None
    scale: Scale | None = None
    compared_share: float | None = None
    effective_dimension: float | None = None
    is_line: bool | None = None
    order: float | None = None
    few_rows_share: float | None = None
    undetermined: tuple[str, ...] = ()
    by_distances: bool = False
    held_out: float | None = None
    one_output: bool = False
    copies: int = 1
    noun: str = "category"

    @property
    def is_order(self) -> bool:
        """Whether a map is read as an order alone, which halves of the rows were asked for."""
        is_line = self.one_output or bool(self.is_line)
        return is_line and self.order is not None and not math.isnan(self.order)

    @property
    def open_share(self) -> float:
        """Share of the categories whose place their distances do not determine."""
        return len(self.undetermined) / (self.n_categories or 1)
