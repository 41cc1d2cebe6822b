"""The numbers of how far a map can be trusted, as the strip under it shows them."""

from dataclasses import dataclass

from embed_core.errors import percent
from embed_core.space.projections.base import Projection
from embed_core.space.projections.quality import describe
from embed_core.space.verdict import FEW_ROWS
from embed_core.training.trust import Trust
from embed_core.ui.app.text import plain
from embed_core.ui.map_page.map_state import MapState


@dataclass(frozen=True)
class TrustNumber:
    """A number: what it is called, its value, and what it says."""

    label: str
    value: str
    help: str


def trust_numbers(map_state: MapState, result: Projection | None, known: Trust) -> list[TrustNumber]:
    """Return what is known of a map, in the order in which it is shown."""
    embedding, measured = known.embedding, known.measures
    not_yet = "Not measured yet." if map_state.is_first else "Measured of the run's own column only."
    return [
        TrustNumber(
            "Neighbours kept",
            percent(known.neighbors_kept),
            plain(describe(result.quality))
            if result is not None and result.quality
            else "Known when the map has come to rest.",
        ),
        TrustNumber(
            "Stability",
            percent(known.mean_stability),
            not_yet
            if measured is None
            else f"Trained again on {'five sixths' if known.holds_out else 'halves'} of the rows, "
            f"{measured.replicates} times: so many of each category's {measured.k} nearest neighbours were found "
            f"again, of unrelated vectors {percent(measured.chance)}.",
        ),
        TrustNumber(
            "Dimensions",
            f"{known.effective_dimension:.1f} of {embedding.dimension}",
            "In how many directions the vectors really differ (participation ratio of their variances)."
            + (" Here they lie on a line." if known.is_line else ""),
        ),
        _held_out(known)
        if known.holds_out
        else TrustNumber(
            "Halves agree",
            _halves(known),
            _halves_help(known) if measured is not None else not_yet,
        ),
        *_placed(known),
    ]


def _held_out(known: Trust) -> TrustNumber:
    assert known.measures is not None
    return TrustNumber(
        "Held out",
        percent(known.measures.held_out),
        "Of how distances differ that were not learned from, a sixth at a time: so much the map tells, by chance "
        "nothing. Halves of so few distances would leave most places open.",
    )


def _placed(known: Trust) -> list[TrustNumber]:
    n, loose = len(known.embedding), known.embedding.undetermined
    if loose is not None:
        sure = "Categories with enough distances for one place. Others could lie elsewhere, with the same distances."
        return [TrustNumber("Place determined", f"{n - len(loose):,} of {n:,}", sure)]
    told = (
        "Categories whose surroundings return in the other half of the rows more often than those of made-up ones "
        "with as many rows do: at most one in ten of them is noise. The others may be noise, or have too few rows."
    )
    few = f"Categories with fewer than {FEW_ROWS} rows: where they lie says little."
    return [
        TrustNumber(
            "Told from noise", f"{int(known.is_told.sum()):,} of {n:,}" if len(known.is_told) else "–", told
        ),
        TrustNumber("Few rows", f"{known.few_rows:,} of {n:,}", few),
    ]


def _halves(known: Trust) -> str:
    if known.scale is None:
        return "–"
    if known.order == known.order:
        return f"{_two(known.order)} on the order"
    return f"{_two(known.scale.near)} nearest, {_two(known.scale.groups_agree)} groups"


def _halves_help(known: Trust) -> str:
    if known.scale is None:
        return "Halves of the rows were not compared. Measure trust again."
    if known.order == known.order:
        return (
            "How far trainings on two halves of the rows, which share no row, agree on the order along the line: "
            "Spearman's rank correlation (1: entirely, 0: as chance would)."
        )
    text = (
        "How far trainings on two halves of the rows, which share no row, agree (1: entirely, 0: as chance would): on "
        f"the {known.scale.k} nearest of each category, and on groups, for the number on which they agree most."
    )
    if known.scale.half is not None:
        text += f" From {known.scale.half:,} nearest on, at least half are the same, above chance."
    return text


def _two(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}" if value == value else "–"
