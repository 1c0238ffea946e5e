"""The tables of files, media and renditions; and an older ledger's brought up to them."""

from projector.ledger.database import Connection, Ledger

# What came later stands last in its table, where `upgrade` puts it in an older one: rows are copied between ledgers whole.
SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
    path TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    sha256 TEXT,
    kind TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('taken', 'refused', 'waiting')),
    reason TEXT NOT NULL DEFAULT '',
    sidecar_size INTEGER,
    sidecar_mtime_ns INTEGER,
    facts TEXT,
    subtitles TEXT,
    seen TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS files_of_medium ON files (sha256) WHERE sha256 IS NOT NULL;
CREATE INDEX IF NOT EXISTS files_refused ON files (path) WHERE state = 'refused';
CREATE INDEX IF NOT EXISTS files_waiting ON files (path) WHERE state = 'waiting';
CREATE TABLE IF NOT EXISTS media (
    sha256 TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    added REAL NOT NULL,
    kept TEXT,
    rate TEXT,
    frames INTEGER,
    sound INTEGER,
    made_for TEXT,
    message TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS renditions (
    medium TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('small', 'wall', 'clip', 'sound', 'first', 'last')),
    sha256 TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (medium, kind)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS renditions_by_hash ON renditions (sha256);
CREATE TABLE IF NOT EXISTS wanted (medium TEXT PRIMARY KEY);
"""

_LATER = {
    "files": {"subtitles": "TEXT", "seen": "TEXT"},
    "media": {"rate": "TEXT", "frames": "INTEGER", "sound": "INTEGER", "made_for": "TEXT", "message": "TEXT"},
}
_FOR_PHOTOS_ONLY = "CHECK (kind IN ('small', 'wall'))"


def upgrade(ledger: Ledger) -> None:
    """Bring the tables of a ledger that was made before there were clips and messages to the present ones."""
    if _is_present(ledger.connection):
        return
    with ledger.write() as connection:  # several roles open a ledger at once: whoever comes first does it
        for table, columns in _LATER.items():
            there = _columns(connection, table)
            for column, kind in columns.items():
                if column not in there:
                    connection.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
        if _knows_photos_only(connection):
            _renew_renditions(connection)


def _is_present(connection: Connection) -> bool:
    whole = all(columns.keys() <= _columns(connection, table) for table, columns in _LATER.items())
    return whole and not _knows_photos_only(connection)


def _columns(connection: Connection, table: str) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))}


def _knows_photos_only(connection: Connection) -> bool:
    row = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'renditions'").fetchone()
    return row is not None and _FOR_PHOTOS_ONLY in row[0]


def _renew_renditions(connection: Connection) -> None:
    """The same rows under a rule that knows clips: a rule of SQLite's cannot be changed in place."""
    connection.execute("ALTER TABLE renditions RENAME TO renditions_of_photos")
    connection.execute("DROP INDEX IF EXISTS renditions_by_hash")
    for statement in (s.strip() for s in SCHEMA.split(";")):
        if "renditions" in statement:
            connection.execute(statement)
    connection.execute("INSERT INTO renditions SELECT * FROM renditions_of_photos")
    connection.execute("DROP TABLE renditions_of_photos")
