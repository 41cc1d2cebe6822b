"""Whose turn it is: on a clock of our own, with no worker."""

import pytest

from embed_core.runs.controls import GivenBack
from embed_core.runs.in_worker import Work
from embed_core.runs.job import Job
from embed_core.runs.turns import PAUSED_SECONDS, SLICE_SECONDS, Turn, Turns

SEATS = ["a", "b"]


class Line:
    """A line, and the jobs in it by name."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.jobs: dict[str, Job] = {}

    def join(self, name: str, *, owner: str = "", priority: int = 0, **job: object) -> Turn:
        made = Job(name, **({"can_give_back": True} | job))  # type: ignore[arg-type]
        self.jobs[name] = made
        turn = Turn(made, Work(print, ()), priority, owner or name)
        self.turns.join(turn)
        return turn

    def seat(self, now: float) -> list[object]:
        return [turn.job.key for turn in self.turns.seat(SEATS, now)]

    def must_leave(self, now: float) -> list[object]:
        leaving = self.turns.must_leave(SEATS, now)
        for turn in leaving:
            turn.job.ask_back()
        return [turn.job.key for turn in leaving]

    def leave(self, name: str, **job: object) -> None:
        """Give a seat back, and join again as a job does that goes on."""
        turn = next(turn for turn in self.turns.seated if turn.job.key == name)
        self.turns.leave_seat(turn)
        turn.job.turn += 1
        turn.job.change(give_back=False)
        self.turns.join(Turn(turn.job, turn.work, turn.priority, turn.owner))


@pytest.fixture
def line() -> Line:
    return Line()


def test_a_third_has_its_turn_after_a_slice_although_two_go_on_for_hours(line: Line) -> None:
    line.join("first")
    line.join("second")
    assert line.seat(0.0) == ["first", "second"]
    third = line.join("third")
    assert line.seat(1.0) == [] and line.must_leave(1.0) == []
    assert line.turns.place(third.job) == 1
    assert line.must_leave(SLICE_SECONDS + 0.1) == ["first"]
    assert line.must_leave(SLICE_SECONDS + 0.2) == [], "one seat is enough for one who waits"
    line.leave("first")
    assert line.seat(SLICE_SECONDS + 0.3) == ["third"]
    # And the first one comes back: nobody is left out.
    assert line.must_leave(SLICE_SECONDS + 0.4) == ["second"]


def test_the_shares_are_between_owners_and_not_between_jobs(line: Line) -> None:
    for name in ("one", "two", "three", "four"):
        line.join(name, owner="greedy")
    assert line.seat(0.0) == ["one", "two"]
    line.join("only", owner="modest")
    assert line.turns.place(line.jobs["only"]) == 1
    assert line.turns.place(line.jobs["four"]) == 3


def test_what_nobody_waits_for_makes_way_at_once_and_takes_nobody_s_seat(line: Line) -> None:
    line.join("trust", priority=-1)
    line.join("training", priority=1)
    line.join("more trust", priority=-1)
    assert line.seat(0.0) == ["training", "trust"]
    assert line.must_leave(100.0) == []
    line.join("waited for", priority=0)
    assert line.must_leave(0.1) == ["trust"]


def test_who_can_only_be_ended_keeps_its_seat(line: Line) -> None:
    line.join("lesson", can_give_back=False)
    line.join("training")
    line.seat(0.0)
    line.join("waiting")
    assert line.must_leave(1_000.0) == ["training"]


def test_a_paused_job_leaves_its_seat_at_once_for_others_and_after_a_while_for_nobody(line: Line) -> None:
    line.join("paused")
    line.join("stepped")
    line.seat(0.0)
    line.jobs["paused"].change(paused=True, steps=0)
    line.jobs["stepped"].change(paused=True, steps=1)
    line.join("waiting")
    assert line.must_leave(0.1) == ["paused"]
    line.turns.leave_line(line.jobs["waiting"])
    late = line.jobs["stepped"].changed_at + PAUSED_SECONDS + 1
    assert line.must_leave(late) == ["stepped"]


def test_who_sits_where_no_seat_is_any_more_must_leave_it(line: Line) -> None:
    line.join("training")
    assert line.seat(0.0) == ["training"]
    assert [turn.job.key for turn in line.turns.must_leave(["b"], 0.1)] == ["training"]


def test_a_job_for_one_worker_waits_for_that_one_and_lets_others_pass(line: Line) -> None:
    line.join("busy")
    assert line.seat(0.0) == ["busy"]
    line.join("for the first", priority=0, worker=0)
    line.join("for any", priority=0)
    assert line.seat(0.1) == ["for any"]


def test_what_only_has_to_end_goes_first(line: Line) -> None:
    line.join("new")
    ending = line.join("ending")
    ending.job.turn, _ = 1, ending.job.change(stop=True)
    assert line.seat(0.0) == ["ending", "new"]


def test_who_waits_no_longer_is_in_no_line(line: Line) -> None:
    turn = line.join("cancelled")
    assert line.turns.leave_line(turn.job) is turn and line.turns.leave_line(turn.job) is None
    assert line.turns.place(turn.job) is None and line.seat(0.0) == []


def given_back(*, paused: bool, steps: int, left: int, heard_last: bool) -> Job:
    """A job that was asked for its worker, and what it does when it gave that back."""
    job, sent = Job("a job"), []
    job.send = lambda: sent.append(1)
    job.ask_back()
    job.change(paused=paused, steps=steps)
    heard = job.controls.serial - (0 if heard_last else 1)
    job.take_result(GivenBack("its state", left, heard))
    job.about = len(sent)
    return job


@pytest.mark.parametrize("heard_last", [True, False])
def test_one_that_gave_its_worker_back_comes_back_unless_it_is_paused(heard_last: bool) -> None:
    going = given_back(paused=False, steps=0, left=0, heard_last=heard_last)
    assert going.about == 1 and going.turn == 1 and going.options == {"state": "its state"}
    assert given_back(paused=True, steps=0, left=0, heard_last=heard_last).about == 0


def test_a_step_that_was_asked_for_meanwhile_is_done_once() -> None:
    unheard = given_back(paused=True, steps=1, left=0, heard_last=False)
    assert unheard.about == 1 and unheard.controls.steps == 1
    heard = given_back(paused=True, steps=1, left=1, heard_last=True)
    assert heard.about == 1 and heard.controls.steps == 1
    done = given_back(paused=True, steps=1, left=0, heard_last=True)
    assert done.about == 0 and done.controls.steps == 0
