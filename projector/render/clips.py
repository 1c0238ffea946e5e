"""Clips on the wall, seen from the wall: which players are at work, and which frame of each clip is uploaded now.

A playing is one showing of one clip; a player's process plays one playing, and one more process always waits warm. Each turn
takes from each ring the very frame that the picture names. What a player fails to give is not waited for: the last frame
stands, another player goes on where the programme is then, and after the second failure the last frame stands to the end.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from projector.clock import Machine, Seconds, machine_now
from projector.errors import RenditionFault
from projector.render.child import Child
from projector.render.compositor import Compositor
from projector.render.player import Order
from projector.render.playing import STARTED_WITHIN, Playing, coming_in, is_elsewhere, patience
from projector.render.ring import Ring, Shape, State
from projector.render.tiles import Key
from projector.show.picture import ClipTile, Size

# A player that has caught up shows what it has; before that a clip would be seen to run fast.
CAUGHT_UP = 1
CATCHING_UP = Seconds(1.5)
# A step of the programme that is longer than this is one of which the frames between are not shown.
LEAP = Seconds(0.25)
DEATHS = 2
# Two clips in a mix, and the next.
MOST_PLAYING = 3
AGAIN = Seconds(2.0)
READY_WITHIN = Seconds(6.0)
INSTALL = "Install it: apt install libvlc5 vlc-plugin-base"


@dataclass
class Report:
    """What the operator is to know: `faults` in words; `broken`, the media whose playing was given up and is over.

    `mended`: a playing whose players had failed is over, and with it what was wrong.
    """

    faults: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    mended: bool = False


class Clips:
    """The clips of a wall. All its methods belong to the render thread, and none of them waits.

    `find` gives a medium's house copy, checked, on another thread; RenditionFault or OSError where there is none.
    """

    def __init__(
        self,
        find: Callable[[str], Path],
        *,
        decoder: str = "vlc",
        clock: Callable[[], Machine] = machine_now,
    ) -> None:
        self._find = find
        self._decoder = decoder
        self._clock = clock
        self._playings: dict[Key, Playing] = {}
        self._report = Report()
        self._missing = ""
        # A player dies with the thread that started it; this one lives as long as the wall.
        self._hands = ThreadPoolExecutor(1, thread_name_prefix="players")
        self._checks = ThreadPoolExecutor(1, thread_name_prefix="copies")
        self._warm: Future[Child] | None = None
        self._warm_since = Machine(0.0)
        self._cold_until = Machine(0.0)
        self._warm_up()

    # What the wall says --------------------------------------------------------------------------------------------

    def want(self, coming: Iterable[tuple[Key, ClipTile]], stays: Iterable[Key] = ()) -> None:
        """All playings of now and of what comes soon, most urgent first, each with the tile that it is first seen by.

        Players of others are ended, but for those that stay because they still stand on the wall.
        """
        firsts: dict[Key, ClipTile] = {}
        for key, tile in coming:
            firsts.setdefault(key, tile)
        for key, tile in list(firsts.items())[:MOST_PLAYING]:
            if key not in self._playings:
                self._begin(key, tile, coming_in(tile))
        kept = {*firsts, *stays}
        for key in [key for key in self._playings if key not in kept]:
            self._over(self._playings.pop(key))

    def turn(self, seen: Sequence[tuple[Key, ClipTile]], compositor: Compositor) -> None:
        """Upload what is due: of each clip that the picture shows its frame, of each that comes its first."""
        now = self._clock()
        for playing in self._playings.values():
            playing.on_air = False
        for key, tile in seen:
            playing = self._playings.get(key) or self._begin(key, tile, tile.frame)
            if abs(tile.frame - playing.wanted) > LEAP * playing.tile.clip.rate:
                playing.caught_up, playing.behind_since = False, now
            playing.on_air, playing.wanted = True, tile.frame
        for playing in self._playings.values():
            self._advance(playing, now, compositor)
        self._warm_up()

    def failed(self) -> dict[Key, str]:
        """The playings that cannot be had as things stand, and why; they are tried again by themselves."""
        return {
            key: playing.fault for key, playing in self._playings.items() if playing.fault and playing.shown is None
        }

    def are_exact(self) -> bool:
        """Whether every clip that is seen shows the very frame that its picture names."""
        return all(playing.shown == playing.wanted for playing in self._playings.values() if playing.on_air)

    def report(self) -> Report:
        """What there is to report since the last call."""
        report, self._report = self._report, Report()
        return report

    def pids(self) -> list[int]:
        """The processes of the players at work, in the order in which they began; for tests and for `status`."""
        return [playing.child.pid for playing in self._playings.values() if playing.child is not None]

    def close(self) -> None:
        """End all players."""
        for playing in self._playings.values():
            self._over(playing)
        self._playings.clear()
        if self._warm is not None:
            self._hands.submit(_end_warm, self._warm)
        self._checks.shutdown(wait=False, cancel_futures=True)
        self._hands.shutdown(wait=True)

    # Players -------------------------------------------------------------------------------------------------------

    def _warm_up(self) -> None:
        """See to it that a player waits, in place of one that does not start or has died waiting."""
        now = self._clock()
        if self._warm is not None and self._warm.done():
            self._test(self._warm, now)
        if self._warm is None and now >= self._cold_until:
            self._warm = self._hands.submit(Child, self._decoder)
            self._warm_since = now

    def _test(self, warm: Future[Child], now: Machine) -> None:
        """Part with the player that waits, where it will never play."""
        error = warm.exception()
        if error is not None:
            self._missing = str(error)
        else:
            child = warm.result()
            child.hear()
            if child.is_ready and not child.is_gone:
                self._missing = ""
                return
            if not (child.missing or child.is_gone or now - self._warm_since > READY_WITHIN):
                return
            self._missing = child.missing or ("" if child.is_ready else "it does not start")
            self._end(child)
        self._warm = None
        self._cold_until = Machine(now + AGAIN) if self._missing else now

    def _waiting(self) -> Child | None:
        """The player that waits, if it is ready."""
        if self._warm is None or not self._warm.done() or self._warm.exception() is not None:
            return None
        child = self._warm.result()
        if child.is_stopped:
            self._end(child)
            self._warm = None
            return None
        return child if child.is_ready and not child.is_gone else None

    def _end(self, child: Child | None) -> None:
        if child is not None:
            self._hands.submit(child.end)

    def _begin(self, key: Key, tile: ClipTile, wanted: int) -> Playing:
        playing = self._playings[key] = Playing(key, tile, wanted)
        return playing

    def _over(self, playing: Playing) -> None:
        self._end(playing.child)
        self._end(playing.left)
        if playing.given_up:
            self._report.broken.append(playing.tile.medium)
        elif playing.has_failed:
            self._report.mended = True

    # A playing, turn by turn ---------------------------------------------------------------------------------------

    def _advance(self, playing: Playing, now: Machine, compositor: Compositor) -> None:
        if playing.left is None and playing.given_up:
            return
        self._upload(playing, now, compositor)
        if playing.given_up:
            return
        if playing.child is None:
            self._cast(playing, now)
        elif playing.child.ring is not None:
            self._watch(playing, playing.child, playing.child.ring, now)
        elif now - playing.begun > STARTED_WITHIN:
            self._died(playing, "did not take its order")

    def _upload(self, playing: Playing, now: Machine, compositor: Compositor) -> None:
        """The frame that is wanted, or the newest before it, unless it stands there already."""
        got = self._left_over(playing)
        if got is None and playing.child is not None and playing.child.ring is not None:
            got = playing.child.ring.take(playing.wanted)
        if got is None:
            return
        behind = playing.wanted - got[0] > CAUGHT_UP
        if behind and not playing.caught_up and now - playing.behind_since < CATCHING_UP:
            return
        playing.caught_up = True
        if got[0] != playing.shown:
            clip = playing.tile.clip
            compositor.upload_frame(playing.key, Size(clip.width, clip.height), got[1])
            playing.shown = got[0]
            playing.fault = ""

    def _left_over(self, playing: Playing) -> tuple[int, memoryview] | None:
        """What a player that died has left in its ring, as far as that goes."""
        ring = playing.left.ring if playing.left is not None else None
        newest = ring.newest() if ring is not None else None
        if ring is not None and newest is not None and newest >= playing.wanted:
            return ring.take(playing.wanted)
        if playing.left is not None:
            self._end(playing.left)
            playing.left = None
        return None

    def _cast(self, playing: Playing, now: Machine) -> None:
        """Give a playing the player that waits, once its copy is checked."""
        path = self._checked(playing, now)
        if path is None:
            return
        child = self._waiting()
        if child is None:
            if self._missing and not playing.fault:
                self._refuse(playing, f"no player for clips: {self._missing}. {INSTALL}", now)
            return
        self._warm = None
        start = self._start_at(playing)
        clip = playing.tile.clip
        order = Order(path, Shape(clip.width, clip.height), clip.rate, clip.frames, start)
        playing.child, playing.start = child, start
        playing.begun = playing.moved = playing.behind_since = now
        playing.written, playing.caught_up = 0, False
        self._hands.submit(child.play, order)

    @staticmethod
    def _start_at(playing: Playing) -> int:
        """Where a player has to begin: at what is wanted, or after what the one before it has left."""
        ring = playing.left.ring if playing.left is not None else None
        newest = ring.newest() if ring is not None else None
        return playing.wanted if newest is None else min(playing.tile.clip.frames - 1, max(playing.wanted, newest + 1))

    def _checked(self, playing: Playing, now: Machine) -> Path | None:
        """The house copy, once it has been found as it should be."""
        if playing.path is None:
            if playing.fault and now - playing.fault_at < AGAIN:
                return None
            playing.path = self._checks.submit(self._find, playing.tile.medium)
        if not playing.path.done():
            return None
        try:
            return playing.path.result()
        except (RenditionFault, OSError) as error:
            playing.path = None
            self._refuse(playing, str(error), now)
            return None

    def _refuse(self, playing: Playing, why: str, now: Machine) -> None:
        if playing.fault != why:
            self._report.faults.append(f"a clip is left out: {why}")
        playing.fault, playing.fault_at = why, now

    # Watching ------------------------------------------------------------------------------------------------------

    def _watch(self, playing: Playing, child: Child, ring: Ring, now: Machine) -> None:
        """End what stalls, has died or is somewhere else; what goes on from there is seen to at the next turn."""
        written, state = ring.written, ring.state
        if written != playing.written or ring.is_full:
            playing.written, playing.moved = written, now
        whole = ring.newest() == playing.tile.clip.frames - 1
        if state is State.FAILED:
            self._died(playing, "gave frames that are not the clip's")
        elif not whole and (child.is_gone or state is State.ENDED):
            self._died(playing, "died" if child.is_gone else "came to its end too early")
        elif playing.on_air and is_elsewhere(playing, ring, now):
            self._end(child)
            playing.child = None
        elif not whole and now - playing.moved > patience(playing):
            self._died(playing, "stalled")

    def _died(self, playing: Playing, how: str) -> None:
        playing.has_failed = True
        struck = playing.child is not None and playing.child.was_struck
        playing.deaths += not struck  # what comes from outside says nothing about the clip
        what = (
            f"the player of clip {playing.tile.medium[:12]} {'was killed or stopped from outside' if struck else how}"
        )
        if playing.deaths >= DEATHS:
            playing.given_up = True
            what += " again: its last frame stands until it goes, and it is taken out of the programme"
        self._report.faults.append(what)
        self._end(playing.left)
        playing.left, playing.child = playing.child, None
        if playing.left is not None:
            playing.left.kill()


def _end_warm(warm: Future[Child]) -> None:
    if warm.exception() is None:
        warm.result().end()
