"""How the roles are: a row each, with figures; and the faults that are known, one row per distinct fault."""

import json
from typing import Any

from projector.clock import Instant, Machine
from projector.ledger.database import Ledger

SCHEMA = """
CREATE TABLE IF NOT EXISTS health (role TEXT PRIMARY KEY, pid INTEGER NOT NULL, since REAL NOT NULL,
    beat REAL NOT NULL, figures TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS restarts (role TEXT PRIMARY KEY, n INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS faults (role TEXT NOT NULL, what TEXT NOT NULL, first REAL NOT NULL, last REAL NOT NULL,
    n INTEGER NOT NULL, PRIMARY KEY (role, what));
"""


def beat(ledger: Ledger, role: str, pid: int, since: Instant, machine: Machine, figures: dict[str, Any]) -> None:
    """A role is alive, and these are its figures."""
    with ledger.write() as connection:
        connection.execute(
            "INSERT OR REPLACE INTO health VALUES (?, ?, ?, ?, ?)", (role, pid, since, machine, json.dumps(figures))
        )


def read(ledger: Ledger) -> dict[str, dict[str, Any]]:
    """Each role's pid, since (show time), beat (machine time) and figures."""
    rows = ledger.connection.execute("SELECT role, pid, since, beat, figures FROM health")
    return {
        role: {"pid": pid, "since": since, "beat": at, "figures": json.loads(text)}
        for role, pid, since, at, text in rows
    }


def restarts(ledger: Ledger) -> dict[str, int]:
    """How often each role has been started again."""
    return dict(ledger.connection.execute("SELECT role, n FROM restarts").fetchall())


def figure(ledger: Ledger, role: str, name: str) -> Any:
    """One figure of a role, or None."""
    return read(ledger).get(role, {}).get("figures", {}).get(name)


def restarted(ledger: Ledger, role: str) -> None:
    """The supervisor has started a role again."""
    with ledger.write() as connection:
        connection.execute("INSERT INTO restarts VALUES (?, 1) ON CONFLICT (role) DO UPDATE SET n = n + 1", (role,))


def fault(ledger: Ledger, role: str, what: str, now: Instant) -> None:
    """A fault is there; the same one again only moves its last time."""
    with ledger.write() as connection:
        connection.execute(
            "INSERT INTO faults VALUES (?, ?, ?, ?, 1) "
            "ON CONFLICT (role, what) DO UPDATE SET last = excluded.last, n = n + 1",
            (role, what, now, now),
        )


def mended(ledger: Ledger, role: str, keep: tuple[str, ...] = ()) -> None:
    """The faults of a role are gone, but for those named."""
    known = [row[0] for row in ledger.connection.execute("SELECT what FROM faults WHERE role = ?", (role,))]
    gone = [(role, what) for what in known if what not in keep]
    if gone:
        with ledger.write() as connection:
            connection.executemany("DELETE FROM faults WHERE role = ? AND what = ?", gone)


def faults(ledger: Ledger) -> list[dict[str, Any]]:
    """All known faults, the latest first: role, what, first and last show time, how often."""
    rows = ledger.connection.execute("SELECT role, what, first, last, n FROM faults ORDER BY last DESC")
    return [{"role": r, "what": w, "first": f, "last": t, "n": n} for r, w, f, t, n in rows]
