"""Requests for the wall's own last canvas, and its answers."""

from projector.clock import Instant
from projector.ledger.database import Ledger
from projector.ledger.revisions import bump

SCHEMA = "CREATE TABLE IF NOT EXISTS looks (id INTEGER PRIMARY KEY AUTOINCREMENT, file TEXT, instant REAL);"


def ask(ledger: Ledger) -> int:
    """Ask the wall for its last canvas; the number of the request."""
    with ledger.write() as connection:
        done = connection.execute("INSERT INTO looks (file) VALUES (NULL)")
        bump(connection, "looks")
        return int(done.lastrowid or 0)


def answer(ledger: Ledger, file: str, instant: Instant) -> None:
    """Answer all requests: the canvas lies in this file, as it was at this instant."""
    with ledger.write() as connection:
        connection.execute("UPDATE looks SET file = ?, instant = ? WHERE file IS NULL", (file, instant))


def answered(ledger: Ledger, ident: int) -> tuple[str, Instant] | None:
    """The answer, once it is there."""
    row = ledger.connection.execute("SELECT file, instant FROM looks WHERE id = ?", (ident,)).fetchone()
    return (row[0], Instant(row[1])) if row and row[0] is not None else None


def clear(ledger: Ledger) -> None:
    """Requests to a wall that is gone."""
    with ledger.write() as connection:
        connection.execute("DELETE FROM looks WHERE file IS NULL")
