"""In which order the epochs visit the rows, drawn beside the training."""

from concurrent.futures import Future, ThreadPoolExecutor, wait

from embed_core.learning.batches import epoch_order, padded_size
from embed_core.learning.pace import CALL_SECONDS, MOST_EPOCHS
from embed_core.learning.rows import OrderedRows, Rows
from embed_core.progress import KeepGoing

# What is drawn at a time: about so many batches, and at most so many rows.
BLOCK_STEPS, BLOCK_ROWS = 2_000, 500_000
_CAPACITIES = (1, 10, MOST_EPOCHS)


class Blocks:
    """The rows of several epochs at a time; the next ones are drawn while these are visited.

    A full batch is the same in every epoch, and drawn once.

    Args:
        rows: that are visited.
        seed: of the orders.
        epochs: of the whole training.
        most: epochs that a block may have.

    Attributes:
        steps: batches in an epoch.
        most: epochs in a block.
        capacity: epochs for which a call has room: one of few numbers, as it is part of what is compiled.
    """

    def __init__(self, rows: Rows, seed: int, epochs: int, *, most: int) -> None:
        self.steps = rows.steps
        self._is_same = rows.steps == 1
        # The rows of a block depend on the batch alone where an epoch fits in: their number is compiled, too.
        self._room = rows.filled
        self.most = self.capacity = most
        if not self._is_same:
            self._room = max(min(BLOCK_STEPS * rows.batch, BLOCK_ROWS), padded_size(rows.filled))
            self.most = min(most, self._room // rows.filled)
            self.capacity = min(most, next(number for number in _CAPACITIES if self.most <= number))
        self._rows, self._seed, self._epochs = rows, seed, epochs
        self._first = 0
        self._block: OrderedRows | None = None
        self._upcoming: Future[OrderedRows] | None = None
        self._beside: ThreadPoolExecutor | None = None

    def left_from(self, epoch: int) -> int:
        """Return how many epochs the block has from this one on."""
        last = self._epochs if self._is_same else min(self._epochs, self._first + self.most - 1)
        return min(self.most, last - epoch + 1)

    def rows_of(self, epoch: int) -> tuple[OrderedRows, int, int]:
        """Return the block's rows, where those of the epoch begin, and from there where the next epoch's do."""
        assert self._block is not None  # `wait_for` drew it
        stride = 0 if self._is_same else self._rows.filled
        return self._block, (epoch - self._first) * stride, stride

    def wait_for(self, epoch: int, keep_going: KeepGoing) -> bool:
        """Make the block of an epoch the current one; returns False when it need not go on before that."""
        if self._block is not None and (self._is_same or epoch < self._first + self.most):
            return True
        if self._upcoming is None:
            self._upcoming = self._draw(epoch)
        while not wait([self._upcoming], timeout=CALL_SECONDS).done:
            if not keep_going():
                return False
        self._first, self._block = epoch, self._upcoming.result()
        after = epoch + self.most
        self._upcoming = self._draw(after) if not self._is_same and after <= self._epochs else None
        return True

    def close(self) -> None:
        """Draw no more; the current block stays."""
        if self._beside is not None:
            self._beside.shutdown(wait=False, cancel_futures=True)
            self._beside, self._upcoming = None, None

    def _draw(self, first: int) -> Future[OrderedRows]:
        self._beside = self._beside or ThreadPoolExecutor(max_workers=1)
        return self._beside.submit(self._drawn, first)

    def _drawn(self, first: int) -> OrderedRows:
        if self._is_same:
            return self._rows.ordered([epoch_order(self._seed, 1, self._rows.rows)], self._room)
        last = min(self._epochs, first + self.most - 1)
        orders = [epoch_order(self._seed, epoch, self._rows.rows) for epoch in range(first, last + 1)]
        return self._rows.ordered(orders, self._room)
