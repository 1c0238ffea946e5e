"""Control versions, removals, quarantine, and what the operator asks of the supervisor."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from projector.clock import Instant, Programme, Seconds
from projector.ledger.database import Connection, Ledger
from projector.ledger.revisions import bump
from projector.show.control import Anchor, Control, Cover, Jump
from projector.show.showings import How, Transition

SCHEMA = """
CREATE TABLE IF NOT EXISTS control (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, by TEXT NOT NULL,
    show REAL NOT NULL, programme REAL NOT NULL, running INTEGER NOT NULL, settled REAL NOT NULL,
    jump_left REAL, jump_to REAL, jump_how TEXT, jump_seconds REAL,
    cover TEXT NOT NULL, uncovered TEXT NOT NULL, covered_at REAL NOT NULL,
    stream_cover TEXT NOT NULL, brightness REAL NOT NULL, level REAL NOT NULL, what TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS removals (
    medium TEXT PRIMARY KEY, at REAL NOT NULL, by TEXT NOT NULL, why TEXT NOT NULL DEFAULT 'removed');
CREATE TABLE IF NOT EXISTS deaths (medium TEXT PRIMARY KEY, n INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY AUTOINCREMENT, what TEXT NOT NULL, machine REAL NOT NULL);
"""

Command = Callable[[Control], Control]

_COLUMNS = (
    "seq, at, by, show, programme, running, settled, jump_left, jump_to, jump_how, jump_seconds, "
    "cover, uncovered, covered_at, stream_cover, brightness, level"
)


def latest(ledger: Ledger) -> Control | None:
    """The version that holds; None in a ledger that no show has used."""
    row = ledger.connection.execute(f"SELECT {_COLUMNS} FROM control ORDER BY seq DESC LIMIT 1").fetchone()
    return _control(row) if row else None


def at(ledger: Ledger, now: Instant) -> Control | None:
    """The version that held at an instant; the first one before that."""
    rows = ledger.connection.execute(
        f"SELECT {_COLUMNS} FROM control WHERE at <= ? ORDER BY seq DESC LIMIT 1",
        (now,),
    ).fetchone()
    if rows is None:
        rows = ledger.connection.execute(f"SELECT {_COLUMNS} FROM control ORDER BY seq LIMIT 1").fetchone()
    return _control(rows) if rows else None


def furthest(ledger: Ledger) -> Programme:
    """The furthest place in the loop that any version began at or left: what lies before it may have been on air."""
    row = ledger.connection.execute("SELECT max(max(programme), max(coalesce(jump_left, 0))) FROM control").fetchone()
    return Programme(row[0] or 0.0)


def first(ledger: Ledger, control: Control) -> None:
    """Write the version that a new show begins with, or one that a new rehearsal goes on from."""
    with ledger.write(durable=True):
        _append(ledger, control, "start")


def command(ledger: Ledger, what: str, by: str, now: Instant, change: Command) -> tuple[Control, bool]:
    """Carry out a command in one transaction: the version that then holds, and whether anything changed."""

    def work(_: Connection) -> tuple[Control, bool]:
        old = latest(ledger)
        if old is None:
            raise LookupError("no control in the ledger")
        new = change(old)
        if new == old:
            return old, False
        return _append(ledger, replace(new, at=now, by=by), what), True

    return ledger.durably(work)


def _append(ledger: Ledger, control: Control, what: str) -> Control:
    a, j = control.anchor, control.anchor.jump
    jump = (j.left, j.to, j.transition.how.value, j.transition.seconds) if j else (None, None, None, None)
    row = (
        control.at, control.by, a.show, a.programme, a.running, a.settled, *jump,
        control.cover.value, control.uncovered.value, control.covered_at,
        control.stream_cover.value, control.brightness, control.level, what,
    )  # fmt: skip
    columns = _COLUMNS.removeprefix("seq, ") + ", what"
    marks = ",".join("?" * len(row))
    done = ledger.connection.execute(f"INSERT INTO control ({columns}) VALUES ({marks})", row)
    bump(ledger.connection, "control")
    return replace(control, seq=int(done.lastrowid or 0))


def _control(row: tuple[Any, ...]) -> Control:
    seq, at_, by, show, programme, running, settled, left, to, how, seconds, *rest = row
    cover, uncovered, covered_at, stream_cover, brightness, level = rest
    jump = None if to is None else Jump(Programme(left), Programme(to), Transition(How(how), Seconds(seconds)))
    anchor = Anchor(Instant(show), Programme(programme), bool(running), Seconds(settled), jump)
    return Control(
        anchor, seq, Instant(at_), by, Cover(cover), Cover(uncovered), Instant(covered_at),
        Cover(stream_cover), brightness, level,
    )  # fmt: skip


def remove(ledger: Ledger, medium: str, now: Instant, by: str, why: str = "removed") -> bool:
    """Take a medium off the wall; False if it was off already."""

    def work(connection: Connection) -> bool:
        done = connection.execute(
            "INSERT INTO removals VALUES (?, ?, ?, ?) ON CONFLICT (medium) DO NOTHING", (medium, now, by, why)
        )
        bump(connection, "removals")
        return done.rowcount > 0

    return ledger.durably(work)


def restore(ledger: Ledger, medium: str) -> bool:
    """Let a medium be shown again; False if it was not off."""

    def work(connection: Connection) -> bool:
        done = connection.execute("DELETE FROM removals WHERE medium = ?", (medium,))
        connection.execute("DELETE FROM deaths WHERE medium = ?", (medium,))
        bump(connection, "removals")
        return done.rowcount > 0

    return ledger.durably(work)


def removals(ledger: Ledger) -> dict[str, tuple[Instant, str]]:
    """What must not be seen: since when, and why (removed, withdrawn, quarantined)."""
    rows = ledger.connection.execute("SELECT medium, at, why FROM removals")
    return {medium: (Instant(at_), why) for medium, at_, why in rows}


def count_death(ledger: Ledger, media: set[str], now: Instant) -> list[str]:
    """Note what was on air or being loaded when the wall died; what was so twice is quarantined, and returned."""
    with ledger.write(durable=True) as connection:
        for medium in media:
            connection.execute(
                "INSERT INTO deaths VALUES (?, 1) ON CONFLICT (medium) DO UPDATE SET n = n + 1", (medium,)
            )
        rows = connection.execute("SELECT medium FROM deaths WHERE n >= 2").fetchall()
        twice = sorted({row[0] for row in rows} & media)
        for medium in twice:
            connection.execute(
                "INSERT INTO removals VALUES (?, ?, 'supervisor', 'quarantined') ON CONFLICT (medium) DO NOTHING",
                (medium, now),
            )
        bump(connection, "removals")
    return twice


def order(ledger: Ledger, what: str, machine: float) -> None:
    """Ask something of the supervisor (stop) or the planner (apply) from where only the ledger is at hand."""
    with ledger.write() as connection:
        connection.execute("INSERT INTO orders (what, machine) VALUES (?, ?)", (what, machine))
        bump(connection, "orders")


def ordered(ledger: Ledger, what: str, since: float) -> bool:
    """Whether that was asked after a machine time."""
    row = ledger.connection.execute(
        "SELECT 1 FROM orders WHERE what = ? AND machine > ? LIMIT 1", (what, since)
    ).fetchone()
    return row is not None
