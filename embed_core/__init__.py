"""Learned embeddings of categorical columns, and maps of them that tell the truth."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from embed_core.comparing.categories import what_sets_apart
    from embed_core.comparing.dimensions.recommend import Recommendation, recommend
    from embed_core.comparing.dimensions.sweep import sweep_dimensions
    from embed_core.comparing.encoders.compare import compare_encoders
    from embed_core.comparing.knowledge import what_vectors_know
    from embed_core.comparing.two_runs import TwoRuns, compare_runs
    from embed_core.errors import AtlasError
    from embed_core.estimator.embedder import CategoryEmbedder
    from embed_core.exporting.kept_runs import keep_run, kept_runs, open_run
    from embed_core.exporting.registry import EXPORTERS, export
    from embed_core.exporting.shown_map import show_map
    from embed_core.learning.config import BLOG_RECIPE, TrainingConfig
    from embed_core.learning.objectives.registry import OBJECTIVES
    from embed_core.space.embedding import Embedding
    from embed_core.tables.changing.changes import keep_rows, merge_spellings, split_cells
    from embed_core.tables.changing.similar import similar_spellings
    from embed_core.tables.counting.deciding import what_decides
    from embed_core.tables.gallery import SAMPLES, load_sample
    from embed_core.tables.reading.read import read_table
    from embed_core.tables.table import Table
    from embed_core.training.run import Run, RunStatus
    from embed_core.training.stability import stability
    from embed_core.training.train import train
    from embed_core.training.trust import Trust, trust
    from embed_core.types import TrainingUpdate

__version__ = "0.1.0"

__all__ = [
    "BLOG_RECIPE",
    "EXPORTERS",
    "OBJECTIVES",
    "SAMPLES",
    "AtlasError",
    "CategoryEmbedder",
    "Embedding",
    "Recommendation",
    "Run",
    "RunStatus",
    "Table",
    "TrainingConfig",
    "TrainingUpdate",
    "Trust",
    "TwoRuns",
    "compare_encoders",
    "compare_runs",
    "export",
    "keep_rows",
    "keep_run",
    "kept_runs",
    "load_sample",
    "merge_spellings",
    "open_run",
    "read_table",
    "recommend",
    "show_map",
    "similar_spellings",
    "split_cells",
    "stability",
    "sweep_dimensions",
    "train",
    "trust",
    "what_decides",
    "what_sets_apart",
    "what_vectors_know",
]

# Each is imported when it is first asked for: whoever loads vectors waits for no engine, and --help for nothing.
_HOMES = {
    "comparing.categories": ("what_sets_apart",),
    "comparing.dimensions.recommend": ("Recommendation", "recommend"),
    "comparing.dimensions.sweep": ("sweep_dimensions",),
    "comparing.encoders.compare": ("compare_encoders",),
    "comparing.knowledge": ("what_vectors_know",),
    "comparing.two_runs": ("TwoRuns", "compare_runs"),
    "errors": ("AtlasError",),
    "estimator.embedder": ("CategoryEmbedder",),
    "exporting.kept_runs": ("keep_run", "kept_runs", "open_run"),
    "exporting.registry": ("EXPORTERS", "export"),
    "exporting.shown_map": ("show_map",),
    "learning.config": ("BLOG_RECIPE", "TrainingConfig"),
    "learning.objectives.registry": ("OBJECTIVES",),
    "space.embedding": ("Embedding",),
    "tables.changing.changes": ("keep_rows", "merge_spellings", "split_cells"),
    "tables.changing.similar": ("similar_spellings",),
    "tables.counting.deciding": ("what_decides",),
    "tables.gallery": ("SAMPLES", "load_sample"),
    "tables.reading.read": ("read_table",),
    "tables.table": ("Table",),
    "training.run": ("Run", "RunStatus"),
    "training.stability": ("stability",),
    "training.train": ("train",),
    "training.trust": ("Trust", "trust"),
    "types": ("TrainingUpdate",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = found  # asked for once
    return found


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
