"""Clips on the wall with real players: the frame that the picture names, whatever becomes of the players."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from projector.errors import RenditionFault
from projector.render.clips import Clips, Report
from projector.render.compositor import Compositor
from projector.render.output import OffscreenOutput
from projector.render.stacks import clips_of
from projector.show.media import Clip
from projector.show.picture import ClipTile, Layer, Picture, Rect, Size
from tests.render.counted import clip_of, make, number_on, require_vlc

CANVAS = Size(320, 180)
WHOLE = Rect(0, 0, 320, 180)
CLIP = clip_of(250)
OTHER = clip_of(50)
# The numbers in the other clip's frames begin here, so that the two cannot be mistaken for one another.
OTHER_FROM = 10_000
PATIENCE = 20.0


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    require_vlc()
    folder = tmp_path_factory.mktemp("clips")
    return {"one": make(folder / "one.mp4", CLIP), "other": make(folder / "other.mp4", OTHER, OTHER_FROM)}


class Room:
    """A wall of its own: what is asked for, and the number in the frame that then stands on it."""

    def __init__(self, compositor: Compositor, copies: dict[str, Path]) -> None:
        self.compositor = compositor
        self.copies = copies
        self.clips = Clips(self._find)
        self.faults: list[str] = []
        self.broken: list[str] = []

    def _find(self, medium: str) -> Path:
        if medium not in self.copies:
            raise RenditionFault(f"no copy of {medium}")
        return self.copies[medium]

    def turn(self, *seen: Layer, coming: tuple[Layer, ...] = ()) -> int | None:
        picture = Picture(seen)
        standing = clips_of(picture)
        self.clips.want([*standing, *clips_of(Picture(coming))])
        self.clips.turn(standing, self.compositor)
        report: Report = self.clips.report()
        self.faults += report.faults
        self.broken += report.broken
        if self.compositor.missing(picture):
            return None
        self.compositor.draw(picture)
        return number_on(self.compositor.read(), CANVAS.width)

    def until(self, number: int, *seen: Layer, coming: tuple[Layer, ...] = ()) -> list[int | None]:
        """Turn until that number stands there; what stood there on the way."""
        stood: list[int | None] = []
        deadline = time.monotonic() + PATIENCE
        while not stood or stood[-1] != number:
            assert time.monotonic() < deadline, f"{number} never came: {stood[-5:]}, {self.faults}"
            stood.append(self.turn(*seen, coming=coming))
            time.sleep(0.002)
        return stood

    def play(self, medium: str, frames: range, *, pace: float = 0.0, clip: Clip = CLIP) -> list[int | None]:
        """One frame after the other, at a pace: what stood there at each."""
        stood: list[int | None] = []
        for frame in frames:
            stood.append(self.turn(layer(medium, frame, clip)))
            time.sleep(pace)
        return stood


@pytest.fixture
def room(offscreen: OffscreenOutput, copies: dict[str, Path]) -> Iterator[Room]:
    offscreen.make_current()
    compositor = Compositor(CANVAS)
    room = Room(compositor, copies)
    yield room
    room.clips.close()
    compositor.close()


def layer(medium: str, frame: int, clip: Clip = CLIP, showing: int = 1, opacity: float = 1.0) -> Layer:
    return Layer(ClipTile(medium, showing, clip, frame, WHOLE), WHOLE, opacity)


def test_every_picture_shows_the_very_frame_that_it_names(room: Room) -> None:
    room.until(0, layer("one", 0))
    assert room.play("one", range(120), pace=0.02) == list(range(120))
    assert not room.faults


def test_a_clip_that_is_coming_has_its_first_frame_there_before_it_is_due(room: Room) -> None:
    coming = (layer("one", 7),)
    deadline = time.monotonic() + PATIENCE
    while room.compositor.missing(Picture(coming)):
        assert time.monotonic() < deadline
        room.turn(coming=coming)
        time.sleep(0.005)
    assert room.turn(layer("one", 0)) == 0
    assert room.turn(layer("one", 1)) == 1


def test_clip_follows_clip_without_a_frame_between(room: Room) -> None:
    room.until(OTHER_FROM, layer("other", 0, OTHER))
    coming = (layer("one", 12, showing=2),)
    first = []
    for frame in range(50):
        first.append(room.turn(layer("other", frame, OTHER), coming=coming))
        time.sleep(0.03)
    second = [room.turn(layer("one", frame, showing=2)) for frame in range(5)]
    assert first == [OTHER_FROM + frame for frame in range(50)]
    assert second == [0, 1, 2, 3, 4]


def test_a_clip_in_mid_course_comes_in_at_its_frame(room: Room) -> None:
    stood = room.until(133, layer("one", 133))
    assert set(stood) == {None, 133}, "it must not be seen to run up to its place"


def test_a_held_clip_stands_and_goes_on_with_the_next_frame(room: Room) -> None:
    room.until(0, layer("one", 0))
    room.play("one", range(30), pace=0.01)
    held = [number for _ in range(100) for number in room.play("one", range(29, 30), pace=0.01)]
    assert set(held) == {29}
    assert room.play("one", range(30, 80), pace=0.02) == list(range(30, 80))
    assert not room.faults


def test_a_hold_that_is_heard_of_late_steps_back_to_the_very_frame_that_it_names(room: Room) -> None:
    room.until(0, layer("one", 0))
    room.play("one", range(30), pace=0.02)
    assert [room.turn(layer("one", frame)) for frame in (27, 27, 26, 29)] == [27, 27, 26, 29]


def test_a_jump_keeps_the_last_frame_until_the_frame_is_there(room: Room) -> None:
    room.until(0, layer("one", 0))
    room.play("one", range(20), pace=0.01)
    assert set(room.until(200, layer("one", 200))) == {19, 200}
    assert set(room.until(220, layer("one", 220))) <= {200, 219, 220}, "what is near is not run up to either"
    assert set(room.until(40, layer("one", 40))) == {220, 40}
    assert not room.faults, "a jump is nobody's fault"


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP])
def test_a_player_that_dies_or_hangs_is_replaced_and_the_clip_goes_on_where_the_programme_is(
    room: Room, blow: signal.Signals
) -> None:
    room.until(0, layer("one", 0))
    began, stood = time.monotonic(), []
    (pid,) = room.clips.pids()
    struck = False
    while (frame := int((time.monotonic() - began) * 25)) < 120:
        if frame >= 20 and not struck:
            os.kill(pid, blow)
            struck = True
        stood.append((frame, room.turn(layer("one", frame))))
        time.sleep(0.005)
    shown = [number for _, number in stood if number is not None]
    assert len(shown) == len(stood), "the last frame stays"
    assert shown == sorted(shown), "no frame of before, and none of another clip"
    assert all(number <= frame for (frame, _), number in zip(stood, shown, strict=True))
    assert [number for frame, number in stood if frame >= 90] == [frame for frame, _ in stood if frame >= 90]
    assert len(room.faults) == 1
    assert room.broken == []


def test_a_clip_whose_players_die_twice_keeps_its_last_frame_and_is_reported_when_it_goes(room: Room) -> None:
    room.until(0, layer("one", 0))
    for deaths, frame in enumerate((5, 60), start=1):
        room.until(frame, layer("one", frame))
        os.kill(room.clips.pids()[0], signal.SIGSEGV)
        while len(room.faults) < deaths:
            room.turn(layer("one", frame))
    last = set(room.play("one", range(150, 200), pace=0.01))
    assert len(last) == 1
    assert None not in last
    assert room.broken == []
    room.turn()
    assert room.broken == ["one"]
    assert "taken out" in room.faults[-1]


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP])
def test_what_strikes_players_from_outside_is_not_held_against_the_clip(room: Room, blow: signal.Signals) -> None:
    room.until(0, layer("one", 0))
    for strike, frame in enumerate((5, 60, 110), start=1):
        room.until(frame, layer("one", frame))
        os.kill(room.clips.pids()[0], blow)
        while len(room.faults) < strike:
            room.turn(layer("one", frame + 30))
    room.until(160, layer("one", 160))
    room.turn()
    assert room.broken == []
    assert all("from outside" in fault for fault in room.faults)


def test_a_player_that_was_stopped_while_it_waited_is_not_given_a_clip(room: Room) -> None:
    room.until(0, layer("one", 0))
    room.play("one", range(40), pace=0.02)
    for pid in children():
        os.kill(pid, signal.SIGSTOP)
    room.until(120, layer("one", 120))  # a jump, for which the one that waits is wanted
    assert room.faults == []


def children() -> list[int]:
    """All processes of players that this one has started."""
    of_threads = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return [int(pid) for file in of_threads for pid in file.read_text(encoding="ascii").split()]


def test_a_copy_that_cannot_be_had_is_said_once_and_tried_again(room: Room, copies: dict[str, Path]) -> None:
    missing = layer("late", 0)
    deadline = time.monotonic() + PATIENCE
    while not room.clips.failed():
        assert time.monotonic() < deadline
        assert room.turn(missing) is None
        time.sleep(0.005)
    room.copies = {**copies, "late": copies["one"]}
    room.until(0, missing)
    assert room.faults == ["a clip is left out: no copy of late"]
    assert room.clips.failed() == {}


def test_the_players_end_with_the_wall(offscreen: OffscreenOutput, copies: dict[str, Path]) -> None:
    offscreen.make_current()
    compositor = Compositor(CANVAS)
    room = Room(compositor, copies)
    room.until(0, layer("one", 0))
    pids = room.clips.pids()
    room.clips.close()
    compositor.close()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_two_clips_mix_each_at_its_own_frame(room: Room) -> None:
    below, above = layer("other", 10, OTHER), layer("one", 3, showing=2, opacity=0.5)
    ready: Callable[[], bool] = lambda: not room.compositor.missing(Picture((below, above)))  # noqa: E731
    while not ready():
        room.turn(below, above)
    top = Layer(above.tile, WHOLE, 1.0)
    assert room.until(3, below, top)
    assert room.until(OTHER_FROM + 10, below, Layer(above.tile, WHOLE, 0.01))


def test_a_rate_of_60000_1001_is_shown_frame_by_frame(room: Room, tmp_path: Path) -> None:
    clip = clip_of(120, Fraction(60000, 1001))
    room.copies = {"fast": make(tmp_path / "fast.mp4", clip)}
    room.until(0, layer("fast", 0, clip))
    assert room.play("fast", range(120), pace=0.012, clip=clip) == list(range(120))
