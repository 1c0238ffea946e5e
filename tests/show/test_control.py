"""Commands are pure functions from control to control; none moves the close, and a second press does nothing."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projector.clock import Instant, Programme, Seconds
from projector.show.control import (
    Control,
    Cover,
    Mode,
    covered,
    hold,
    instant_of,
    is_held,
    mode,
    programme_time,
    reanchored,
    rejoin,
    resume,
    take,
)
from projector.show.planner import plan
from projector.show.showings import How, Showings, Transition
from tests.show.shows import DAY, OPENING, calendar, control, photos, show, situation

MIX = Transition(How.MIX, Seconds(1.5))
OPEN = calendar(2, 0.2, closings=((300.0, 360.0),))
RUNDOWN: list[dict[str, Any]] = [
    {"cue": "photo", "count": 3, "dwell": "8s"},
    {"cue": "title", "text": {"en": "We Remember"}, "dwell": "6s"},
    {"cue": "mosaic", "grid": "3x2", "dwell": "4s", "length": "500s"},
]
PLAN = plan(situation(show(RUNDOWN), OPEN, photos(40)), Showings((), ()), Programme(1e9))


def at(seconds: float) -> Instant:
    return Instant(OPENING + seconds)


def place(control_: Control, seconds: float) -> float:
    return programme_time(control_.anchor, OPEN, at(seconds))


def test_programme_time_stands_still_in_closings_and_between_evenings() -> None:
    untouched = control(OPEN)
    seconds = (-5, 0, 10, 300, 330, 360, 361, 720, 5000, DAY, DAY + 1)
    assert [place(untouched, s) for s in seconds] == pytest.approx([0, 0, 10, 300, 300, 300, 301, 660, 660, 660, 661])


def test_hold_stands_and_resume_goes_on() -> None:
    held = hold(control(OPEN), OPEN, at(10))
    assert place(held, 200) == 10
    assert is_held(held.anchor, OPEN, at(200))
    going = resume(held, OPEN, at(200))
    assert place(going, 205) == pytest.approx(15)


def test_a_command_that_changes_nothing_gives_back_the_same_control() -> None:
    untouched = control(OPEN)
    held = hold(untouched, OPEN, at(10))
    assert resume(untouched, OPEN, at(10)) is untouched
    assert hold(held, OPEN, at(20)) is held
    assert rejoin(untouched, OPEN, at(10), MIX) is untouched
    assert covered(untouched, Cover.NONE, at(10)) is untouched
    dark = covered(untouched, Cover.BLACKOUT, at(10))
    assert covered(dark, Cover.BLACKOUT, at(20)) is dark


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["hold", "resume", "take", "rejoin"]), st.floats(0, 719)), max_size=6))
def test_commands_move_no_closing_and_no_close(presses: list[tuple[str, float]]) -> None:
    control_ = control(OPEN)
    for command, seconds in sorted(presses, key=lambda press: press[1]):
        match command:
            case "hold":
                control_ = hold(control_, OPEN, at(seconds))
            case "resume":
                control_ = resume(control_, OPEN, at(seconds))
            case "take":
                control_ = take(control_, OPEN, PLAN, at(seconds))
            case _:
                control_ = rejoin(control_, OPEN, at(seconds), MIX)
    assert place(control_, 720) == pytest.approx(place(control_, DAY))
    assert mode(control_, OPEN, at(720)) is Mode.CLOSED
    assert mode(control_, OPEN, at(330)) is Mode.CLOSED
    assert mode(control_, OPEN, at(DAY)) is Mode.RUN


def test_take_goes_to_the_next_cue() -> None:
    taken = take(control(OPEN), OPEN, PLAN, at(10))
    assert place(taken, 10) == 24
    assert place(taken, 11) == pytest.approx(25)


@pytest.mark.parametrize("passed", [0.0, 0.3, 0.9])
def test_a_second_press_within_a_second_does_nothing(passed: float) -> None:
    taken = take(control(OPEN), OPEN, PLAN, at(10))
    assert take(taken, OPEN, PLAN, at(10 + passed)) is taken


def test_a_second_press_that_names_the_cue_already_left_does_nothing() -> None:
    block = PLAN.block_at(Programme(10))
    assert block is not None
    taken = take(control(OPEN), OPEN, PLAN, at(10), leaving=block.id)
    assert take(taken, OPEN, PLAN, at(13), leaving=block.id) is taken
    assert place(take(taken, OPEN, PLAN, at(13)), 13) == 30


def test_a_second_press_in_a_hold_does_nothing_either() -> None:
    held = hold(control(OPEN), OPEN, at(5))
    taken = take(held, OPEN, PLAN, at(10))
    assert take(taken, OPEN, PLAN, at(10.5)) is taken


def test_take_does_nothing_outside_the_window() -> None:
    for seconds in (-10, 330, 5000):
        assert take(control(OPEN), OPEN, PLAN, at(seconds)) == control(OPEN)


def test_take_in_a_mosaic_leaves_the_rest_of_it_after_a_closing_too() -> None:
    # the mosaic runs from 30 over the closing at 300 to 530
    taken = take(control(OPEN), OPEN, PLAN, at(100))
    block = PLAN.block_at(Programme(place(taken, 100)))
    assert block is not None
    assert (block.cue, float(block.start)) == ("photo", 530.0)


def test_rejoin_goes_where_the_evening_would_have_been() -> None:
    control_ = take(hold(control(OPEN), OPEN, at(10)), OPEN, PLAN, at(50))
    back = rejoin(control_, OPEN, at(400), MIX)
    assert [place(back, s) for s in (400, 500, DAY + 9)] == pytest.approx([340, 440, 669])
    assert not is_held(back.anchor, OPEN, at(400))


def test_a_hold_ends_at_the_next_evenings_opening() -> None:
    held = hold(control(OPEN), OPEN, at(50))
    assert place(held, DAY - 1) == 50
    assert place(held, DAY + 5) == pytest.approx(55)
    assert mode(held, OPEN, at(DAY + 5)) is Mode.RUN


def test_a_blackout_outlives_the_night() -> None:
    dark = covered(control(OPEN), Cover.BLACKOUT, at(50))
    assert mode(dark, OPEN, at(DAY + 50)) is Mode.BLACKOUT


def test_an_edit_of_the_window_keeps_the_place_in_the_loop_and_the_hold() -> None:
    longer = calendar(2, 1.0)
    running = reanchored(control(OPEN), OPEN, at(400))
    assert programme_time(running.anchor, longer, at(400)) == pytest.approx(340)
    assert programme_time(running.anchor, longer, at(410)) == pytest.approx(350)
    held = reanchored(hold(control(OPEN), OPEN, at(100)), OPEN, at(400))
    assert programme_time(held.anchor, longer, at(410)) == pytest.approx(100)


@given(st.floats(0, 1300))
def test_the_instant_of_a_place_is_where_the_loop_comes_to_it(programme: float) -> None:
    when = instant_of(control(OPEN).anchor, OPEN, Programme(programme), at(0))
    assert when is not None
    assert programme_time(control(OPEN).anchor, OPEN, when) == pytest.approx(programme, abs=1e-5)


def test_a_place_past_the_last_evening_has_no_instant() -> None:
    assert instant_of(control(OPEN).anchor, OPEN, Programme(2000.0), at(0)) is None


def test_control_holds_what_lay_there_before_a_cover() -> None:
    slate = covered(control(OPEN), Cover.SLATE, at(5))
    dark = covered(slate, Cover.BLACKOUT, at(9))
    assert (dark.cover, dark.uncovered, dark.covered_at) == (Cover.BLACKOUT, Cover.SLATE, at(9))
    assert replace(dark, seq=4).anchor == control(OPEN).anchor
