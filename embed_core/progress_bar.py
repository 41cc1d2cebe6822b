"""How far a piece of work is, for who waits for it: a bar in a terminal or a notebook, lines in a pipe."""

import os
import sys
import time
from types import TracebackType
from typing import Any, Literal, Protocol, Self

from embed_core.display import printable
from embed_core.errors import AtlasError, quoted

Shown = Literal["auto"] | bool
"""Whether progress is shown: ``"auto"`` and True show it as suits the place, False shows nothing."""
_LINES_SECONDS, _NOTEBOOK_SECONDS = 5.0, 0.25


class _Display(Protocol):
    def show(self, words: str, done: int, total: int | None) -> None: ...

    def close(self) -> None: ...


class ProgressBar:
    """Shows how far a piece of work is, from the moment it is entered.

    Args:
        progress: see `Shown`.
        words: what is being done at first.

    Raises:
        AtlasError: ``progress`` is something else.

    >>> with ProgressBar(False, "Counting") as bar:
    ...     bar.at(1, 10, "Training")
    >>> ProgressBar("loud", "Counting")
    Traceback (most recent call last):
    embed_core.errors.AtlasError: The setting "progress" must be "auto", True or False; got "loud".
    """

    def __init__(self, progress: Shown, words: str) -> None:
        if progress not in ("auto", True, False):
            raise AtlasError(f'The setting "progress" must be "auto", True or False; got {quoted(progress)}.')
        self._is_shown = bool(progress)
        self._now: tuple[str, int, int | None] = (printable(words), 0, None)
        self._display: _Display | None = None

    def __enter__(self) -> Self:
        if self._is_shown:
            self._display = _display()
            self._display.show(*self._now)
        return self

    def at(self, done: int, total: int | None = None, words: str | None = None) -> None:
        """Show how much is done.

        Args:
            done: how much.
            total: of how much; None keeps what was known.
            words: what is being done; None keeps what was said.
        """
        known, _, whole = self._now
        self._now = known if words is None else printable(words), done, total or whole
        if self._display is not None:
            self._display.show(*self._now)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._display is not None:
            self._display.close()


def _display() -> _Display:
    if _is_notebook():
        return _Notebook()
    is_terminal = sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    return _Terminal() if is_terminal else _Lines()


def _is_notebook() -> bool:
    """Whether this runs in a kernel of Jupyter, which shows more than text."""
    loaded = sys.modules.get("IPython")
    shell = None if loaded is None else loaded.get_ipython()
    return shell is not None and hasattr(shell, "kernel")


class _Lines:
    """Plain lines: one for new words, else one every five seconds, and how it ended; none twice."""

    def __init__(self) -> None:
        self._kind, self._line, self._written = "", "", ""
        self._at = 0.0

    def show(self, words: str, done: int, total: int | None) -> None:
        kind, now = words.partition(",")[0], time.monotonic()
        is_new = kind != self._kind
        if is_new:
            self.close()
        self._kind, self._line = kind, f"{words}: {done:,} of {total:,}" if total else f"{words} …"
        if is_new or now - self._at > _LINES_SECONDS:
            self.close()
            self._at = now

    def close(self) -> None:
        if self._line != self._written and sys.stderr is not None:
            print(self._line, file=sys.stderr, flush=True)
            self._written = self._line


class _Bar:
    """A bar of rich."""

    def __init__(self, **options: Any) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        self.progress = Progress(*columns, **options)
        self.task = self.progress.add_task("", total=None)

    def show(self, words: str, done: int, total: int | None) -> None:
        self.progress.update(self.task, description=words, completed=done, total=total)


class _Terminal(_Bar):
    """Moves by itself, and stays when it has ended."""

    def __init__(self) -> None:
        from rich.console import Console

        # Its own way to the terminal: while TensorFlow is imported, what is written to standard error waits.
        self._stream = os.fdopen(os.dup(sys.stderr.fileno()), "w", encoding=sys.stderr.encoding)
        is_terminal = sys.stdout is not None and sys.stdout.isatty()  # else what is printed is not for eyes
        super().__init__(console=Console(file=self._stream), redirect_stdout=is_terminal)
        self._is_begun = False

    def show(self, words: str, done: int, total: int | None) -> None:
        super().show(words, done, total)
        if not self._is_begun:
            self._is_begun = True
            self.progress.start()

    def close(self) -> None:
        self.progress.stop()
        self._stream.close()


class _Notebook(_Bar):
    """Replaces one output by the next; needs no widgets, and stays in the saved notebook as it ended."""

    def __init__(self) -> None:
        super().__init__(auto_refresh=False)
        self._handle: Any = None
        self._at = 0.0

    def show(self, words: str, done: int, total: int | None) -> None:
        super().show(words, done, total)
        if time.monotonic() - self._at > _NOTEBOOK_SECONDS:
            self._draw()

    def close(self) -> None:
        self._draw()

    def _draw(self) -> None:
        from IPython.display import display

        if self._handle is None:
            self._handle = display(self.progress, display_id=True)
        else:
            self._handle.update(self.progress)
        self._at = time.monotonic()
