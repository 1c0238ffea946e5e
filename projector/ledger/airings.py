"""What the wall really showed: append-only, a row for each unbroken stretch in which something stood in a place."""

from collections.abc import Iterable
from dataclasses import dataclass

from projector.clock import Instant
from projector.ledger.database import Ledger

SCHEMA = """
CREATE TABLE IF NOT EXISTS airings (
    id INTEGER PRIMARY KEY AUTOINCREMENT, showing INTEGER, what TEXT NOT NULL, cue TEXT NOT NULL, cell INTEGER,
    medium TEXT, planned_start REAL, planned_end REAL, dwell REAL NOT NULL,
    shown_start REAL NOT NULL, full_from REAL NOT NULL, shown_end REAL, ended_by TEXT, counted INTEGER NOT NULL DEFAULT 0,
    part REAL NOT NULL DEFAULT 0.5);
CREATE INDEX IF NOT EXISTS airings_open ON airings (shown_end) WHERE shown_end IS NULL;
CREATE INDEX IF NOT EXISTS airings_counted ON airings (medium) WHERE counted = 1;
"""

# A medium is shown by an airing in which it stood uncovered, at full opacity, for half its dwell or more; a clip, whose
# first words are heard while it still comes up, in which nine tenths of it were played uncovered.
SHOWN_PART = 0.5
CLIP_PART = 0.9


@dataclass(frozen=True, slots=True)
class Opened:
    """An airing that began at the flip `shown_start`; `full_from` is when its transition will be over.

    `what` is "medium", "text", "slate" or "black". From `full_from` on it has to stand `part` of its dwell to be shown.
    """

    key: str
    what: str
    cue: str
    shown_start: Instant
    full_from: Instant
    dwell: float = 0.0
    showing: int | None = None
    cell: int | None = None
    medium: str | None = None
    planned_start: Instant | None = None
    planned_end: Instant | None = None
    part: float = SHOWN_PART


@dataclass(frozen=True, slots=True)
class Ended:
    """The airing with this key ended at the flip `at`, and why; for `still` seconds of it a clip was held."""

    key: str
    at: Instant
    by: str
    still: float = 0.0


class AiringsLog:
    """Writes what the wall saw, in the order in which it was seen."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._open: dict[str, int] = {}

    def write(self, events: Iterable[Opened | Ended]) -> None:
        """Write a batch in one transaction."""
        opened = dict(self._open)
        with self._ledger.write() as connection:
            for event in events:
                if isinstance(event, Opened):
                    done = connection.execute(
                        "INSERT INTO airings (showing, what, cue, cell, medium, planned_start, planned_end, dwell, "
                        "shown_start, full_from, part) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        (
                            event.showing, event.what, event.cue, event.cell, event.medium, event.planned_start,
                            event.planned_end, event.dwell, event.shown_start, event.full_from,
                            event.part,
                        ),
                    )  # fmt: skip
                    opened[event.key] = int(done.lastrowid or 0)
                elif (ident := opened.pop(event.key, None)) is not None:
                    connection.execute(f"{_CLOSE} WHERE id = ?", (event.at, event.by, event.at - event.still, ident))
        self._open = opened


_CLOSE = (
    "UPDATE airings SET shown_end = max(?, shown_start), ended_by = ?, "
    "counted = (medium IS NOT NULL AND (? - full_from) >= dwell * part - 0.05)"
)


def upgrade(ledger: Ledger) -> None:
    """Bring an older ledger up to this table."""
    if all(name != "part" for _, name, *_ in ledger.connection.execute("PRAGMA table_info(airings)")):
        with ledger.write() as connection:
            connection.execute(f"ALTER TABLE airings ADD COLUMN part REAL NOT NULL DEFAULT {SHOWN_PART}")


def close_open(ledger: Ledger, last_flip: Instant | None) -> int:
    """A wall that starts closes what its forerunner left open, at that one's last flip."""
    with ledger.write() as connection:
        if last_flip is None:
            return connection.execute("DELETE FROM airings WHERE shown_end IS NULL").rowcount
        connection.execute("DELETE FROM airings WHERE shown_end IS NULL AND shown_start > ?", (last_flip,))
        done = connection.execute(
            f"{_CLOSE} WHERE shown_end IS NULL",
            (last_flip, "fault", last_flip),
        )
        return done.rowcount


def open_media(ledger: Ledger) -> set[str]:
    """The media on air, by what the wall has written."""
    rows = ledger.connection.execute("SELECT medium FROM airings WHERE shown_end IS NULL AND medium IS NOT NULL")
    return {row[0] for row in rows}


def counts(ledger: Ledger) -> dict[str, int]:
    """How often each medium has been shown."""
    rows = ledger.connection.execute("SELECT medium, count(*) FROM airings WHERE counted = 1 GROUP BY medium")
    return dict(rows.fetchall())


def last_shown(ledger: Ledger, medium: str) -> list[tuple[float, float | None]]:
    """When a medium stood on the wall: (start, end) in show time, the latest first; an open one has no end."""
    rows = ledger.connection.execute(
        "SELECT shown_start, shown_end FROM airings WHERE medium = ? ORDER BY shown_start DESC", (medium,)
    )
    return [(start, end) for start, end in rows]
