"""What intake has found and made: files, media, renditions; and the wall-size copies that the planner wants.

`files` is the truth of the folder, a row for each name. A medium is its bytes: it may be shown while at least one of
its names is taken and none of them is refused, since a sidecar that cannot be read may be the one that says no.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby
from typing import Any, TypeVar

from projector.clock import Instant
from projector.ledger.database import Connection, Ledger
from projector.ledger.facts import facts_from, merged, restrictions, text_of
from projector.ledger.finding import hashes_at, hashes_meant, marks
from projector.ledger.revisions import bump
from projector.show.media import Facts, Kind, Medium
from projector.show.picture import Size

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
    facts TEXT
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
    kept TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS renditions (
    medium TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('small', 'wall')),
    sha256 TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (medium, kind)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS renditions_by_hash ON renditions (sha256);
CREATE TABLE IF NOT EXISTS wanted (medium TEXT PRIMARY KEY);
"""

SMALL = "small"
WALL = "wall"
BATCH = 200  # rows a transaction: 10 to 20 ms, so that nobody who wants to write waits longer
COLUMNS = "path, size, mtime_ns, inode, sha256, kind, state, reason, sidecar_size, sidecar_mtime_ns, facts"

T = TypeVar("T")


class State(StrEnum):
    """What became of a file."""

    TAKEN = "taken"
    REFUSED = "refused"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class FileRow:
    """One name in the media folder (relative, `/`-separated; absolute for the slate's picture) and what became of it.

    `sha256` is set once the bytes were read and are a picture. `sidecar` is the size and mtime_ns of the sidecar that
    `facts` were read from; facts without a sidecar are what a vanished one leaves.
    """

    path: str
    size: int
    mtime_ns: int
    inode: int
    sha256: str | None
    kind: Kind
    state: State
    reason: str = ""
    sidecar: tuple[int, int] | None = None
    facts: Facts | None = None


@dataclass(frozen=True, slots=True)
class Rendition:
    """A copy in the store: the hash and number of its own bytes, its size in pixels."""

    sha256: str
    width: int
    height: int
    bytes: int


@dataclass(frozen=True, slots=True)
class MediumRow:
    """A medium's own row: upright pixels of the original, and the show time at which it was first taken."""

    sha256: str
    kind: Kind
    width: int
    height: int
    added: Instant


@dataclass(frozen=True, slots=True)
class Copies:
    """The sizes in pixels of a taken medium's original and of its copies, and a path at which it lies."""

    sha256: str
    path: str
    size: Size
    small: Size | None
    wall: Size | None


@dataclass(slots=True)
class Changes:
    """What intake has to write down: rows to set, `(medium, small|wall, rendition)` to set, paths to strike out."""

    files: list[FileRow] = field(default_factory=list)
    media: list[MediumRow] = field(default_factory=list)
    renditions: list[tuple[str, str, Rendition]] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.files) + len(self.media) + len(self.renditions) + len(self.gone)


def write(ledger: Ledger, changes: Changes) -> None:
    """Write changes down, in transactions of at most `BATCH` rows: copies first, so that no medium is without."""
    for renditions in _batches(changes.renditions):
        with ledger.write() as connection:
            _set_renditions(connection, renditions)
    for media in _batches(changes.media):
        with ledger.write() as connection:
            _add_media(connection, media)
    for gone in _batches(changes.gone):
        with ledger.write() as connection:
            _strike(connection, gone)
    for files in _batches(changes.files):
        with ledger.write() as connection:
            _set_files(connection, files)


def files(ledger: Ledger) -> list[FileRow]:
    """Every row of `files`, by path."""
    with ledger.read() as connection:
        return [_file(row) for row in connection.execute(f"SELECT {COLUMNS} FROM files ORDER BY path")]


def all_media(ledger: Ledger) -> list[Medium]:
    """Every medium that may be shown as far as the folder says, by its first path."""
    query = f"""
        SELECT {_MEDIUM_COLUMNS} FROM files AS f JOIN media AS m USING (sha256)
        WHERE f.state = 'taken' AND f.sha256 NOT IN
            (SELECT sha256 FROM files WHERE state = 'refused' AND sha256 IS NOT NULL)
        ORDER BY f.path"""
    with ledger.read() as connection:
        return _media(connection.execute(query))


def find_medium(ledger: Ledger, text: str) -> list[Medium]:
    """Media meant by a path (relative, or under the media folder), a bare file name, or 8 digits or more of a hash.

    A medium is found though it is refused for its sidecar: it may have to be removed. Empty where nothing fits.
    """
    with ledger.read() as connection:
        found = hashes_meant(connection, text)
        return [medium for batch in _batches(found) for medium in _media(_rows_of(connection, batch))]


def refused(ledger: Ledger) -> list[tuple[str, str]]:
    """Every file that cannot be used and the reason, by path."""
    with ledger.read() as connection:
        return connection.execute("SELECT path, reason FROM files WHERE state = 'refused' ORDER BY path").fetchall()


def waiting(ledger: Ledger) -> list[str]:
    """Every file that was still changing when last looked at, by path."""
    with ledger.read() as connection:
        rows = connection.execute("SELECT path FROM files WHERE state = 'waiting' ORDER BY path")
        return [path for (path,) in rows]


def renditions_of(ledger: Ledger, media: Collection[str]) -> dict[str, dict[str, Rendition]]:
    """The copies of media, by hash and kind ('small', 'wall'); a medium without any is absent."""
    found: dict[str, dict[str, Rendition]] = {}
    query = "SELECT medium, kind, sha256, width, height, bytes FROM renditions WHERE medium IN ({})"
    with ledger.read() as connection:
        for batch in _batches(list(media)):
            for medium, kind, *copy in connection.execute(query.format(marks(batch)), batch):
                found.setdefault(medium, {})[kind] = Rendition(*copy)
    return found


def all_renditions(ledger: Ledger) -> list[tuple[str, str, Rendition]]:
    """Every copy that was made: `(medium, kind, rendition)`."""
    query = "SELECT medium, kind, sha256, width, height, bytes FROM renditions"
    with ledger.read() as connection:
        return [(medium, kind, Rendition(*copy)) for medium, kind, *copy in connection.execute(query)]


def copies_taken(ledger: Ledger, hashes: Collection[str] | None = None) -> list[Copies]:
    """What there is of every medium of which a file is taken, or of those named."""
    query = """SELECT m.sha256, min(f.path), m.width, m.height, s.width, s.height, w.width, w.height
        FROM media AS m JOIN files AS f ON f.sha256 = m.sha256 AND f.state = 'taken'
        LEFT JOIN renditions AS s ON s.medium = m.sha256 AND s.kind = 'small'
        LEFT JOIN renditions AS w ON w.medium = m.sha256 AND w.kind = 'wall'
        {} GROUP BY m.sha256"""
    with ledger.read() as connection:
        if hashes is None:
            return [_copies(row) for row in connection.execute(query.format(""))]
        named = [
            connection.execute(query.format(f"WHERE m.sha256 IN ({marks(batch)})"), batch).fetchall()
            for batch in _batches(list(hashes))
        ]
    return [_copies(row) for rows in named for row in rows]


def size_of(ledger: Ledger, sha256: str) -> Size | None:
    """The upright size of a medium, or None where these bytes were never taken."""
    with ledger.read() as connection:
        row = connection.execute("SELECT width, height FROM media WHERE sha256 = ?", (sha256,)).fetchone()
        return Size(*row) if row else None


def forget_renditions(ledger: Ledger, hashes: Collection[str]) -> None:
    """Strike out copies, by their own hash, that the store has lost: intake makes them again."""
    for batch in _batches(list(hashes)):
        with ledger.write() as connection:
            connection.execute(f"DELETE FROM renditions WHERE sha256 IN ({marks(batch)})", batch)
            bump(connection, "renditions")


def want(ledger: Ledger, media: Collection[str]) -> None:
    """Ask intake for wall-size copies of media; those that have one, or are asked for already, are passed over."""
    query = """INSERT OR IGNORE INTO wanted SELECT ?1 WHERE NOT EXISTS
        (SELECT 1 FROM renditions WHERE medium = ?1 AND kind = 'wall')"""
    for batch in _batches(list(media)):
        with ledger.write() as connection:
            if connection.executemany(query, [(medium,) for medium in batch]).rowcount > 0:
                bump(connection, "wanted")


def wanted(ledger: Ledger) -> list[str]:
    """The media whose wall-size copies are asked for, in the order of asking."""
    with ledger.read() as connection:
        return [medium for (medium,) in connection.execute("SELECT medium FROM wanted ORDER BY rowid")]


_KINDS = {kind.value: kind for kind in Kind}
_MEDIUM_COLUMNS = "f.sha256, f.path, f.kind, m.width, m.height, f.facts, m.kept"


def _media(rows: Iterable[Sequence[Any]]) -> list[Medium]:
    """One medium for each hash among rows of `_MEDIUM_COLUMNS` in order of path, in order of its first path."""
    first: dict[str, Sequence[Any]] = {}
    others: dict[str, list[Sequence[Any]]] = {}
    for row in rows:
        if first.setdefault(row[0], row) is not row:
            others.setdefault(row[0], []).append(row)
    return [_medium([row, *others.get(sha, ())]) for sha, row in first.items()]


def _medium(rows: list[Sequence[Any]]) -> Medium:
    """A medium from the rows of all its names. A photo that serves as the slate too stays a photo."""
    sha, path, kind, width, height, _, kept = next((row for row in rows if row[2] != "slate"), rows[0])
    said = [facts_from(row[5]) for row in rows if row[5] is not None]
    facts = merged(said) if said else facts_from(kept or "{}")
    return Medium(sha, path, _KINDS[kind], _folder(path), width, height, facts)


def _copies(row: Sequence[Any]) -> Copies:
    sha, path, width, height, *copies = row
    small, wall = (Size(*size) if size[0] else None for size in (copies[:2], copies[2:]))
    return Copies(sha, path, Size(width, height), small, wall)


def _folder(path: str) -> str:
    """The folder below its kind's folder; none for a slate, which is named by its absolute path."""
    return "" if path.startswith("/") else path.partition("/")[2].rpartition("/")[0]


def _rows_of(connection: Connection, hashes: Sequence[str]) -> Iterable[Sequence[Any]]:
    query = f"""SELECT {_MEDIUM_COLUMNS} FROM files AS f JOIN media AS m USING (sha256)
        WHERE f.sha256 IN ({marks(hashes)}) ORDER BY f.path"""
    return connection.execute(query, tuple(hashes))


def _set_renditions(connection: Connection, renditions: Sequence[tuple[str, str, Rendition]]) -> None:
    rows = [(medium, kind, r.sha256, r.width, r.height, r.bytes) for medium, kind, r in renditions]
    connection.executemany("INSERT OR REPLACE INTO renditions VALUES (?, ?, ?, ?, ?, ?)", rows)
    connection.executemany("DELETE FROM wanted WHERE medium = ?", [(m,) for m, kind, _ in renditions if kind == WALL])
    bump(connection, "renditions")


def _add_media(connection: Connection, media: Sequence[MediumRow]) -> None:
    rows = [(m.sha256, m.kind.value, m.width, m.height, m.added) for m in media]
    query = "INSERT OR IGNORE INTO media (sha256, kind, width, height, added) VALUES (?, ?, ?, ?, ?)"
    if connection.executemany(query, rows).rowcount > 0:
        bump(connection, "media")


def _set_files(connection: Connection, rows: Sequence[FileRow]) -> None:
    before = hashes_at(connection, [row.path for row in rows])
    values = [_values(row) for row in rows]
    connection.executemany(f"INSERT OR REPLACE INTO files ({COLUMNS}) VALUES ({marks(COLUMNS.split(','))})", values)
    _keep(connection, [row for row in rows if row.facts is not None])
    bump(connection, "files")
    if before or any(row.sha256 for row in rows):
        bump(connection, "media")


def _strike(connection: Connection, paths: Sequence[str]) -> None:
    connection.executemany("DELETE FROM files WHERE path = ?", [(path,) for path in paths])
    bump(connection, "files")
    bump(connection, "media")


def _keep(connection: Connection, rows: Sequence[FileRow]) -> None:
    """Remember the consent of media with their bytes, so that it outlives every name they go by."""
    hashes = sorted({row.sha256 for row in rows if row.sha256 is not None})
    query = f"""SELECT sha256, facts FROM files WHERE sha256 IN ({marks(hashes)}) AND facts IS NOT NULL
        ORDER BY sha256, path"""
    kept = [
        (text_of(restrictions(merged([facts_from(text) for _, text in said]))), sha)
        for sha, said in groupby(connection.execute(query, hashes).fetchall(), key=lambda row: row[0])
    ]
    connection.executemany("UPDATE media SET kept = ? WHERE sha256 = ?", kept)


def _values(row: FileRow) -> tuple[str | int | None, ...]:
    mark = (row.size, row.mtime_ns, row.inode)
    facts = None if row.facts is None else text_of(row.facts)
    return (
        row.path,
        *mark,
        row.sha256,
        row.kind.value,
        row.state.value,
        row.reason,
        *(row.sidecar or (None, None)),
        facts,
    )


def _file(row: Sequence[Any]) -> FileRow:
    path, size, mtime_ns, inode, sha, kind, state, reason, sidecar_size, sidecar_mtime_ns, facts = row
    sidecar = None if sidecar_size is None else (sidecar_size, sidecar_mtime_ns)
    read = None if facts is None else facts_from(facts)
    return FileRow(path, size, mtime_ns, inode, sha, Kind(kind), State(state), reason, sidecar, read)


def _batches(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


def stored_bytes(ledger: Ledger) -> int:
    """How much room the renditions take in the store."""
    row = ledger.connection.execute("SELECT coalesce(sum(bytes), 0) FROM renditions").fetchone()
    return int(row[0])
