"""Learned embeddings of categorical columns, and maps of them that tell the truth."""

from embed_core.comparing.sweep import sweep_dimensions
from embed_core.errors import AtlasError
from embed_core.learning.config import BLOG_RECIPE, OBJECTIVES, TrainingConfig
from embed_core.runs.run import Run, RunStatus
from embed_core.space.embedding import Embedding
from embed_core.tables.reading import read_table
from embed_core.tables.samples import SAMPLES, load_sample
from embed_core.tables.table import Table
from embed_core.training import train
from embed_core.trust import stability
from embed_core.types import TrainingUpdate

__version__ = "0.1.0"

__all__ = [
    "BLOG_RECIPE",
    "OBJECTIVES",
    "SAMPLES",
    "AtlasError",
    "Embedding",
    "Run",
    "RunStatus",
    "Table",
    "TrainingConfig",
    "TrainingUpdate",
    "load_sample",
    "read_table",
    "stability",
    "sweep_dimensions",
    "train",
]
