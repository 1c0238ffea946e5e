"""Starting a show or a rehearsal."""

import os
import signal
import sqlite3
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from projector.clock import Instant, Machine, Seconds, ShowClock, machine_now
from projector.errors import AlreadyRunning, ProjectorError, UsageError
from projector.ledger import clock, control, edition, health, showings
from projector.ledger.database import Ledger
from projector.ledger.media import all_media
from projector.ledger.tables import open_ledger
from projector.report import status_line
from projector.running import tell
from projector.show.control import Control, first_anchor, programme_time, reanchored
from projector.showfile import ShowFile
from projector.sound.choice import NONE, Choice, choose
from projector.state import Launch, Lock, State, holder, running, state_of
from projector.supervisor import ROLES, STAND_IN, boot, supervise

HANDED_OVER_WITHIN = Seconds(5.0)

COPIED = ("files", "media", "renditions", "removals")


def show(file: ShowFile, given: Path | None, screen: str | None, sound: str | None = None) -> int:
    """The main job. Raises AlreadyRunning; ProjectorError where a placeholder would reach the wall."""
    state = _named(state_of(file.path, given))
    state.make()
    lock, adopts = _take_charge(state, file)
    chosen = Choice(NONE) if adopts else choose(sound)
    launch = Launch(str(file.path.resolve()), screen=screen, sound=chosen.sound)
    with open_ledger(state.ledger) as ledger:
        _refuse_placeholders(file, ledger)
        if not adopts:
            _set_up(ledger, file, Instant(time.time()), Launch(launch.show))
    if not adopts:
        state.write_launch(launch)
    _say(f"{file.show.show}: the show runs on {state.root}; `projector stop` ends it")
    _say_what_lacks(state, chosen.notice)
    return supervise(state, state.launch() or launch, lock, _StatusLine(file.show.zone.key))


def rehearse(
    file: ShowFile,
    given: Path | None,
    *,
    at: Instant | None,
    speed: float,
    windowed: tuple[int, int],
    screen: str | None,
    sound: str | None = None,
) -> int:
    """The same by a rehearsed clock, in a window; without a state directory of its own, on a copy that is thrown away."""
    own = given is None and not os.environ.get("PROJECTOR_STATE")
    state = _orphaned_rehearsal(file) if own else state_of(file.path, given)
    lent = _named(state_of(file.path, None)) if own else None
    if state is None:
        state = State(Path(tempfile.mkdtemp(prefix="projector-rehearsal-")))
    state.make()
    lock, adopts = _take_charge(state, file)
    chosen = Choice(NONE) if adopts or speed != 1 else choose(sound)
    launch = Launch(
        str(file.path.resolve()), True, screen, windowed, speed, str(lent.store) if lent else None, throwaway=own,
        sound=chosen.sound,
    )  # fmt: skip
    if not adopts:
        with open_ledger(state.ledger) as ledger:
            if lent is not None and lent.ledger.exists():
                _copy_media(ledger, lent.ledger)
            evenings = file.edition().frame.calendar.evenings
            start = at if at is not None else evenings[0].opens if evenings else Instant(time.time())
            _set_up(ledger, file, start, launch)
        state.write_launch(launch)
    _say(f"{file.show.show}: a rehearsal on {state.root}; Ctrl-C or `projector stop` ends it")
    _say_what_lacks(state, chosen.notice)
    return supervise(state, state.launch() or launch, lock, _StatusLine(file.show.zone.key))


def _take_charge(state: State, file: ShowFile) -> tuple[Lock, bool]:
    """The supervisor's lock, and whether roles of a supervisor that is gone are there to be adopted."""
    lock = Lock.take(state.lock("supervisor"))
    if lock is None:
        there = holder(state.lock("supervisor"))
        pid, note = there or (0, "")
        if note != STAND_IN:
            raise AlreadyRunning(file.show.show, pid)
        tell(pid, signal.SIGUSR1)
        deadline = machine_now() + HANDED_OVER_WITHIN
        while lock is None and machine_now() < deadline:
            time.sleep(0.02)
            lock = Lock.take(state.lock("supervisor"))
        if lock is None:
            raise AlreadyRunning(file.show.show, pid)
    return lock, any(holder(state.lock(role)) for role in ROLES)


def _orphaned_rehearsal(file: ShowFile) -> State | None:
    """A rehearsal of this show whose supervisor was killed: it is gone on with, not begun again."""
    for state, path in running():
        launch, there = state.launch(), holder(state.lock("supervisor"))
        stands_in = there is None or there[1] == STAND_IN
        if Path(path) == file.path.resolve() and launch is not None and launch.throwaway and stands_in:
            return state
    return None


def _set_up(ledger: Ledger, file: ShowFile, now: Instant, launch: Launch) -> None:
    """Clock, control and edition of a show that starts."""
    before, old, was = clock.read(ledger), control.latest(ledger), edition.latest(ledger)
    written = file.edition(was.frame.slate.image if was else None)
    calendar = written.frame.calendar
    start = ShowClock(now, machine_now(), launch.speed)
    clock.write(ledger, clock.Running(start, boot(), launch.rehearsal))
    if old is None:
        control.first(ledger, Control(first_anchor(calendar), at=now))
    elif launch.rehearsal or (before is not None and before.rehearsal):
        # Another clock: the anchor is the new clock's; a blackout that was left on stays on.
        control.command(
            ledger, "start", "start", now, lambda c: replace(c, anchor=first_anchor(calendar), covered_at=Instant(0.0))
        )
    elif was is not None and was.frame.calendar != calendar:
        control.command(ledger, "edit", "start", now, lambda c: reanchored(c, was.frame.calendar, now))
    if was is not None and was.text != file.text and old is not None:
        showings.drop_all(ledger, now, programme_time(old.anchor, was.frame.calendar, now))
    edition.write(ledger, written, now)


def _copy_media(ledger: Ledger, base: Path) -> None:
    """The media rows of the show that is rehearsed; what a rehearsal does to its copy ends with it."""
    open_ledger(base).close()  # an older one is brought up to the tables that are copied
    ledger.connection.execute("ATTACH ? AS base", (f"{base.absolute().as_uri()}?mode=ro",))
    try:
        for table in COPIED:
            ledger.connection.execute(f"INSERT OR IGNORE INTO main.{table} SELECT * FROM base.{table}")
    except sqlite3.OperationalError as error:
        raise ProjectorError(f"the ledger {base} is of another version: {error}") from error
    finally:
        ledger.connection.execute("DETACH base")


def _refuse_placeholders(file: ShowFile, ledger: Ledger) -> None:
    from projector.intake.placeholders import placeholders  # noqa: PLC0415  a rehearsal, which must start fast, needs it not

    known = [medium.file for medium in all_media(ledger) if medium.facts.placeholder]
    found = known or placeholders(file.media)
    if found:
        raise ProjectorError(
            f"{found[0]} is a placeholder, and placeholders never reach a real show; "
            f"take the samples out of {file.media}, or use `projector rehearse`"
        )


def _named(state: State | None) -> State:
    if state is None:
        raise UsageError("name a show file or a state directory")
    return state


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201  faults and progress go to stderr


def _say_what_lacks(state: State, sound: str) -> None:
    """Say that there is no sound where there is none, and where the wall can be looked at when it has no window."""
    if sound:
        _say(sound)
    forced = os.environ.get("PROJECTOR_HEADLESS", "") not in {"", "0"}
    if forced or not os.environ.get("DISPLAY"):
        why = "PROJECTOR_HEADLESS is set" if forced else "there is no display"
        _say(f"{why}: drawing off screen; the wall, fresh each second: {state.wall_png}")


class _StatusLine:
    """One line about the show, kept fresh on a terminal; every ten seconds where it is read from a file."""

    def __init__(self, zone: str) -> None:
        self._zone = zone
        self._terminal = sys.stderr.isatty()
        self._due = Machine(machine_now() + 1.0)
        self._line_due = self._due
        self._told: set[str] = set()

    def __call__(self, ledger: Ledger) -> None:
        now = machine_now()
        if now < self._due:
            return
        self._due = Machine(now + 1.0)
        for fault in health.faults(ledger):
            if (what := str(fault["what"])) not in self._told:
                self._told.add(what)
                _say(("\r\x1b[2K" if self._terminal else "") + f"fault: {what}")
        if self._terminal:
            line = status_line(ledger, self._zone)[: os.get_terminal_size(2).columns - 1]
            print(f"\r\x1b[2K{line}", end="", file=sys.stderr, flush=True)  # noqa: T201  the one line that is kept fresh
        elif now >= self._line_due:
            self._line_due = Machine(now + 10.0)
            _say(status_line(ledger, self._zone))
