"""The wall role: shows the picture of the instant, and writes down what it showed."""

import os
import sys
import threading
import time
from functools import partial
from pathlib import Path

from projector import commands
from projector.clock import Instant, Machine, Seconds, machine_now
from projector.errors import RenditionFault
from projector.intake.store import Store
from projector.ledger import airings, control, health, looks
from projector.ledger.airings import AiringsLog
from projector.ledger.database import Ledger
from projector.ledger.view import View
from projector.render.clips import Clips
from projector.render.compositor import Compositor
from projector.render.frames import still_frame
from projector.render.loader import Loader
from projector.render.output import Output, open_output
from projector.render.pacing import Pacer
from projector.render.stacks import clips_of, needed
from projector.render.still import write_png
from projector.render.tiles import Key, rasterise
from projector.roles.keys import HotKeys
from projector.roles.preparing import beneath, coming, words_in
from projector.roles.role import Bench, End, Turn, run
from projector.roles.steady import Steady
from projector.roles.wall_ledger import ViewThread, WriteThread
from projector.roles.witness import Witness, media_of
from projector.show.picture import BLACK, ClipTile, PhotoTile, Picture, Size
from projector.show.picture_at import Plan, on_air, picture_at
from projector.state import Lock

LOOK_AHEAD_EVERY = Seconds(0.25)
UPLOADS_A_FRAME = 6
# Flipped at least so often though nothing has changed: a window that was covered gets its picture back.
REFRESH = Seconds(0.5)
# A showing that comes up later than this was not ready in time.
LATE = Seconds(0.25)
BEAT = Seconds(0.25)
# A slow machine takes this long from a picture to its flip; what takes longer is a stall, and not to be reckoned with.
LONGEST_LEAD = Seconds(0.05)
PNG_EVERY = Seconds(1.0)
# Canvases that were asked for; who asked takes a copy within moments.
LOOKS_KEPT = 4
# A wall that has just started waits so long for a whole picture before it shows what it has.
PATIENCE = Seconds(2.0)


class Wall:
    """The render loop. Only this thread touches GL; it never touches SQLite."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._state = bench.state
        self._views = ViewThread(bench.state.ledger)
        self._writes = WriteThread(bench.state.ledger)
        self._store = Store(bench.state.store, Path(bench.launch.lent) if bench.launch.lent else None)
        self._started = machine_now()
        self._log: AiringsLog | None = None
        first = self._first_view()
        self._canvas = first.frame.canvas
        self._output = self._open(first)
        self._output.make_current()
        self._compositor = Compositor(self._canvas)
        self._loader = Loader(self._rasterise)
        self._clips = Clips(self._house_copy)
        self._pacer = Pacer(self._output.refresh_hz)
        self._steady, self._witness, self._keys = Steady(), Witness(), HotKeys()
        self._failed: dict[Key, str] = {}
        self._shown: Picture | None = None
        self._ready_for: Plan | None = None
        self._shown_at = Instant(0.0)
        self._to_be_seen = Seconds(0.0)
        self._looks = 0
        self._asked_at: Machine | None = None
        self._saving: threading.Thread | None = None
        self._ahead_due = self._refresh_due = self._beat_due = self._png_due = Machine(0.0)
        self._late = 0
        self._closing = False
        self._writes.do(self._take_over)

    # One turn ------------------------------------------------------------------------------------------------------

    def turn(self) -> Seconds:
        view = self._views.view
        machine = machine_now()
        if view is None:
            return Seconds(0.01)
        self._output.make_current()
        self._hear(view, machine)
        # What is drawn now is seen a moment later, and is to be right then.
        now = view.clock.at(Machine(machine + self._to_be_seen))
        picture = picture_at(view.plan, view.control, now)
        self._get_ready(view, picture, now, machine)
        drawn = self._drawable(view, picture, machine)
        rest = self._show(view, drawn, now, machine)
        self._keep_pictures(view, now, machine, is_whole=drawn == picture and self._clips.are_exact())
        self._beat(view, machine)
        return rest

    def end(self) -> None:
        ended = self._witness.end("plan")
        self._writes.do(lambda ledger: self._write_airings(ledger, list(ended)))
        self._views.stop()
        self._writes.stop()
        self._loader.close()
        self._clips.close()
        self._compositor.close()
        self._output.close()

    # Starting ------------------------------------------------------------------------------------------------------

    def _first_view(self) -> View:
        while (view := self._views.view) is None:
            time.sleep(0.005)
        return view

    def _open(self, view: View) -> Output:
        launch = self._bench.launch
        windowed = Size(*launch.windowed) if launch.windowed else None
        return open_output(self._canvas, screen=launch.screen, windowed=windowed, title=f"projector: {view.frame.name}")

    def _take_over(self, ledger: Ledger) -> None:
        """Close what a forerunner left open, at its last flip."""
        airings.close_open(ledger, health.figure(ledger, "wall", "last_flip"))
        looks.clear(ledger)

    # Getting ready -------------------------------------------------------------------------------------------------

    def _get_ready(self, view: View, picture: Picture, now: Instant, machine: Machine) -> None:
        """Keep the textures of now and of what comes soon, and let go of the others."""
        if machine >= self._ahead_due or view.plan is not self._ready_for:
            self._ready_for = view.plan
            self._ahead_due = Machine(machine + LOOK_AHEAD_EVERY)
            self._look_ahead(view, picture, now)
        for key, pixels in self._loader.ready(UPLOADS_A_FRAME):
            self._upload(key, pixels)
            if self._failed.pop(key, None) is not None:
                self._mended()
        for failure in self._loader.failures():
            self._fail(failure.key, f"a picture is left out: {failure.reason}")
        if view.clock.speed == 1:
            self._play(view, picture, now)

    def _look_ahead(self, view: View, picture: Picture, now: Instant) -> None:
        pictures = coming(view, picture, now)
        wanted = list(dict.fromkeys(key for one in pictures for key in (*needed(one), *words_in(one))))
        standing = [*needed(self._shown), *words_in(self._shown)] if self._shown else []
        stays = {*wanted, *standing}
        self._compositor.drop([key for key in self._compositor.keys() if key not in stays])  # noqa: SIM118  not a mapping
        # At another speed than 1 the first frame of a clip stands for it, as a tile.
        stills = view.clock.speed != 1
        absent = [key for key in wanted if not self._compositor.has(key)]
        self._loader.want([key for key in absent if stills or not isinstance(key.tile, ClipTile)])
        self._clips.want([] if stills else [clip for one in pictures for clip in clips_of(one)], standing)

    def _play(self, view: View, picture: Picture, now: Instant) -> None:
        """Have the frames of this instant uploaded, and hear what became of the players."""
        self._clips.turn(clips_of(beneath(view, picture, now)), self._compositor)
        report = self._clips.report()
        for fault in report.faults:
            self._report(fault)
        if report.mended:
            self._mended()
        for medium in report.broken:
            self._writes.do(partial(_quarantine, medium=medium, now=now))

    def _upload(self, key: Key, pixels: bytes) -> None:
        if isinstance(key.tile, ClipTile):
            clip = key.tile.clip
            self._compositor.upload_frame(key, Size(clip.width, clip.height), pixels)
        else:
            self._compositor.upload(key, pixels)

    def _fail(self, key: Key, what: str) -> None:
        if self._failed.get(key) != what:
            self._failed[key] = what
            self._report(what)

    def _report(self, what: str) -> None:
        at = self._shown_at
        self._writes.do(lambda ledger: health.fault(ledger, "wall", what, at))

    def _mended(self) -> None:
        """What could not be had is there: only what else is wrong is still a fault."""
        still = (*self._bench.known, *self._failed.values())
        self._writes.do(lambda ledger: health.mended(ledger, "wall", still))

    def _rasterise(self, key: Key) -> bytes:
        if isinstance(key.tile, ClipTile):  # at another speed than 1 its first frame stands for it
            return still_frame(self._store.read(self._copy(key.tile.medium, "first")), key.tile.clip)
        return rasterise(key.tile, key.size, self._rendition, self._languages())

    def _languages(self) -> tuple[str, ...]:
        view = self._views.view
        return view.frame.languages if view else ()

    def _rendition(self, medium: str, size: Size) -> bytes:
        view = self._views.view
        copy = view.rendition(medium, size) if view else None
        if copy is None:
            raise RenditionFault(f"no copy of {medium[:12]} for {size.width}x{size.height} is in the store yet")
        return self._store.read(copy.sha256)

    def _copy(self, medium: str, kind: str) -> str:
        """The hash of a clip's copy of that kind."""
        view = self._views.view
        copy = view.renditions.get(medium, {}).get(kind) if view else None
        if copy is None:
            raise RenditionFault(f"no copy of clip {medium[:12]} is in the store yet")
        return copy.sha256

    def _house_copy(self, medium: str) -> Path:
        return self._store.checked(self._copy(medium, "clip"), ".mp4")

    # Showing -------------------------------------------------------------------------------------------------------

    def _drawable(self, view: View, picture: Picture, machine: Machine) -> Picture:
        missing = set(self._compositor.missing(picture))
        if not missing:
            return self._steady.drawable(picture, missing, (), barred=view.plan.barred)
        failed = missing & (self._failed.keys() | self._clips.failed().keys())
        if self._shown is None and machine - self._started < PATIENCE and not missing <= failed:
            return BLACK
        return self._steady.drawable(picture, missing, failed, barred=view.plan.barred)

    def _show(self, view: View, drawn: Picture, now: Instant, machine: Machine) -> Seconds:
        """Draw and flip when there is something to flip; write down what then stands there."""
        # A clip's frame or its words may have come since, though the picture names nothing new: in a hold, above all.
        moves = any(isinstance(layer.tile, ClipTile) for layer in drawn.layers)
        changed = (moves or drawn != self._shown) and self._compositor.draw(drawn)
        if drawn is BLACK and self._shown is None:
            return Seconds(0.005)
        self._shown = drawn
        self._shown_at = now
        rest = Seconds(0.004)
        if changed or machine >= self._refresh_due:
            self._refresh_due = Machine(machine + REFRESH)
            began = machine_now()
            self._output.present(self._compositor)
            ended = machine_now()
            if changed:
                took = Seconds(min(LONGEST_LEAD, ended - machine))
                self._to_be_seen = Seconds(0.9 * self._to_be_seen + 0.1 * took)
            # Where nothing holds the flips back, no more frames are drawn than can be shown.
            early = 0.9 * self._pacer.period - (ended - machine)
            rest = Seconds(max(self._pacer.flipped(began, ended), early))
        if not changed:
            self._pacer.paused(machine)  # nothing moved, so nothing was late
        events = self._witness.saw(view, drawn, now)
        if events:
            self._late += sum(self._is_late(view, event) for event in events)
            self._writes.do(lambda ledger: self._write_airings(ledger, events))
        return rest

    def _is_late(self, view: View, event: airings.Opened | airings.Ended) -> bool:
        """Whether a showing came up well after its time, though the wall was there."""
        if isinstance(event, airings.Ended) or event.planned_start is None:
            return False
        started = view.clock.at(self._started)
        return event.planned_start > started and event.shown_start - event.planned_start > LATE * view.clock.speed

    def _write_airings(self, ledger: Ledger, events: list[airings.Opened | airings.Ended]) -> None:
        if self._log is None:
            self._log = AiringsLog(ledger)
        self._log.write(events)

    # Pictures for those who look from elsewhere --------------------------------------------------------------------

    def _keep_pictures(self, view: View, now: Instant, machine: Machine, *, is_whole: bool) -> None:
        """Answer requests for the canvas; off screen, keep wall.png fresh.

        A request waits a little while something of the picture of the instant is still being loaded.
        """
        if self._shown is None or (self._saving is not None and self._saving.is_alive()):
            return
        if view.looks != self._looks and self._asked_at is None:
            self._asked_at = machine
        asked = self._asked_at is not None and (is_whole or machine - self._asked_at > PATIENCE)
        fresh = bool(self._output.notice) and machine >= self._png_due
        if not (asked or fresh):
            return
        if asked:
            self._looks, self._asked_at = view.looks, None
        self._png_due = Machine(machine + PNG_EVERY)
        rgb = self._compositor.read()
        self._saving = threading.Thread(
            target=self._save, args=(rgb, now, view.frame.zone, asked, fresh), name="picture", daemon=True
        )
        self._saving.start()

    def _save(self, rgb: bytes, now: Instant, zone: str, asked: bool, fresh: bool) -> None:
        from projector.times import as_text  # noqa: PLC0415  zones are not needed until somebody looks

        text = {"Instant": as_text(now, zone)}
        if fresh:
            write_png(self._state.wall_png, rgb, self._canvas, text)
        if asked:
            file = self._state.looks / f"{now:.6f}.png"
            write_png(file, rgb, self._canvas, text)
            self._writes.do(lambda ledger: looks.answer(ledger, str(file), now))
            for old in sorted(self._state.looks.glob("*.png"))[:-LOOKS_KEPT]:
                old.unlink(missing_ok=True)

    # The operator, and the others ----------------------------------------------------------------------------------

    def _hear(self, view: View, machine: Machine) -> None:
        for key in self._keys.pressed(self._output.events(), machine):
            if key == "stop":
                self._writes.do(lambda ledger: control.order(ledger, "stop", machine_now()))
            else:
                self._press(key, view, view.clock.at(machine))
        if self._output.closed_wish and view.rehearsal and not self._closing:
            self._closing = True
            self._writes.do(lambda ledger: control.order(ledger, "stop", machine_now()))

    def _press(self, key: str, view: View, now: Instant) -> None:
        name = commands.toggled(key, view.control, view.frame, now)
        standing = on_air(view.plan, view.control, now)
        leaving = standing[0].id if standing else None
        self._writes.do(lambda ledger: _carry_out(ledger, name, leaving))

    def _beat(self, view: View, machine: Machine) -> None:
        if machine < self._beat_due:
            return
        self._beat_due = Machine(machine + BEAT)
        loading = {key.tile.medium for key in self._loader.loading() if isinstance(key.tile, PhotoTile)}
        figures = {
            "fps": round(self._pacer.fps, 1),
            "late_frames": self._pacer.late,
            "last_flip": self._shown_at,
            "seq": view.control.seq,
            "loading": sorted(loading),
            "on_air": sorted(media_of(self._witness.on_air)),
            "notice": self._output.notice,
            "late_showings": self._late,
        }
        since = Instant(view.clock.at(self._started))
        self._writes.do(lambda ledger: health.beat(ledger, "wall", os.getpid(), since, machine, figures))


def _quarantine(ledger: Ledger, medium: str, now: Instant) -> None:
    control.remove(ledger, medium, now, "wall", why="quarantined")


def _carry_out(ledger: Ledger, name: str, leaving: int | None) -> None:
    commands.carry_out(ledger, name, "hot key", leaving=leaving)


def _start(bench: Bench) -> tuple[Turn, End]:
    wall = Wall(bench)
    return wall.turn, wall.end


def main(lock: Lock | None = None) -> int:
    """Run the wall on the state that the command line names."""
    sys.setswitchinterval(0.002)
    return run("wall", _start, beats=False, lock=lock)


if __name__ == "__main__":
    raise SystemExit(main())
