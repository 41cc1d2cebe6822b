"""Learned embeddings as a scikit-learn transformer."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from embed_core.errors import AtlasError, check_whole, quoted
from embed_core.estimator.fitting import check_settings, learn, needs_target, settled_settings
from embed_core.estimator.given import (
    Columns,
    check_enough,
    frame_of,
    free_name,
    named,
    one_column,
    places_of,
)
from embed_core.estimator.lookup import Lookup
from embed_core.estimator.out_of_fold import Learned, folds, in_frame_of, side_by_side
from embed_core.estimator.strangers import known_lookup, lookup_of, refuse_strangers, warn_of_strangers
from embed_core.estimator.values import Values, values_of
from embed_core.learning.fields import Schedule, TargetKind
from embed_core.progress import KeepGoing
from embed_core.space.embedding import Embedding
from embed_core.tables.reading.read import read_table
from embed_core.types import Floats, Vocabulary


class CategoryEmbedder(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Replaces categorical columns by the vectors learned for their categories.

    Vectors are learned in ``fit`` alone: within a pipeline each fold of a cross-validation learns its own. Categories
    first met in ``transform`` get the trained *(unknown)* vector, or what ``handle_unknown`` says; a missing value is a
    category like any other, and *(unknown)* when none was missing in ``fit``. A value is the same category however it
    is stored: 1, 1.0 and "1" are one where the column does not tell them apart itself.

    What is learned from y has seen the y of the rows that the next model learns from, which misleads it where
    categories have few rows. So ``fit_transform``, which a pipeline calls, learns again without each of ``cv`` parts of
    the rows, and gives these the vectors that have not seen them, turned onto those of all rows, as vectors of
    different fits have no axes in common. ``fit(X, y).transform(X)`` does not: as with scikit-learn's
    ``TargetEncoder``, the two differ. Of the vectors of ``target``, what its outputs do not see is left out: the random
    start, by which the next model could learn by heart; of those of ``entity``, directions that its prior let die. The
    first numbers hold the rest (of ``target`` with two classes one), then come zeros.

    A column that cannot be learned from, because it is constant, empty or hardly repeats, gets zeros and a note, while
    there is another one. ``set_output`` makes DataFrames of pandas or polars. In ``GridSearchCV(..., n_jobs=2)`` each
    process imports TensorFlow first (10 s and 1 GB): worth it where the fits take minutes.

    Args:
        columns: the categorical columns: a name, a place, a list of these, a mask, or a function of X that gives one
            of these, such as scikit-learn's ``make_column_selector``; None (default) takes all that hold text or
            categories, and all columns where none does.
        objective: ``"target"`` (default: each column by itself predicts y), ``"entity"`` (all columns together,
            the numbers among them, predict y through hidden layers) or ``"context"`` (each column predicts the
            others; y is not used). The other columns of X serve as context, or as further inputs.
        dimension: numbers per category; with ``entity`` columns after the first have half as many as categories
            at most (default 8).
        target_kind: what y is: ``"binary"``, ``"multiclass"``, ``"number"``, or ``"auto"`` (default).
        epochs: passes over the rows; None (default) takes the objective's own, with ``entity`` 20.
        learning_rate: of the optimizer; None (default) takes the objective's own.
        schedule: ``"cosine"`` (default: falling, so that what the prior presses out is gone) or ``"constant"``.
        prior_strength: as many rows as a prior on the vectors weighs; None (default): ``"auto"``, with ``entity`` 10.
        optimizer: ``"adam"`` (default), ``"adamw"``, ``"rmsprop"`` or ``"sgd"``.
        batch_size: rows per step, or ``"auto"`` (default).
        hidden: units of each hidden layer, for ``entity`` (default 128 and 64).
        dropout: share of activations dropped in training, for ``entity`` (default 0.02).
        category_dropout: share of what is learned in which the category is *(unknown)*, above 0 (default 0.02).
        min_frequency: categories with fewer rows are pooled into one (default 1: none are); between 0 and 1 a share
            of the rows.
        validation_share: share of the rows kept to watch the loss on (default 0).
        patience: stop after so many epochs without a better validation loss, at the best; None (default) does not.
        cv: parts for ``fit_transform`` where y is used (default 5); None gives vectors that have seen y.
        handle_unknown: what categories get that were not there in ``fit``: ``"vector"`` (default) the one learned for
            *(unknown)*, ``"mean"`` the mean vector of the rows of ``fit``, ``"nan"`` NaN, ``"nearest_name"`` one made
            from the letters of their names, so that "Bostn" lands near "Boston"; ``"error"`` refuses them.
        random_state: a whole number (default 0), a ``RandomState``, or None for another start in each ``fit``.
        verbose: whether a line is printed for each training.
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
    >>> embedder.inverse_transform(embedder.transform(pd.DataFrame({"shop": ["c", "never seen"]}))).tolist()
    [['c'], [None]]
    """

    def __init__(
        self,
        columns: Columns | None = None,
        objective: str = "target",
        dimension: int = 8,
        *,
        target_kind: TargetKind | str = "auto",
        epochs: int | None = None,
        learning_rate: float | None = None,
        schedule: Schedule | None = "cosine",
        prior_strength: float | Literal["auto"] | None = None,
        optimizer: str = "adam",
        batch_size: int | str = "auto",
        hidden: Sequence[int] = (128, 64),
        dropout: float = 0.02,
        category_dropout: float = 0.02,
        min_frequency: int | float = 1,
        validation_share: float = 0.0,
        patience: int | None = None,
        cv: int | None = 5,
        handle_unknown: str = "vector",
        random_state: Any = 0,
        verbose: bool | int = False,
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
        self.handle_unknown = handle_unknown
        self.random_state = random_state
        self.verbose = verbose
        self.keep_going = keep_going

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> "CategoryEmbedder":
        """Learn the vectors.

        Args:
            X: DataFrame or array, (rows, columns).
            y: what to predict, (rows,); not used by ``context``.
            sample_weight: of each row, (rows,): whole numbers are counts of rows, others scale their loss.

        Raises:
            AtlasError: a setting or a column cannot be used, or y is missing.
        """
        self._learn(X, y, sample_weight)
        return self

    def fit_transform(self, X: Any, y: Any = None, sample_weight: Any = None) -> Floats:
        """Learn the vectors, and return for each row those that have not seen its y; else as `fit`."""
        learned = self._learn(X, y, sample_weight)
        made = side_by_side(self._lookups, learned.values)
        if self.cv is None or learned.target is None:
            return made
        check_whole(self.cv, 'setting "cv"', least=2)
        for rows, left_out in folds(learned.frame[learned.target], self.cv, learned.settings["seed"]):
            try:
                part = learned.part(rows)
                found = learn(part, learned.names, learned.target, learned.settings, learned.configs)[0]
            except AtlasError:  # the rows have one class only: nothing is known of what they say
                found = {}
            lookups = []
            for name, e, values in zip(learned.names, self.embeddings_.values(), learned.values, strict=True):
                turned, vocabulary = in_frame_of(e, *found[name]) if name in found else (e, None)
                lookups.append(self._lookup(turned, vocabulary, values.of(rows)))
            made[left_out] = side_by_side(lookups, [values.of(left_out) for values in learned.values])
        return made

    def _learn(self, X: Any, y: Any, sample_weight: Any) -> Learned:
        """Learn from all rows; return what the parts need."""
        parameters = self.get_params(deep=False)
        check_settings(parameters, y)
        X = self._checked(X, reset=True)
        check_enough(X)
        self._places = places_of(self.columns, X)
        frame, names = named(X), []
        values = self._values(X)
        for place, each in zip(self._places, values, strict=True):
            names.append(frame.columns[place])
            frame[names[-1]] = each.series
        target = None
        if needs_target(self.objective):
            target = free_name("target", frame.columns)
            frame[target] = one_column(y, len(frame))
        weight = None
        if sample_weight is not None:
            weight = free_name("weight", frame.columns)
            frame[weight] = one_column(sample_weight, len(frame), "sample_weight")
            if not frame[weight].any():
                raise AtlasError("sample_weight is zero in every row. Give a weight above zero to some.")
        table = read_table(frame)
        settings = settled_settings(parameters, table, weight)
        found, self.notes_, configs = learn(table, names, target, settings)
        columns = [X.columns[place] for place in self._places]
        self.embeddings_ = {column: found[name][0] for column, name in zip(columns, names, strict=True)}
        self._lookups = [self._lookup(*found[name], each) for name, each in zip(names, values, strict=True)]
        return Learned(frame, table, values, names, target, settings, configs)

    def transform(self, X: Any) -> Floats:
        """Return the vectors of the categories side by side, float32 (rows, sum of the dimensions).

        Warns:
            UserWarning: most rows hold a category that was not there in ``fit``.

        Raises:
            AtlasError: the columns are not those of ``fit``, or a category is not and ``handle_unknown`` says so.
        """
        check_is_fitted(self)
        values = self._values(self._checked(X, reset=False))
        for name, lookup, each in zip(self.embeddings_, self._lookups, values, strict=True):
            report = refuse_strangers if self.handle_unknown == "error" else warn_of_strangers
            report(name, each, lookup.strangers(each))
        return side_by_side(self._lookups, values)

    def inverse_transform(self, X: Any) -> npt.NDArray[np.object_]:
        """Return for vectors, (rows, sum of the dimensions), the nearest category of each column by Euclidean distance.

        They are texts, object (rows, columns); None stands for a missing or an unknown one.

        Raises:
            AtlasError: they have other dimensions.
        """
        check_is_fitted(self)
        vectors = np.asarray(X, dtype=np.float32)
        ends = np.cumsum([e.dimension for e in self.embeddings_.values()])
        if vectors.ndim != 2 or vectors.shape[1] != ends[-1]:
            raise AtlasError(
                f"X must have {ends[-1]} columns, those that transform makes; its shape is {vectors.shape}."
            )
        parts = zip(
            np.split(vectors, ends[:-1], axis=1), self._lookups, self.embeddings_.values(), strict=True
        )
        return np.stack([lookup.categories(part, e.labels) for part, lookup, e in parts], axis=1)

    def get_feature_names_out(self, input_features: Any = None) -> npt.NDArray[np.object_]:
        """Return the name of each column made: that of the column embedded and a number from 0.

        Args:
            input_features: names of the columns of X where it had none in ``fit``; else the same ones.
        """
        check_is_fitted(self)
        columns = list(self.embeddings_)
        if input_features is not None:
            given = list(input_features)
            if given != list(getattr(self, "feature_names_in_", given)):
                raise AtlasError("input_features is not equal to feature_names_in_. Leave it out.")
            if len(given) != self.n_features_in_:
                raise AtlasError(
                    f"input_features should have length equal to number of features ({self.n_features_in_}), got "
                    f"{len(given)}. Leave it out, or name each column."
                )
            columns = [given[place] for place in self._places]
        dimensions = [e.dimension for e in self.embeddings_.values()]
        names = [f"{name}_{i}" for name, n in zip(columns, dimensions, strict=True) for i in range(n)]
        return np.array(names, dtype=object)

    @classmethod
    def of(cls, embeddings: Mapping[str, Embedding]) -> "CategoryEmbedder":
        """Return one that is fitted, with vectors that were learned already, such as ``run.embeddings``.

        What is none of their categories gets the vector of *(rare)*, where rare ones were pooled, or of *(unknown)*.

        Args:
            embeddings: by the column whose categories they hold; each with an *(unknown)* vector.

        Raises:
            AtlasError: there is none, or one has no *(unknown)* vector.

        >>> e = Embedding(["a", "b"], [[1], [2]], [5, 4], unknown=np.array([9.0]))
        >>> CategoryEmbedder.of({"shop": e}).transform(pd.DataFrame({"shop": ["b", "z"]})).tolist()
        [[2.0], [9.0]]
        """
        if not isinstance(embeddings, Mapping) or not embeddings:
            raise AtlasError(
                'Embeddings are given by the column whose categories they hold, {"shop": embedding}, and at least one: '
                f"not {quoted(embeddings)}."
            )
        lookups = [known_lookup(column, embedding) for column, embedding in embeddings.items()]
        self = cls(list(embeddings))
        self.embeddings_, self.notes_, self._lookups = dict(embeddings), (), lookups
        self._places, self.n_features_in_ = list(range(len(lookups))), len(lookups)
        self.feature_names_in_ = np.array(list(embeddings), dtype=object)
        return self

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.categorical = tags.input_tags.string = tags.input_tags.allow_nan = True
        tags.target_tags.required = needs_target(self.objective)
        tags.transformer_tags.preserves_dtype = []
        tags.non_deterministic = self.random_state is None
        return tags

    def _checked(self, X: Any, *, reset: bool) -> pd.DataFrame:
        frame = frame_of(X, typed=reset)
        # What has no names of its own is not to get any.
        validate_data(
            self, frame if hasattr(X, "__arrow_c_stream__") else X, reset=reset, skip_check_array=True
        )
        return frame

    def _values(self, X: pd.DataFrame) -> list[Values]:
        return [values_of(X.iloc[:, place]) for place in self._places]

    def _lookup(self, embedding: Embedding, vocabulary: Vocabulary | None, seen: Values) -> Lookup:
        return lookup_of(embedding, vocabulary, seen, self.handle_unknown)
