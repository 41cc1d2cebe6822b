"""How many rows a batch has, how many epochs there are, and in which order the rows are visited."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

FULL_BATCH_ROWS = 256
LEAST_EPOCHS, MOST_EPOCHS = 100, 600
# With as many, `context` of 3,000 products ends at the loss that six times as many give.
_STEPS = 9_000
# Rows of which a third more takes some microseconds.
_FELT = 1_024


def resolve_batch_size(batch_size: int | str, rows: int) -> int:
    """Return the batch size in rows; ``"auto"`` takes all rows up to 256, else about 1 % of them.

    About a hundred steps an epoch is what the default hundred epochs need to converge; automatic
    batches stay between 32 and 4,096 rows.

    >>> resolve_batch_size("auto", 200), resolve_batch_size("auto", 3_205)
    (200, 32)
    """
    if batch_size != "auto":
        return min(int(batch_size), rows)
    if rows <= FULL_BATCH_ROWS:
        return rows
    return int(min(4096, max(32, 2 ** round(np.log2(rows / 100)))))


def resolve_epochs(epochs: int | str, batch_size: int | str, rows: int) -> int:
    """Return the passes over the rows; ``"auto"`` makes nine thousand steps in at least 100 and at most 600.

    >>> resolve_epochs("auto", "auto", 200), resolve_epochs("auto", "auto", 3_000), resolve_epochs(7, "auto", 200)
    (600, 100, 7)
    """
    if epochs != "auto":
        return int(epochs)
    steps = -(-rows // resolve_batch_size(batch_size, rows))
    return min(MOST_EPOCHS, max(LEAST_EPOCHS, _STEPS // max(1, steps)))


def epoch_order(seed: int, epoch: int, rows: int) -> npt.NDArray[np.int64]:
    """Return the order in which an epoch visits the rows; depends on nothing but its arguments."""
    return np.random.default_rng((seed, epoch)).permutation(rows)


def padded_size(rows: int, *, parts: int = 8) -> int:
    """Return a size a little above, one of so many an octave: data of about the same size share a compiled program.

    >>> padded_size(100), padded_size(39_000), padded_size(39_000, parts=2)
    (112, 40960, 49152)
    """
    step = max(16, 2 ** (rows.bit_length() - 1) // parts)
    return -(-rows // step) * step


def padded_octave(rows: int, *, felt: int) -> int:
    """Return the power of 2 above, or `padded_size` where more room is felt: for what costs little but room.

    >>> padded_octave(96, felt=1_000), padded_octave(700, felt=1_000), padded_octave(1_100, felt=1_000)
    (128, 1024, 1152)
    """
    return max(16, 2 ** (rows - 1).bit_length()) if rows <= felt else padded_size(rows)


def whole_batch(rows: int, *, is_costly: bool) -> int:
    """Return the size of a batch that takes all rows; of rows that cost much, hardly any are filled up.

    >>> whole_batch(600, is_costly=False), whole_batch(2_400, is_costly=False), whole_batch(600, is_costly=True)
    (768, 2560, 640)
    """
    return padded_size(rows, parts=8 if is_costly else 4 if rows > _FELT else 2)


def judged_at_once(rows: int, *, is_costly: bool) -> int:
    """Return how many rows are judged at a time, one of as few numbers as there are octaves unless rows cost much.

    >>> [judged_at_once(rows, is_costly=False) for rows in (100, 500, 1_000)], judged_at_once(500, is_costly=True)
    ([128, 128, 256], 512)
    """
    if is_costly:
        return padded_size(rows)
    return max(min(128, padded_octave(rows, felt=128)), 2 ** (rows.bit_length() - 2))


def padded_levels(levels: int) -> int:
    """Return a number of levels a little above, one of few; up to 16 as it is, as many columns have few levels.

    >>> padded_levels(7), padded_levels(33), padded_levels(200)
    (7, 40, 224)
    """
    step = max(1, 2 ** (levels.bit_length() - 3))
    return levels if levels <= 16 else -(-levels // step) * step


def level_places(levels: Sequence[int]) -> npt.NDArray[np.int64]:
    """Return where the levels of heads lie when those of each head are padded and all are side by side.

    >>> level_places((2, 17, 1))[[0, 1, 2, -2, -1]].tolist()
    [0, 1, 2, 18, 22]
    """
    starts = np.cumsum([0, *map(padded_levels, levels)])
    return np.concatenate([start + np.arange(count) for start, count in zip(starts, levels, strict=False)])
