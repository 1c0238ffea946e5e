"""The planner's blocks and showings, in programme time. What was on air and is planned away is kept, marked as dropped."""

import json
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, TypeVar

from projector.clock import Instant, Programme, Seconds
from projector.ledger.database import Connection, Ledger
from projector.ledger.revisions import bump
from projector.show.showings import Block, Fit, How, Showing, Showings, Shows, Transition

SCHEMA = """
CREATE TABLE IF NOT EXISTS blocks (
    id INTEGER PRIMARY KEY, start REAL NOT NULL, stop REAL NOT NULL, look TEXT NOT NULL,
    planned REAL NOT NULL, dropped REAL);
CREATE INDEX IF NOT EXISTS blocks_start ON blocks (start);
CREATE TABLE IF NOT EXISTS showings (
    id INTEGER PRIMARY KEY, block INTEGER NOT NULL, cell INTEGER, medium TEXT, start REAL NOT NULL, stop REAL NOT NULL,
    words TEXT NOT NULL, planned REAL NOT NULL, dropped REAL);
CREATE INDEX IF NOT EXISTS showings_start ON showings (start);
CREATE INDEX IF NOT EXISTS showings_block ON showings (block);
"""

Row = TypeVar("Row", Block, Showing)

# A write transaction stays under 50 ms: so many rows at once.
BATCH = 1500


def write(
    ledger: Ledger,
    old: Showings,
    new: Showings,
    now: Instant,
    reached: Programme,
    is_current: Callable[[], bool] = lambda: True,
) -> int | None:
    """Write the difference between two plans, the soonest first; the number of rows touched.

    What was on air (it began before `reached`) is not deleted but marked as dropped at `now`. Nothing is written, and
    None returned, where `is_current`, asked within the transaction, says that the plan was made from what no longer holds.
    """
    gone_blocks, blocks = _difference({b.id: b for b in old.blocks}, {b.id: b for b in new.blocks})
    gone, placed = _difference({s.id: s for s in old}, {s.id: s for s in new})
    changes: list[Block | Showing] = sorted([*blocks, *placed], key=lambda x: (x.start, isinstance(x, Showing)))
    pending = iter(changes)
    first = True
    while (batch := list(islice(pending, BATCH))) or first:
        with ledger.write() as connection:
            if first and not is_current():
                return None
            if first:
                _drop(connection, "showings", gone, now, reached)
                _drop(connection, "blocks", gone_blocks, now, reached)
            _put(connection, batch, now)
            bump(connection, "showings")
        first = False
    return len(changes) + len(gone) + len(gone_blocks)


def drop_all(ledger: Ledger, now: Instant, reached: Programme) -> None:
    """Plan nothing any more: the show file is another one. What was on air before `reached` is kept, marked as dropped."""
    with ledger.write() as connection:
        for table in ("showings", "blocks"):
            connection.execute(f"DELETE FROM {table} WHERE start >= ? AND dropped IS NULL", (reached,))
            connection.execute(f"UPDATE {table} SET dropped = ? WHERE dropped IS NULL", (now,))
        bump(connection, "showings")


def read(ledger: Ledger, start: Programme, end: Programme) -> Showings:
    """What is planned from `start` to `end`: whole blocks, and one before them, each with its showings in that time.

    Of a place's showings before `start` only those are left out that are over by then, but for the last: it may be
    what is still mixed away from.
    """
    with ledger.read() as connection:
        return _read(connection, start, end, "dropped IS NULL", ())


def read_at(ledger: Ledger, start: Programme, end: Programme, instant: Instant) -> Showings:
    """As `read`, of the plan as it stood at a past instant."""
    with ledger.read() as connection:
        return _read(connection, start, end, "planned <= ? AND (dropped IS NULL OR dropped > ?)", (instant, instant))


def planned_end(ledger: Ledger) -> Programme:
    """Where the plan ends."""
    row = ledger.connection.execute("SELECT max(stop) FROM blocks WHERE dropped IS NULL").fetchone()
    return Programme(row[0] or 0.0)


def next_ids(ledger: Ledger) -> tuple[int, int]:
    """Ids that no block and no showing ever had."""
    block = ledger.connection.execute("SELECT coalesce(max(id), 0) + 1 FROM blocks").fetchone()[0]
    showing = ledger.connection.execute("SELECT coalesce(max(id), 0) + 1 FROM showings").fetchone()[0]
    return int(block), int(showing)


def _difference(old: dict[int, Row], new: dict[int, Row]) -> tuple[list[int], list[Row]]:
    gone = [ident for ident in old if ident not in new]
    return gone, [row for ident, row in new.items() if old.get(ident) != row]


def _drop(connection: Connection, table: str, ids: Iterable[int], now: Instant, reached: Programme) -> None:
    rows = [(ident,) for ident in ids]
    connection.executemany(
        f"UPDATE {table} SET dropped = {float(now)!r} WHERE id = ? AND start < {float(reached)!r}", rows
    )
    connection.executemany(f"DELETE FROM {table} WHERE id = ? AND start >= {float(reached)!r}", rows)


def _put(connection: Connection, rows: Iterable[Block | Showing], now: Instant) -> None:
    for row in rows:
        if isinstance(row, Block):
            connection.execute(
                "INSERT INTO blocks VALUES (?, ?, ?, ?, ?, NULL) ON CONFLICT (id) DO UPDATE SET "
                "start = excluded.start, stop = excluded.stop, look = excluded.look",
                (row.id, row.start, row.end, _look(row), now),
            )
        else:
            connection.execute(
                "INSERT INTO showings VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL) ON CONFLICT (id) DO UPDATE SET "
                "start = excluded.start, stop = excluded.stop, medium = excluded.medium, words = excluded.words",
                (row.id, row.block, row.cell, row.medium, row.start, row.end, "\n".join(row.words), now),
            )


def _read(connection: Connection, start: Programme, end: Programme, live: str, values: tuple[Any, ...]) -> Showings:
    blocks = [
        _block(row)
        for row in connection.execute(
            f"SELECT id, start, stop, look FROM blocks WHERE stop >= ? AND start < ? AND {live}",
            (start - 1.0, end, *values),
        )
    ]
    if not blocks:
        return Showings((), ())
    rows = connection.execute(
        f"""SELECT id, block, cell, medium, start, stop, words FROM showings
            WHERE block >= ? AND block IN (SELECT id FROM blocks WHERE stop >= ? AND start < ? AND {live})
            AND stop > ? - 60 AND start < ? AND {live}""",
        (0, start - 1.0, end, *values, start, end, *values),
    )
    return Showings(blocks, map(_showing, rows))


def _showing(row: tuple[Any, ...]) -> Showing:
    ident, block, cell, medium, start, stop, words = row
    return Showing(
        ident, block, cell, medium, Programme(start), Programme(stop), tuple(words.split("\n")) if words else ()
    )


def _look(b: Block) -> str:
    return json.dumps(
        [
            b.cue, b.cue_index, b.shows, b.transition.how, b.transition.seconds, b.inner.how, b.inner.seconds, b.dwell,
            b.columns, b.rows, b.fit, b.texts, b.image, b.caption, b.name, b.makeshift, b.remaining,
            b.subtitles,
        ],
        ensure_ascii=False,
    )  # fmt: skip


def _block(row: tuple[Any, ...]) -> Block:
    ident, start, stop, look = row
    cue, index, shows, how, seconds, inner, length, dwell, columns, rows, fit, *rest = json.loads(look)
    texts, image, caption, name, makeshift, remaining, subtitles = rest
    return Block(
        ident, cue, index, Shows(shows), Programme(start), Programme(stop), Transition(How(how), Seconds(seconds)),
        Transition(How(inner), Seconds(length)), Seconds(dwell), columns, rows, Fit(fit),
        tuple((language, text) for language, text in texts), image, tuple(caption), name, makeshift, remaining,
        tuple(subtitles),
    )  # fmt: skip
