"""Learned embeddings of categorical columns, and maps of them that tell the truth."""

from typing import TYPE_CHECKING, Any

from embed_core.comparing.categories import what_sets_apart
from embed_core.comparing.dimensions.recommend import Recommendation, recommend
from embed_core.comparing.dimensions.sweep import sweep_dimensions
from embed_core.comparing.encoders.compare import compare_encoders
from embed_core.comparing.knowledge import what_vectors_know
from embed_core.comparing.two_runs import TwoRuns, compare_runs
from embed_core.errors import AtlasError
from embed_core.exporting.kept_runs import keep_run, kept_runs, open_run
from embed_core.exporting.registry import EXPORTERS, export
from embed_core.exporting.shown_map import show_map
from embed_core.learning.config import BLOG_RECIPE, TrainingConfig
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.space.embedding import Embedding
from embed_core.tables.changing.changes import keep_rows, merge_spellings, split_cells
from embed_core.tables.changing.similar import similar_spellings
from embed_core.tables.gallery import SAMPLES, load_sample
from embed_core.tables.reading.read import read_table
from embed_core.tables.table import Table
from embed_core.training.run import Run, RunStatus
from embed_core.training.train import train
from embed_core.training.trust import Trust, stability, trust
from embed_core.types import TrainingUpdate

if TYPE_CHECKING:
    from embed_core.estimator.embedder import CategoryEmbedder

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
    "what_sets_apart",
    "what_vectors_know",
]


def __getattr__(name: str) -> Any:
    """Import the one name that needs scikit-learn when it is asked for: a server starts twice as fast without."""
    if name == "CategoryEmbedder":
        from embed_core.estimator.embedder import CategoryEmbedder

        return CategoryEmbedder
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
