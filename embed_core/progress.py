"""The callbacks that there are: how far a piece of work is, and whether it may go on."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

KeepGoing = Callable[[], bool]
"""Called every 50 ms or so while something runs; may block to pause; returning False stops."""
OnProgress = Callable[[int], object]
"""Called with how much is done, at the start and after each part."""
JobProgress = dict[str, Any]
"""What a job reports at a time: numbers, text, lists and bytes by name."""
OnJobProgress = Callable[[JobProgress], object]
"""Called with what a job reports."""
Part = tuple[Any, ...]
"""What a part of a comparison is called."""
Take = Callable[[Sequence[Part]], Iterable[Part]]
"""Called with the parts that are to be done; yields those that are done here, each when the one before has ended."""
Moment = Literal["begun", "started", "ended"]
"""Of a training: it was handed over, its first epoch begins on a worker, it has ended, well or not."""
