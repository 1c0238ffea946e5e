"""Counters that say what moved, so that a reader loads again only that."""

from projector.ledger.database import Connection, Ledger

SCHEMA = """
CREATE TABLE IF NOT EXISTS revisions (
    name TEXT PRIMARY KEY,
    n INTEGER NOT NULL
) WITHOUT ROWID;
"""


def bump(connection: Connection, name: str) -> None:
    """Count one more change of `name`, within the transaction that makes the change."""
    connection.execute("INSERT INTO revisions VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET n = n + 1", (name,))


def revisions(ledger: Ledger) -> dict[str, int]:
    """How often each name has changed; a name that never did is absent."""
    with ledger.read() as connection:
        return dict(connection.execute("SELECT name, n FROM revisions").fetchall())
