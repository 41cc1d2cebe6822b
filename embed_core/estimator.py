"""Learned embeddings as a scikit-learn transformer."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from embed_core.errors import AtlasError, check_whole, listed, quoted
from embed_core.learning.config import TrainingConfig
from embed_core.learning.fields import Schedule, TargetKind
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.progress import KeepGoing
from embed_core.space.embedding import Embedding
from embed_core.space.labels import Lookup, Strangers
from embed_core.tables.counting.features import suitable
from embed_core.tables.reading.read import read_table
from embed_core.tables.table import Table
from embed_core.training.given import free_name, named, one_column, seed_of, texts_of
from embed_core.training.out_of_fold import Learned, folds, in_frame_of, trained, useless_columns, zeros
from embed_core.types import Floats, Vocabulary


class CategoryEmbedder(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Replaces categorical columns by the vectors learned for their categories.

    Vectors are learned in ``fit`` alone: within a pipeline each fold of a cross-validation learns its own. Categories
    first met in ``transform`` get the trained *(unknown)* vector; a missing value is a category like any other,
    and *(unknown)* when none was missing in ``fit``.

    What is learned from y has seen the y of the rows that the next model learns from, which misleads it where
    categories have few rows. So ``fit_transform``, which a pipeline calls, learns again without each of ``cv`` parts of
    the rows, and gives these the vectors that have not seen them, turned onto those of all rows, as vectors of
    different fits have no axes in common. ``fit(X, y).transform(X)`` does not: as with scikit-learn's
    ``TargetEncoder``, the two differ.

    A column that cannot be learned from, because it is constant, empty or hardly repeats, gets zeros and a note, while
    there is another one.

    Args:
        columns: names of the categorical columns; None (default) takes all that hold text or categories.
        objective: ``"target"`` (default: each column by itself predicts y), ``"entity"`` (all columns together,
            the numbers among them, predict y through hidden layers) or ``"context"`` (each column predicts the
            others; y is not used). The other columns of X serve as context, or as further inputs.
        dimension: numbers per category; with ``entity`` columns after the first have half as many as categories
            at most (default 8).
        target_kind: what y is: ``"binary"``, ``"multiclass"``, ``"number"``, or ``"auto"`` (default).
        epochs: passes over the rows; None (default) takes the objective's own, as do the next three.
        learning_rate: of the optimizer.
        schedule: ``"constant"`` or ``"cosine"``.
        prior_strength: a prior on the vectors that weighs as much as so many rows, or ``"auto"``.
        optimizer: ``"adam"`` (default), ``"adamw"``, ``"rmsprop"`` or ``"sgd"``.
        batch_size: rows per step, or ``"auto"`` (default).
        hidden: units of each hidden layer, for ``entity`` (default 128 and 64).
        dropout: share of activations dropped in training, for ``entity`` (default 0.02).
        category_dropout: share of what is learned in which the category is *(unknown)*, above 0 (default 0.02).
        min_frequency: categories with fewer rows are pooled into one (default 1: none are).
        validation_share: share of the rows kept to watch the loss on (default 0).
        patience: stop after so many epochs without a better validation loss, at the best; None (default) does not.
        cv: parts for ``fit_transform`` where y is used (default 5); None gives rows vectors that have seen their y.
        random_state: a whole number (default 0), a ``RandomState``, or None for another start in each ``fit``.
        keep_going: called every 50 ms or so while fitting; returning False ends it early.

    Attributes:
        embeddings_: by column, the `Embedding` learned.
        notes_: sentences about what was pooled, sampled or left out.
        n_features_in_: columns of X.
        feature_names_in_: their names, when X was a DataFrame with names of text.

    Source of ``entity``: Guo and Berkhahn, "Entity embeddings of categorical variables", arXiv:1604.06737 (2016).

    >>> X = pd.DataFrame({"shop": list("aabbcc") * 20})
    >>> embedder = CategoryEmbedder(dimension=2, epochs=3).fit(X, [0, 0, 0, 1, 1, 1] * 20)
    >>> embedder.transform(pd.DataFrame({"shop": ["a", "never seen"]})).shape
    (2, 2)
    >>> embedder.get_feature_names_out().tolist(), embedder.embeddings_["shop"].labels
    (['shop_0', 'shop_1'], ['a', 'b', 'c'])
    """

    def __init__(
        self,
        columns: Sequence[Any] | None = None,
        objective: str = "target",
        dimension: int = 8,
        *,
        target_kind: TargetKind | str = "auto",
        epochs: int | None = None,
        learning_rate: float | None = None,
        schedule: Schedule | None = None,
        prior_strength: float | Literal["auto"] | None = None,
        optimizer: str = "adam",
        batch_size: int | str = "auto",
        hidden: Sequence[int] = (128, 64),
        dropout: float = 0.02,
        category_dropout: float = 0.02,
        min_frequency: int = 1,
        validation_share: float = 0.0,
        patience: int | None = None,
        cv: int | None = 5,
        random_state: Any = 0,
        keep_going: KeepGoing | None = None,
    ) -> None:
        self.columns = columns
        self.objective = objective
        self.dimension = dimension
        self.target_kind = target_kind
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.prior_strength = prior_strength
        self.optimizer = optimizer
        self.batch_size = batch_size
        self.hidden = hidden
        self.dropout = dropout
        self.category_dropout = category_dropout
        self.min_frequency = min_frequency
        self.validation_share = validation_share
        self.patience = patience
        self.cv = cv
        self.random_state = random_state
        self.keep_going = keep_going

    def fit(self, X: Any, y: Any = None) -> "CategoryEmbedder":
        """Learn the vectors.

        Args:
            X: DataFrame or array, (rows, columns).
            y: what to predict, (rows,); not used by ``context``.

        Raises:
            AtlasError: a setting or a column cannot be used, or y is missing.
        """
        self._learn(X, y)
        return self

    def fit_transform(self, X: Any, y: Any = None) -> Floats:
        """Learn the vectors, and return for each row those that have not seen its y; else as `fit`."""
        learned = self._learn(X, y)
        made = learned.vectors(self._lookups, learned.texts)
        if self.cv is None or learned.target is None:
            return made
        check_whole(self.cv, 'setting "cv"', least=2)
        for rows, left_out in folds(learned.frame[learned.target], self.cv, seed_of(self.random_state)):
            seen, unseen = learned.texts.iloc[rows], learned.texts.iloc[left_out]
            try:
                table = read_table(learned.frame.iloc[rows].reset_index(drop=True))
                found = self._learned(table, learned.names, learned.target, configs=learned.configs)[0]
            except AtlasError:  # the rows have one class only: nothing is known of what they say
                found = {}
            lookups = [
                Lookup(*in_frame_of(e, *found[name]), seen[name].unique()) if name in found else Strangers(e)
                for name, e in zip(learned.names, self.embeddings_.values(), strict=True)
            ]
            made[left_out] = learned.vectors(lookups, unseen)
        return made

    def _learn(self, X: Any, y: Any) -> Learned:
        """Learn from all rows; return what the parts need."""
        self._check_settings(y)
        X = self._checked(X, reset=True)
        columns = self._chosen(X)
        frame, self._places = named(X), [list(X.columns).index(column) for column in columns]
        names = [frame.columns[place] for place in self._places]
        plain = read_table(frame[names])
        self._kinds = dict(plain.expression.schema().items())
        texts = texts_of(plain, self._kinds)
        for name in names:
            frame[name] = texts[name]
        target = None
        if self._needs_target:
            target = free_name("target", frame.columns)
            frame[target] = one_column(y, len(frame))
        found, self.notes_, configs = self._learned(read_table(frame), names, target)
        self.embeddings_ = {column: found[name][0] for column, name in zip(columns, names, strict=True)}
        self._lookups = [Lookup(*found[name], texts[name].unique()) for name in names]
        return Learned(frame, texts, names, target, configs)

    def transform(self, X: Any) -> Floats:
        """Return the vectors of the categories side by side, float32 (rows, sum of the dimensions)."""
        check_is_fitted(self)
        frame = named(self._checked(X, reset=False))
        texts = texts_of(read_table(frame.iloc[:, self._places]), self._kinds)
        parts = [lookup.vectors(texts.iloc[:, place]) for place, lookup in enumerate(self._lookups)]
        return np.concatenate(parts, axis=1)

    def get_feature_names_out(self, input_features: Any = None) -> npt.NDArray[np.object_]:
        """Return the name of each column made: that of the column embedded and a number from 0."""
        check_is_fitted(self)
        names = [
            f"{column}_{place}" for column, e in self.embeddings_.items() for place in range(e.dimension)
        ]
        return np.array(names, dtype=object)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.categorical = tags.input_tags.string = tags.input_tags.allow_nan = True
        tags.target_tags.required = self._needs_target
        tags.non_deterministic = self.random_state is None
        return tags

    @property
    def _needs_target(self) -> bool:
        objective = OBJECTIVES.get(self.objective)
        return objective is None or "target" in objective.needs

    def _check_settings(self, y: Any) -> None:
        # One that needs a second column of the same kind cannot be learned for any column.
        possible = [
            name for name, each in OBJECTIVES.items() if each.is_offered and "partner" not in each.needs
        ]
        if self.objective not in possible:
            raise AtlasError(
                f"The objective of a CategoryEmbedder must be one of {listed(possible)}; got "
                f"{quoted(self.objective)}. "
                + ("Use embed_core.train for that one." if self.objective in OBJECTIVES else "Choose one.")
            )
        if y is None and self._needs_target:
            free = [name for name in possible if "target" not in OBJECTIVES[name].needs]
            raise AtlasError(
                f"The objective {quoted(self.objective)} requires y to be passed, but the target y is None. Give "
                f"what is to be predicted, or choose the objective {listed(free)}."
            )
        if not self.category_dropout > 0:
            raise AtlasError(
                f'The setting "category_dropout" must be above 0; got {quoted(self.category_dropout)}: without it '
                "there is no vector for categories that were not seen. Choose 0.02, for instance."
            )

    def _checked(self, X: Any, *, reset: bool) -> pd.DataFrame:
        validate_data(self, X, reset=reset, skip_check_array=True)
        if not isinstance(X, pd.DataFrame):
            X = np.asarray(X)
            if X.ndim != 2:
                raise AtlasError(
                    f"X must have rows and columns; it has {X.ndim} dimension(s). Reshape your data."
                )
            X = pd.DataFrame(X, columns=[f"x{place}" for place in range(X.shape[1])])
        return X

    def _chosen(self, X: pd.DataFrame) -> list[Any]:
        if self.columns is None:
            chosen = [name for name in X.columns if not pd.api.types.is_any_real_numeric_dtype(X[name])]
            chosen = [name for name in chosen if not pd.api.types.is_datetime64_any_dtype(X[name])]
        else:
            chosen = list(self.columns)
        missing = [name for name in chosen if name not in X.columns]
        if missing or not chosen:
            lacks = (
                f"There is no column {listed(missing)} in X."
                if missing
                else "X has no column of text or categories."
            )
            raise AtlasError(f"{lacks} Its columns are {listed(X.columns)}: name those to embed in columns.")
        return chosen

    def _learned(
        self,
        table: Table,
        names: list[str],
        target: str | None,
        *,
        configs: Mapping[str, TrainingConfig] | None = None,
    ) -> tuple[dict[str, tuple[Embedding, Vocabulary]], tuple[str, ...], dict[str, TrainingConfig]]:
        """Train, once per column or once for all; return what was learned of each, notes and settings.

        With the ``configs`` of a training on more rows these need not have a column that can be learned from.
        """
        useless = useless_columns(table, names, self.min_frequency)
        if len(useless) == len(names) and configs is None:
            raise AtlasError(next(iter(useless.values())))
        found: dict[str, tuple[Embedding, Vocabulary]] = {}
        notes = [f"{sentence} Until then its vectors are zeros." for sentence in useless.values()]
        learnable, settled = [name for name in names if name not in useless], {}
        # With features the other columns are embedded along.
        together = OBJECTIVES[self.objective].takes("features")
        for column in learnable[:1] if together else learnable:
            config = (configs or {}).get(column) or self._config(table, column, learnable, target)
            embeddings, more, settled[column] = trained(table, config, keep_going=self.keep_going)
            notes += more
            found |= embeddings
        for name in names:
            if name not in found:
                found[name] = zeros(table, name, self.dimension)
        return found, tuple(dict.fromkeys(notes)), settled

    def _config(self, table: Table, column: str, names: list[str], target: str | None) -> TrainingConfig:
        settings: dict[str, Any] = {
            "epochs": self.epochs,
            "learning_rate": self.learning_rate,
            "schedule": self.schedule,
            "prior_strength": self.prior_strength,
        }
        settings = {name: value for name, value in settings.items() if value is not None}
        others = [name for name in names if name != column]
        objective = OBJECTIVES[self.objective]
        if objective.takes("context"):
            # All that suit, and the columns that were asked for even if they look like identifiers.
            settings["context"] = others + suitable(table, without=(*names,))
        if objective.takes("features"):
            settings["features"] = others + suitable(table, without=(*names, target))
        return TrainingConfig.checked(
            column=column,
            objective=self.objective,
            target=target,
            target_kind=self.target_kind,
            dimension=self.dimension,
            optimizer=self.optimizer,
            batch_size=self.batch_size,
            hidden=tuple(self.hidden),
            dropout=self.dropout,
            category_dropout=self.category_dropout,
            min_frequency=self.min_frequency,
            validation_share=self.validation_share,
            patience=self.patience,
            seed=seed_of(self.random_state),
            **settings,
        )
