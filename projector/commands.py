"""The operator's commands on a running show, as the shell, the hot keys and the panel give them."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from projector.clock import Instant, Machine, Programme, machine_now
from projector.errors import NotRunning, UsageError
from projector.ledger import clock, control, edition, media, view
from projector.ledger.database import Ledger
from projector.show.control import Control, Cover, covered, hold, is_held, programme_time, rejoin, resume, take
from projector.show.frame import Frame
from projector.show.media import Medium
from projector.show.showings import Showings

COMMANDS = ("hold", "resume", "take", "rejoin", "slate", "blackout", "lights")


def carry_out(ledger: Ledger, name: str, by: str, *, leaving: int | None = None) -> str:
    """Carry out one of COMMANDS, and say what became of it.

    `leaving` is the block that whoever asked for a take saw on the wall. Raises NotRunning on a ledger without a show.
    """
    frame, now, plan = _situation(ledger)
    change = _change(name, frame, now, plan, leaving)
    _, changed = control.command(ledger, name, by, now, change)
    return _SAID[name][0 if changed else 1]


def toggled(held: str, control_: Control, frame: Frame, now: Instant) -> str:
    """The command that a hot key means just now: space, right, b or s."""
    match held:
        case "space":
            return "resume" if is_held(control_.anchor, frame.calendar, now) else "hold"
        case "b":
            return "lights" if control_.cover is Cover.BLACKOUT else "blackout"
        case "s":
            return "lights" if control_.cover is Cover.SLATE else "slate"
        case _:
            return "take"


def remove(ledger: Ledger, text: str, by: str) -> str:
    """Take a medium off the wall for good, and put the withdrawal beside the media, where it outlives the ledger."""
    medium = _one(ledger, text)
    changed = control.remove(ledger, medium.sha256, _now(ledger), by)
    note = _write_line(ledger, medium, "withdrawn", by) if changed else ""
    return f"{medium.file} {'is off the wall' if changed else 'was off the wall already'}{note}"


def restore(ledger: Ledger, text: str, by: str) -> str:
    """Let a medium be shown again."""
    medium = _one(ledger, text)
    changed = control.restore(ledger, medium.sha256)
    note = _write_line(ledger, medium, "approved", by) if changed else ""
    return f"{medium.file} {'may be shown again' if changed else 'was not removed'}{note}"


def apply_now(ledger: Ledger, machine: Machine) -> str:
    """Ask the planner to let an edit take effect at once."""
    control.order(ledger, "apply", machine)
    return "the edit takes effect now"


def _change(
    name: str, frame: Frame, now: Instant, plan: Callable[[Programme], Showings], leaving: int | None
) -> Callable[[Control], Control]:
    calendar = frame.calendar

    def taken(c: Control) -> Control:
        return take(c, calendar, plan(programme_time(c.anchor, calendar, now)), now, leaving)

    changes: dict[str, Callable[[Control], Control]] = {
        "hold": lambda c: hold(c, calendar, now),
        "resume": lambda c: resume(c, calendar, now),
        "take": taken,
        "rejoin": lambda c: rejoin(c, calendar, now, frame.transition),
        "slate": lambda c: covered(c, Cover.SLATE, now),
        "blackout": lambda c: covered(c, Cover.BLACKOUT, now),
        "lights": lambda c: covered(c, Cover.NONE, now),
    }
    if name not in changes:
        raise UsageError(f"no command is called {name}; there are {', '.join(COMMANDS)}")
    return changes[name]


_SAID = {
    "hold": ("holding", "was holding already, or the evening has not begun"),
    "resume": ("going on", "was not holding"),
    "take": ("taken: on to the next cue", "nothing to take: the wall is closed, or this was a double press"),
    "rejoin": ("back where the clock is", "was where the clock is already"),
    "slate": ("slate", "the slate was up already"),
    "blackout": ("blackout", "was blacked out already"),
    "lights": ("lights", "was neither blacked out nor on the slate"),
}


def _situation(ledger: Ledger) -> tuple[Frame, Instant, Callable[[Programme], Showings]]:
    latest = edition.latest(ledger)
    if latest is None:
        raise NotRunning("no show has run on this state yet; start one with `projector show` or `projector rehearse`")
    return latest.frame, _now(ledger), lambda place: view.around(ledger, place, place)


def _now(ledger: Ledger) -> Instant:
    running = clock.read(ledger)
    if running is None:
        raise NotRunning("no show has run on this state yet; start one with `projector show` or `projector rehearse`")
    return running.clock.at(machine_now())


def _one(ledger: Ledger, text: str) -> Medium:
    found = media.find_medium(ledger, text)
    if not found:
        raise UsageError(
            f"no medium is called {text}; give a file below the media folder, or 8 or more digits of its hash"
        )
    if len(found) > 1:
        names = ", ".join(medium.file for medium in found[:5])
        raise UsageError(f"{text} could be any of {names}; give the whole path or the hash")
    return found[0]


def _write_line(ledger: Ledger, medium: Medium, decision: str, by: str) -> str:
    """Append to the media folder's approvals; what is said of it when that cannot be done."""
    latest, running = edition.latest(ledger), clock.read(ledger)
    if latest is None or running is None or running.rehearsal:
        return ""  # a rehearsal leaves no trace beside the media
    at = datetime.fromtimestamp(_now(ledger), ZoneInfo(latest.frame.zone)).isoformat(timespec="milliseconds")
    line = {"sha256": medium.sha256, "decision": decision, "by": "operator" if by != "moderator" else by, "at": at}
    try:
        with (Path(latest.media) / "approvals.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n")
    except OSError as error:
        return f"; the line could not be added to the media folder's approvals.jsonl ({error.strerror})"
    return ""
