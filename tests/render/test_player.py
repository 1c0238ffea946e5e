"""The player's process, with the real libVLC: every frame once, in order, by its own number."""

import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from projector.render.child import Child
from projector.render.player import Numbering, Order
from projector.render.ring import Ring, Shape, State
from projector.show.media import Clip
from tests.render.counted import clip_of, make, number_in, require_vlc

PATIENCE = 20.0
RATES = [Fraction(25), Fraction(30000, 1001), Fraction(60000, 1001), Fraction(50), Fraction(24)]


@pytest.fixture
def play() -> Iterator[Callable[..., Ring]]:
    """Start a player on a clip from a frame on; its ring."""
    children: list[Child] = []

    def start(path: Path, clip: Clip, first: int = 0, decoder: str = "vlc") -> Ring:
        child = Child(decoder)
        children.append(child)
        until(lambda: is_ready(child))
        child.play(Order(path, Shape(clip.width, clip.height), clip.rate, clip.frames, first))
        assert child.ring is not None
        return child.ring

    yield start
    for child in children:
        child.end()


def is_ready(child: Child) -> bool:
    child.hear()
    return child.is_ready


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.001)


def next_frame(ring: Ring, number: int) -> int:
    """The number that a frame says it has, taken when it is there; the ring may be ahead, never past it."""
    until(lambda: (ring.newest() or 0) >= number and ring.written > 0)
    got = ring.take(number)
    assert got is not None
    assert got[0] == number, f"{number} was left out"
    return number_in(got[1], ring.shape)


@pytest.mark.parametrize("rate", RATES, ids=str)
@pytest.mark.parametrize("decoder", ["vlc", "ffmpeg"])
def test_every_frame_comes_once_and_in_order(
    tmp_path: Path, play: Callable[..., Ring], rate: Fraction, decoder: str
) -> None:
    require_vlc()
    clip = clip_of(100, rate, 322, 242)
    ring = play(make(tmp_path / "a.mp4", clip), clip, decoder=decoder)
    assert [next_frame(ring, number) for number in range(100)] == list(range(100))
    until(lambda: ring.state is State.ENDED)


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_a_start_in_mid_clip_begins_with_the_very_frame(
    tmp_path: Path, play: Callable[..., Ring], rate: Fraction
) -> None:
    require_vlc()
    clip = clip_of(200, rate)
    path, group = make(tmp_path / "a.mp4", clip), round(rate)
    for first in (1, group - 1, group, group + 1, 2 * group, 3 * group - 1, 199):
        ring = play(path, clip, first)
        numbers = range(first, min(200, first + 4))
        assert [next_frame(ring, number) for number in numbers] == list(numbers)
        assert ring.oldest() == first


def test_a_player_that_is_kept_waiting_loses_nothing(tmp_path: Path, play: Callable[..., Ring]) -> None:
    require_vlc()
    clip = clip_of(100)
    ring = play(make(tmp_path / "a.mp4", clip), clip)
    for number in range(100):
        if number in {20, 60, 95}:
            until(lambda: ring.is_full or ring.newest() == 99)
            time.sleep(0.7)  # longer than any buffer of libVLC's is
        assert next_frame(ring, number) == number


def test_what_is_no_clip_at_all_ends_without_a_frame(tmp_path: Path, play: Callable[..., Ring]) -> None:
    require_vlc()
    path = tmp_path / "a.mp4"
    path.write_text("#EXTM3U\nhttp://127.0.0.1:9/x.ts\n")
    ring = play(path, clip_of(100))
    until(lambda: ring.state in {State.ENDED, State.FAILED})
    assert ring.newest() is None


def times(numbers: list[int], rate: Fraction, origin: int = 5_000_000_000) -> list[int]:
    return [origin + int(number * 1_000_000 / rate) for number in numbers]


@pytest.mark.parametrize("rate", RATES, ids=str)
@pytest.mark.parametrize("lead", [0, 1, 2])
def test_numbers_are_right_whichever_keyframe_comes_first(rate: Fraction, lead: int) -> None:
    group = round(rate)
    numbering = Numbering(rate, 3 * group + 5)
    key = 3 * group
    assert numbering.key == key
    before = [key - lead * group] if lead else []
    delivered = [*before, *range(key, key + 500)]
    named = [numbering.number(time) for time in times(delivered, rate)]
    assert named[0] is None
    assert named[1:] == delivered[1:]


def test_numbers_from_the_beginning_are_right_from_the_first_frame() -> None:
    for start in (0, 1, 24, 25):
        numbering = Numbering(Fraction(25), start)
        assert [numbering.number(time) for time in times([0, 1, 2, 3], Fraction(25))] == [0, 1, 2, 3]


@pytest.mark.parametrize("shift", [-30_000, 30_000, 90_000])
@pytest.mark.parametrize("after", [1, 2, 8])
def test_times_that_move_while_libvlc_is_paused_move_no_number(shift: int, after: int) -> None:
    numbering = Numbering(Fraction(25), 80)
    told = times(list(range(75, 95)), Fraction(25))
    told = [*told[:after], *(time + shift for time in told[after:])]
    assert [numbering.number(time) for time in told][1:] == list(range(76, 95))
