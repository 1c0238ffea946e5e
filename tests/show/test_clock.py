"""Show time is a line over machine time, and is brought to the system's so slowly that nobody sees it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projector.clock import Instant, Machine, ShowClock


def clock(speed: float = 1.0) -> ShowClock:
    return ShowClock(Instant(1_800_000_000.0), Machine(50.0), speed)


def test_show_time_runs_with_machine_time_at_its_speed() -> None:
    assert clock().at(Machine(52.5)) == 1_800_000_002.5
    assert clock(60.0).at(Machine(52.0)) == 1_800_000_120.0


def test_show_time_is_whole_microseconds() -> None:
    assert clock().at(Machine(50.0 + 1 / 3)) == 1_800_000_000.333333


@pytest.mark.parametrize("off", [-0.9, -0.01, 0.01, 0.9])
def test_a_small_difference_is_made_good_at_5_ms_a_second(off: float) -> None:
    machine = Machine(60.0)
    slewed, found = clock().slewed(Instant(clock().at(machine) + off), machine)
    assert found == pytest.approx(off, abs=1e-6)
    moved = slewed.at(machine) - clock().at(machine)
    assert moved == pytest.approx(max(-0.05, min(0.05, off)), abs=1e-6)


def test_a_difference_of_more_than_a_second_is_reported_and_not_obeyed() -> None:
    for off in (-3600.0, -1.1, 1.1, 3600.0):
        slewed, found = clock().slewed(Instant(clock().at(Machine(60.0)) + off), Machine(60.0))
        assert slewed == clock()
        assert found == pytest.approx(off)


@given(st.lists(st.floats(-0.9, 0.9), max_size=20))
def test_show_time_never_goes_back(offs: list[float]) -> None:
    running, machine = clock(), Machine(50.0)
    last = running.at(machine)
    for off in offs:
        machine = Machine(machine + 0.5)
        running, _ = running.slewed(Instant(running.at(machine) + off), machine)
        assert last < running.at(machine)
        last = running.at(machine)


def test_a_clock_that_is_off_by_half_a_second_is_right_after_two_minutes() -> None:
    running = clock()
    for second in range(1, 121):
        machine = Machine(50.0 + second)
        running, off = running.slewed(Instant(1_800_000_000.5 + second), machine)
    assert off == pytest.approx(0.0, abs=1e-6)
