"""The encoders that are compared: ways to turn categorical columns into numbers for a model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from embed_core.extras import is_installed
from embed_core.learning.fields import TargetKind
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.progress import KeepGoing

HASHED_COLUMNS = 64
MOST_RAW = 254
"""Categories of a column that boosted trees take as such, one of them for the rarest where there are more."""


@dataclass(frozen=True)
class EncoderSettings:
    """What encoders are built with.

    Attributes:
        kind: what the target is.
        dimension: numbers per category of an embedding, and of its rivals of the same width.
        epochs: passes of ``target`` and ``entity`` over the rows; None (default) as `CategoryEmbedder` has it.
        min_frequency: categories with fewer rows in the training part are pooled.
        seed: of everything drawn at random.
        keep_going: asked while an embedding is trained; returning False ends it.
    """

    kind: TargetKind
    dimension: int = 8
    epochs: int | None = None
    min_frequency: int = 1
    seed: int = 0
    keep_going: KeepGoing | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Encoder:
    """A way to encode categorical columns.

    Attributes:
        name: its key in ``ENCODERS``.
        title: its name on screen.
        sentence: what it does.
        make: returns the transformer of the columns with these settings.
        sees: whether it is fitted on the columns alone, or on all columns beside them as well.
        is_raw: whether it only numbers the categories, for models that take them as what they are.
    """

    name: str
    title: str
    sentence: str
    make: Callable[[Sequence[str], EncoderSettings], Any] = field(repr=False)
    sees: Literal["columns", "all"] = "columns"
    is_raw: bool = False

    def build(self, columns: Sequence[str], settings: EncoderSettings) -> Any:
        """Return a new scikit-learn transformer of a DataFrame whose ``columns`` hold texts, or None where missing.

        Whatever it makes has a variance of 1 in total for each of the columns, so that an encoder with many
        columns does not weigh more than another with neighbours or under a penalty; numbers of categories are no
        amounts, and stay as they are.
        """
        if self.is_raw:
            return self.make(columns, settings)
        from sklearn.pipeline import make_pipeline

        from embed_core.comparing.encoders.transformers import EqualWeight

        return make_pipeline(self.make(columns, settings), EqualWeight(len(columns)))


# Imports are inside, as scikit-learn takes a second or two to import: pages list the encoders without it.


def _drop(columns: Sequence[str], settings: EncoderSettings) -> Any:
    from embed_core.comparing.encoders.transformers import Dropped

    return Dropped()


def _ordinal(columns: Sequence[str], settings: EncoderSettings) -> Any:
    from sklearn.preprocessing import OrdinalEncoder

    return OrdinalEncoder(
        handle_unknown="use_encoded_value",
        unknown_value=-1,
        encoded_missing_value=-2,
        min_frequency=settings.min_frequency,
    )


def _one_hot(columns: Sequence[str], settings: EncoderSettings) -> Any:
    from sklearn.preprocessing import OneHotEncoder

    # Categories not seen are zeros, or go with the rare ones.
    return OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=settings.min_frequency)


def _one_hot_pca(columns: Sequence[str], settings: EncoderSettings) -> Any:
    from embed_core.comparing.encoders.transformers import ComponentsOfOneHot

    return ComponentsOfOneHot(
        settings.dimension * len(columns), min_frequency=settings.min_frequency, random_state=settings.seed
    )


def _hashing(columns: Sequence[str], settings: EncoderSettings) -> Any:
    from embed_core.comparing.encoders.transformers import HashedTexts

    return HashedTexts(HASHED_COLUMNS)


def _raw(columns: Sequence[str], settings: EncoderSettings) -> Any:
    from sklearn.preprocessing import OrdinalEncoder

    return OrdinalEncoder(
        handle_unknown="use_encoded_value",
        unknown_value=-1,  # which the trees take as missing
        encoded_missing_value=MOST_RAW,
        min_frequency=settings.min_frequency,
        max_categories=MOST_RAW,
    )


def _strings(columns: Sequence[str], settings: EncoderSettings) -> Any:
    from sklearn.compose import make_column_transformer
    from skrub import StringEncoder

    each = [(StringEncoder(settings.dimension, random_state=settings.seed), column) for column in columns]
    return make_column_transformer(*each)


def _target(columns: Sequence[str], settings: EncoderSettings) -> Any:
    from sklearn.model_selection import KFold
    from sklearn.preprocessing import TargetEncoder

    kind = "continuous" if settings.kind == "number" else settings.kind
    # Not stratified, so that a class may have fewer rows than there are parts.
    parts = KFold(5, shuffle=True, random_state=settings.seed)
    return TargetEncoder(target_type=kind, cv=parts)


def _embedding(objective: str) -> Callable[[Sequence[str], EncoderSettings], Any]:
    def make(columns: Sequence[str], settings: EncoderSettings) -> Any:
        from embed_core.estimator.embedder import CategoryEmbedder

        learns_target = OBJECTIVES[objective].takes("target_kind")
        return CategoryEmbedder(
            tuple(columns),
            objective,
            settings.dimension,
            target_kind=settings.kind if learns_target else "auto",
            min_frequency=settings.min_frequency,
            random_state=settings.seed,
            keep_going=settings.keep_going,
            epochs=settings.epochs if learns_target else None,
        )

    return make


ENCODERS: dict[str, Encoder] = {
    encoder.name: encoder
    for encoder in (
        Encoder(
            "drop",
            "Drop the column",
            "The model does without the column: what any encoding must beat.",
            _drop,
        ),
        Encoder(
            "ordinal",
            "Ordinal",
            "Each category becomes its place in the alphabet.",
            _ordinal,
        ),
        Encoder("one_hot", "One-hot", "Each category becomes a column of zeros and ones.", _one_hot),
        Encoder(
            "one_hot_pca",
            "One-hot + PCA",
            "The one-hot columns are reduced to as many as the embedding has, without knowing the target.",
            _one_hot_pca,
        ),
        Encoder(
            "hashing",
            "Hashing",
            f"Each category falls into one of {HASHED_COLUMNS} columns by a hash of its text; some share one.",
            _hashing,
        ),
        Encoder(
            "raw",
            "Raw categories",
            f"A model that can takes the categories as they are; past the {MOST_RAW - 1} most frequent all are one.",
            _raw,
            is_raw=True,
        ),
        Encoder(
            "target",
            "Target encoding",
            "Each category becomes the mean of the target over its rows, drawn towards the mean of all; each row's "
            "from other rows.",
            _target,
        ),
        Encoder(
            "embedding_target",
            "Embedding, from the target",
            "A vector is learned for each category that predicts the target by itself; each row's from other rows, as "
            "with target encoding.",
            _embedding("target"),
        ),
        Encoder(
            "embedding_entity",
            "Embedding, with the other columns",
            "Vectors are learned that predict the target together with the other columns, through hidden layers; each "
            "row's from other rows.",
            _embedding("entity"),
            sees="all",
        ),
        Encoder(
            "embedding_context",
            "Embedding, by the other columns",
            "Vectors are learned that predict the other columns, without knowing the target.",
            _embedding("context"),
            sees="all",
        ),
    )
}

if is_installed("skrub"):  # the extra strings
    ENCODERS["string"] = Encoder(
        "string",
        "Letters of the name",
        "Parts of each category's text, three or four letters long, are counted and pressed into as many numbers as "
        "the embedding has (skrub's StringEncoder): names that are alike come close.",
        _strings,
    )
