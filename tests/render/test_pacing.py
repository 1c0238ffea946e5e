import pytest

from projector.clock import Machine
from projector.render.pacing import Pacer


def play(pacer: Pacer, frames: int, held: float, work: float, start: float = 0.0) -> float:
    """Run a loop on a made-up clock: `work` seconds of drawing, then a flip that takes `held`."""
    now = start
    for _ in range(frames):
        now += work
        sleep = pacer.flipped(Machine(now), Machine(now + held))
        now += held + sleep
    return now


def test_a_display_that_holds_the_flips_is_left_alone() -> None:
    pacer = Pacer(60.0)
    assert play(pacer, 60, held=0.012, work=1 / 60 - 0.012) == pytest.approx(1.0)
    assert pacer.fps == pytest.approx(60.0)
    assert pacer.late == 0


def test_flips_that_return_at_once_are_paced_by_sleeping() -> None:
    pacer = Pacer(60.0)
    passed = play(pacer, 600, held=0.0005, work=0.003)
    assert passed == pytest.approx(10.0, rel=0.02)
    assert pacer.fps == pytest.approx(60.0, rel=0.01)


def test_a_stall_is_not_made_up_for_by_a_burst() -> None:
    pacer = Pacer(50.0)
    now = play(pacer, 20, held=0.0, work=0.001)
    stalled = now + 1.0
    assert pacer.flipped(Machine(stalled), Machine(stalled)) == 0.0
    assert pacer.flipped(Machine(stalled + 0.001), Machine(stalled + 0.001)) == pytest.approx(0.019)
    assert pacer.late == 1


def test_a_frame_is_late_after_one_and_a_half() -> None:
    pacer = Pacer(50.0)
    for at in (0.0, 0.02, 0.049, 0.0801, 0.1):
        pacer.flipped(Machine(at - 0.01), Machine(at))
    assert pacer.late == 1


def test_a_pause_on_purpose_is_not_late() -> None:
    pacer = Pacer(50.0)
    pacer.flipped(Machine(0.0), Machine(0.01))
    pacer.paused(Machine(8.0))
    pacer.flipped(Machine(9.0), Machine(9.01))
    assert pacer.late == 0
    assert pacer.fps == 0.0


def test_a_clip_that_rests_between_its_frames_is_not_late_and_has_its_rate() -> None:
    pacer = Pacer(60.0)
    for number in range(50):
        pacer.flipped(Machine(number * 0.04 - 0.01), Machine(number * 0.04))
        pacer.paused(Machine(number * 0.04 + 0.02))
    assert pacer.late == 0
    assert round(pacer.fps) == 25


def test_no_frame_no_rate() -> None:
    assert Pacer(60.0).fps == 0.0
    assert Pacer(60.0).last_flip is None
