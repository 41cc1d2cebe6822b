"""Which way up a run's maps are, wherever they are shown: by rule, on coordinates, or as a person turned them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from embed_core.runs.record import RunRecord
from embed_core.space.orientation import Matrix, Orientation, flat, onto, orientation_of, upright
from embed_core.tables.gallery import about_categories
from embed_core.ui.app import state
from embed_core.ui.app.state.tables import GALLERY

_LONGITUDES = {"longitude", "lon", "lng", "long"}
_LATITUDES = {"latitude", "lat"}


def turn_of(record: RunRecord, labels: Sequence[str], coordinates: npt.ArrayLike) -> Matrix:
    """Return what the coordinates of a run's map are multiplied by, from the right, (2, 2).

    Args:
        record: of the run.
        labels: the categories.
        coordinates: (n, 2).
    """
    found = places(record, labels)
    rule = upright(coordinates) if found is None else onto(coordinates, found)
    return rule @ turned_by_hand(record.id).matrix


def turned_by_hand(run_id: str) -> Orientation:
    """Return how a person has turned the maps of a run."""
    return orientation_of(_kept(run_id).get("turned"))


def turn_by_hand(run_id: str, turned: Orientation) -> None:
    """Keep how a person has turned the maps of a run."""
    _keep(run_id, turned={"turn": turned.turn, "mirrored": turned.is_mirrored})


def lies_on_places(run_id: str) -> bool:
    """Tell whether the maps of a run are laid on coordinates, where its categories have some."""
    return _kept(run_id).get("on_places", True) is True


def lay_on_places(run_id: str, wanted: bool) -> None:
    """Lay the maps of a run on coordinates, or leave that to the rule."""
    _keep(run_id, on_places=wanted, turned={})


def places(record: RunRecord, labels: Sequence[str]) -> npt.NDArray[np.float64] | None:
    """Return east and north of each category, (n, 2), NaN where it is not known; None where they are not wanted."""
    about = about_table(record)
    names = None if about is None else place_columns(about)
    if about is None or names is None or not lies_on_places(record.id):
        return None
    found = about.reindex(list(labels))
    return flat(*(pd.to_numeric(found[name], errors="coerce") for name in names))


def place_columns(about: pd.DataFrame) -> tuple[str, str] | None:
    """Return the columns of longitudes and latitudes, known by their names; None where there are none."""
    by_name = {str(name).strip().lower(): str(name) for name in about.columns}
    east, north = (
        next((by_name[each] for each in sorted(of & set(by_name))), None) for of in (_LONGITUDES, _LATITUDES)
    )
    return None if east is None or north is None else (east, north)


def about_table(record: RunRecord) -> pd.DataFrame | None:
    """Return what is known of the categories of a run, a row each, by name: of the gallery, or brought by a person."""
    brought = state.about_of(record.id)
    is_sample = record.source.startswith(GALLERY)
    known = about_categories(record.source.removeprefix(GALLERY)) if is_sample else None
    if known is None or brought is None:
        return brought if known is None else known
    return brought.join(known.drop(columns=brought.columns, errors="ignore"), how="outer")


def _kept(run_id: str) -> dict[str, Any]:
    return state.made_of(run_id).orientation


def _keep(run_id: str, **changes: Any) -> None:
    made = state.made_of(run_id)
    state.keep(run_id, made.model_copy(update={"orientation": made.orientation | changes}))
