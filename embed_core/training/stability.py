"""How stable the neighbours of each category are over retrainings."""

from typing import Any

import pandas as pd

from embed_core.errors import check_whole
from embed_core.progress_bar import ProgressBar, Shown
from embed_core.training.compared import stability_where_drawn
from embed_core.training.replicates import Replicate, Replicates
from embed_core.training.run import Run, require_run
from embed_core.training.trust import data_of_run, epochs_behind_run, stability_frame
from embed_core.training.trust_measures import checked_vectors, to_retrain


def stability(
    table: Any,
    run: Run,
    k: int = 10,
    replicates: int = 6,
    *,
    metric: str | None = None,
    progress: Shown = "auto",
) -> pd.DataFrame:
    """Return how stable the neighbours of each category are over retrainings on halves of the rows.

    A half has some of the run's own rows, so even noise is above k / (n - 1). Whether two halves, which have none in
    common, agree is what `trust` tells.

    Args:
        table: what the run was trained on: a `Table`, or anything that `read_table` takes.
        run: from `train`.
        k: neighbours compared (default 10), at most half of the others.
        replicates: how often it is trained again (default 6), on one half and then the other of each split.
        metric: ``cosine`` or ``euclidean``; None (default) takes the run's own.
        progress: whether a bar, in a pipe lines, says how far it is: ``"auto"`` (default) or False, as in `train`.

    Returns:
        ``category``, ``stability`` (0 to 1; NaN when no retraining saw the category) and ``support``.

    Raises:
        AtlasError: there are fewer than 4 categories, or the table is not the run's.

    >>> from embed_core.training.train import train
    >>> shops = pd.DataFrame({"shop": list("aabbccdd") * 20, "late": [0, 0, 0, 1, 1, 1, 0, 1] * 20})
    >>> run = train(shops, column="shop", target="late", dimension=2, epochs=3, progress=False)
    >>> list(stability(shops, run, k=1, replicates=2, progress=False))
    ['category', 'stability', 'support']
    """
    check_whole(replicates, "number of replicates", least=1)
    splits, metric = (replicates + 1) // 2, metric or require_run(run).embedding.metric
    with ProgressBar(progress, "Counting halves of the rows") as bar:
        data = data_of_run(table, run, splits)
        known = checked_vectors(data, run.config, run.embedding.vectors, k=k, splits=splits, metric=metric)
        source, n = to_retrain(data, run.config), len(known)
        again = Replicates(
            run.trained_by, epochs_behind_run(run), lambda done: bar.at(done, replicates, "Training again")
        )
        replicated = [Replicate(each.vectors[:n], each.is_drawn[:n]) for each in again.of(source, replicates)]
        shares = stability_where_drawn(known, replicated, k=k, metric=metric)
    return stability_frame(run.embedding, shares)
