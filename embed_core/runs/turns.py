"""Whose turn it is on a worker: a line in which nobody waits long behind somebody else's long work."""

import threading
import time
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from embed_core.runs.in_worker import Work
from embed_core.runs.job import Job

SLICE_SECONDS = 4.0
"""So long a job that can go on later keeps its worker while others wait."""
PAUSED_SECONDS = 30.0
"""So long a paused job keeps its worker when nobody waits for it."""


@dataclass(eq=False)
class Turn:
    """A job that waits for a worker, or has one.

    Attributes:
        job: the job.
        work: what it does.
        priority: from 0 on somebody waits for it; the others take what is left.
        owner: whose it is; shares are between owners.
        handed: how often it was handed to a worker that did not begin it.
        failures: how often it could not be sent.
        future: of its work, once that was sent.
        seat: of the worker that has it; "" while it waits.
        since: when it got that.
    """

    job: Job
    work: Work
    priority: int
    owner: Hashable
    handed: int = 0
    failures: int = 0
    future: Any = field(default=None, repr=False)
    seat: str = ""
    since: float = 0.0
    number: int = field(default=0, repr=False)

    @property
    def is_waited_for(self) -> bool:
        """Whether a person waits for it."""
        return self.priority >= 0

    @property
    def has_begun(self) -> bool:
        """Whether it goes on from where it was."""
        return self.job.turn > 0


class Turns:
    """The line, and who has a seat. A seat is a place on a worker for one job.

    Who never had a turn goes before who goes on; among equals it is the owner with fewer seats, or who had one longest
    ago.
    """

    def __init__(self) -> None:
        self._waiting: list[Turn] = []
        self._seated: dict[str, Turn] = {}
        self._served: dict[Hashable, float] = {}
        self._number = 0
        self._lock = threading.RLock()

    def join(self, turn: Turn) -> None:
        """Wait."""
        with self._lock:
            self._number += 1
            turn.number, turn.seat = self._number, ""
            self._waiting.append(turn)

    def leave_line(self, job: Job) -> Turn | None:
        """Wait no longer; None when the job does not wait."""
        with self._lock:
            found = next((turn for turn in self._waiting if turn.job is job), None)
            if found is not None:
                self._waiting.remove(found)
            return found

    def give_up_all(self) -> list[Turn]:
        """Empty the line, and return who waited."""
        with self._lock:
            left, self._waiting = self._waiting, []
            return left

    def leave_seat(self, turn: Turn) -> None:
        """Have no worker any more."""
        with self._lock:
            if self._seated.get(turn.seat) is turn:
                del self._seated[turn.seat]

    def place(self, job: Job) -> int | None:
        """Return which in line a job is, from 1; None when it does not wait."""
        with self._lock:
            line = [turn.job for turn in sorted(self._waiting, key=self._rank)]
            return line.index(job) + 1 if job in line else None

    @property
    def are_waiting(self) -> bool:
        """Whether anybody waits."""
        return bool(self._waiting)

    @property
    def seated(self) -> list[Turn]:
        """Who has a seat."""
        with self._lock:
            return list(self._seated.values())

    def seats_taken(self) -> list[str]:
        """Return the seats that somebody has."""
        return [turn.seat for turn in self.seated]

    def seat(self, seats: Sequence[str], now: float | None = None) -> list[Turn]:
        """Give free seats to those whose turn it is, and return these.

        Args:
            seats: all that there are.
            now: seconds, of a clock that goes on evenly.
        """
        now = time.monotonic() if now is None else now
        given = []
        with self._lock:
            while (free := [seat for seat in seats if seat not in self._seated]) and (
                chosen := self._next(free, seats)
            ) is not None:
                turn, seat = chosen
                self._waiting.remove(turn)
                turn.seat, turn.since = seat, now
                self._seated[seat] = turn
                self._served[turn.owner] = now
                given.append(turn)
        return given

    def must_leave(self, seats: Sequence[str], now: float | None = None) -> list[Turn]:
        """Return who shall give their seat back, of those that can go on later.

        Args:
            seats: all that there are; who sits on another must leave it.
            now: seconds.
        """
        now = time.monotonic() if now is None else now
        with self._lock:
            able = [
                turn
                for turn in self._seated.values()
                if turn.job.can_give_back and not turn.job.controls.give_back and not turn.job.controls.stop
            ]
            leaving = sum(turn.job.controls.give_back for turn in self._seated.values())
            free = sum(seat not in self._seated for seat in seats)
            gone = [turn for turn in able if turn.seat not in seats]
            paused = [
                turn
                for turn in able
                if turn.job.controls.paused and now - max(turn.since, turn.job.changed_at) > PAUSED_SECONDS
            ]
            chosen = list(dict.fromkeys([*gone, *paused]))
            wanting = [turn for turn in sorted(self._waiting, key=self._rank) if turn.is_waited_for]
            for waiting in wanting[max(0, free + leaving) :]:
                rivals = [turn for turn in able if turn not in chosen and self._yields(turn, waiting, now)]
                if not rivals:
                    break
                chosen.append(max(rivals, key=lambda turn: self._claim(turn, now)))
            return chosen

    def _next(self, free: Sequence[str], seats: Sequence[str]) -> tuple[Turn, str] | None:
        for turn in sorted(self._waiting, key=self._rank):
            wanted = None if turn.job.worker is None else sorted(seats)[turn.job.worker % len(seats)]
            if wanted is None:
                return turn, free[0]
            if wanted in free:
                return turn, wanted
        return None

    def _rank(self, turn: Turn) -> tuple[float, ...]:
        held = self._seats_of(turn.owner)
        served = self._served.get(turn.owner, 0.0)
        ends = turn.has_begun and turn.job.controls.stop
        return (
            not ends,
            not turn.is_waited_for,
            turn.has_begun,
            held,
            served if held or turn.has_begun else 0.0,
            -turn.priority,
            turn.number,
        )

    def _yields(self, seated: Turn, waiting: Turn, now: float) -> bool:
        """Whether one leaves its seat for another."""
        if not seated.is_waited_for or seated.job.is_at_rest:
            return True
        if seated.owner == waiting.owner and seated.priority < waiting.priority:
            return True
        return now - seated.since >= SLICE_SECONDS

    def _claim(self, turn: Turn, now: float) -> tuple[float, ...]:
        """Return by what the one is chosen that leaves: the largest does."""
        return (
            not turn.is_waited_for,
            turn.job.is_at_rest,
            self._seats_of(turn.owner),
            now - turn.since,
        )

    def _seats_of(self, owner: Hashable) -> int:
        return sum(turn.owner == owner for turn in self._seated.values())


def seats_of(workers: Mapping[str, int]) -> list[str]:
    """Return the names of all seats: each thread of a worker is one.

    >>> seats_of({"tcp://a": 1, "tcp://b": 2})
    ['tcp://a', 'tcp://b', 'tcp://b 2']
    """
    return [
        address if number == 1 else f"{address} {number}"
        for address, threads in sorted(workers.items())
        for number in range(1, threads + 1)
    ]
