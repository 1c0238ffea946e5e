"""Show time: one row, which the supervisor alone writes."""

from dataclasses import dataclass

from projector.clock import Instant, Machine, ShowClock
from projector.ledger.database import Ledger
from projector.ledger.revisions import bump

SCHEMA = """
CREATE TABLE IF NOT EXISTS clock (
    one INTEGER PRIMARY KEY CHECK (one = 1), base_show REAL NOT NULL, base_machine REAL NOT NULL, speed REAL NOT NULL,
    boot TEXT NOT NULL, rehearsal INTEGER NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Running:
    """The clock of a show, the boot of the machine that its machine time belongs to, and whether it is a rehearsal."""

    clock: ShowClock
    boot: str
    rehearsal: bool


def write(ledger: Ledger, running: Running) -> None:
    """Set or slew the clock."""
    clock = running.clock
    with ledger.write() as connection:
        connection.execute(
            "INSERT OR REPLACE INTO clock VALUES (1, ?, ?, ?, ?, ?)",
            (clock.base_show, clock.base_machine, clock.speed, running.boot, running.rehearsal),
        )
        bump(connection, "clock")


def read(ledger: Ledger) -> Running | None:
    """The clock as it is written; None before the first show."""
    row = ledger.connection.execute("SELECT base_show, base_machine, speed, boot, rehearsal FROM clock").fetchone()
    if row is None:
        return None
    show, machine, speed, boot, rehearsal = row
    return Running(ShowClock(Instant(show), Machine(machine), speed), boot, bool(rehearsal))
