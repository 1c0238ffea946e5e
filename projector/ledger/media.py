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
from projector.ledger import media_tables
from projector.ledger.database import Connection, Ledger
from projector.ledger.facts import facts_from, merged, restrictions, text_of
from projector.ledger.finding import hashes_at, hashes_meant, marks
from projector.ledger.revisions import bump
from projector.ledger.rows import MEDIUM_COLUMNS, PORTRAIT, media_from
from projector.ledger.words import Heard, Seen, message_text, seen_from, seen_text, subtitles_from, subtitles_text
from projector.show.media import Clip, Facts, Kind, Medium, Message
from projector.show.picture import Size

SCHEMA = media_tables.SCHEMA
SMALL = "small"
WALL = "wall"
BATCH = 200  # rows a transaction: 10 to 20 ms, so that nobody who wants to write waits longer
COLUMNS = """path, size, mtime_ns, inode, sha256, kind, state, reason, sidecar_size, sidecar_mtime_ns, facts, subtitles,
    seen"""

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
    `facts` were read from; facts without a sidecar are what a vanished one leaves. `seen` are the files that the
    subtitles of a clip were read from.
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
    subtitles: Heard = ()
    seen: Seen = ()


@dataclass(frozen=True, slots=True)
class Rendition:
    """A copy in the store: the hash and number of its own bytes, its size in pixels."""

    sha256: str
    width: int
    height: int
    bytes: int


@dataclass(frozen=True, slots=True)
class MediumRow:
    """A medium's own row: upright pixels of the original, and the show time at which it was first taken.

    A clip's has its house copy's, and the canvas that this was made for; that of a message in words has none.
    """

    sha256: str
    kind: Kind
    width: int
    height: int
    added: Instant
    clip: Clip | None = None
    made_for: Size | None = None
    message: Message | None = None


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
    """What intake has to write down: rows to set, `(medium, kind, rendition)` to set, paths to strike out."""

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
        SELECT {MEDIUM_COLUMNS} FROM files AS f JOIN media AS m ON m.sha256 = f.sha256 {PORTRAIT}
        WHERE f.state = 'taken' AND f.sha256 NOT IN
            (SELECT sha256 FROM files WHERE state = 'refused' AND sha256 IS NOT NULL)
        ORDER BY f.path"""
    with ledger.read() as connection:
        return media_from(connection.execute(query))


def find_medium(ledger: Ledger, text: str) -> list[Medium]:
    """Media meant by a path (relative, or under the media folder), a bare file name, or 8 digits or more of a hash.

    A medium is found though it is refused for its sidecar: it may have to be removed. Empty where nothing fits.
    """
    with ledger.read() as connection:
        found = hashes_meant(connection, text)
        return [medium for batch in _batches(found) for medium in media_from(_rows_of(connection, batch))]


def described(ledger: Ledger, hashes: Collection[str]) -> dict[str, Medium]:
    """Of these media those that have a clip or a message, by hash, whatever has become of their files meanwhile."""
    query = f"""SELECT {MEDIUM_COLUMNS} FROM media AS m LEFT JOIN files AS f ON f.sha256 = m.sha256 {PORTRAIT}
        WHERE m.sha256 IN ({{}}) AND (m.rate IS NOT NULL OR m.message IS NOT NULL) ORDER BY f.path"""
    with ledger.read() as connection:
        found = [m for b in _batches(list(hashes)) for m in media_from(connection.execute(query.format(marks(b)), b))]
    return {medium.sha256: medium for medium in found}


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
    """The copies of media, by hash and kind ('small', 'wall', or 'clip', 'sound', 'first', 'last'); a medium without any is absent."""
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
    """What there is of every picture of which a file is taken, or of those named."""
    query = """SELECT m.sha256, min(f.path), m.width, m.height, s.width, s.height, w.width, w.height
        FROM media AS m JOIN files AS f ON f.sha256 = m.sha256 AND f.state = 'taken'
        LEFT JOIN renditions AS s ON s.medium = m.sha256 AND s.kind = 'small'
        LEFT JOIN renditions AS w ON w.medium = m.sha256 AND w.kind = 'wall'
        WHERE m.rate IS NULL AND m.message IS NULL {} GROUP BY m.sha256"""
    with ledger.read() as connection:
        if hashes is None:
            return [_copies(row) for row in connection.execute(query.format(""))]
        named = [
            connection.execute(query.format(f"AND m.sha256 IN ({marks(batch)})"), batch).fetchall()
            for batch in _batches(list(hashes))
        ]
    return [_copies(row) for rows in named for row in rows]


def size_of(ledger: Ledger, sha256: str) -> Size | None:
    """The upright size of a picture, or None where these bytes were never taken as one."""
    query = "SELECT width, height FROM media WHERE sha256 = ? AND rate IS NULL AND message IS NULL"
    with ledger.read() as connection:
        row = connection.execute(query, (sha256,)).fetchone()
        return Size(*row) if row else None


def forget_renditions(ledger: Ledger, hashes: Collection[str]) -> None:
    """Strike out copies, by their own hash, that the store has lost: intake makes them again."""
    for batch in _batches(list(hashes)):
        with ledger.write() as connection:
            connection.execute(f"DELETE FROM renditions WHERE sha256 IN ({marks(batch)})", batch)
            bump(connection, "renditions")


def want(ledger: Ledger, media: Collection[str]) -> None:
    """Ask intake for wall-size copies of media; those that have one, or are asked for already, are passed over.

    Clips and messages in words have none.
    """
    query = """INSERT OR IGNORE INTO wanted SELECT ?1
        WHERE NOT EXISTS (SELECT 1 FROM renditions WHERE medium = ?1 AND kind = 'wall')
        AND NOT EXISTS (SELECT 1 FROM media WHERE sha256 = ?1 AND (rate IS NOT NULL OR message IS NOT NULL))"""
    for batch in _batches(list(media)):
        with ledger.write() as connection:
            if connection.executemany(query, [(medium,) for medium in batch]).rowcount > 0:
                bump(connection, "wanted")


def wanted(ledger: Ledger) -> list[str]:
    """The media whose wall-size copies are asked for, in the order of asking."""
    with ledger.read() as connection:
        return [medium for (medium,) in connection.execute("SELECT medium FROM wanted ORDER BY rowid")]


def _copies(row: Sequence[Any]) -> Copies:
    sha, path, width, height, *copies = row
    small, wall = (Size(*size) if size[0] else None for size in (copies[:2], copies[2:]))
    return Copies(sha, path, Size(width, height), small, wall)


def _rows_of(connection: Connection, hashes: Sequence[str]) -> Iterable[Sequence[Any]]:
    query = f"""SELECT {MEDIUM_COLUMNS} FROM files AS f JOIN media AS m ON m.sha256 = f.sha256 {PORTRAIT}
        WHERE f.sha256 IN ({marks(hashes)}) ORDER BY f.path"""
    return connection.execute(query, tuple(hashes))


def _set_renditions(connection: Connection, renditions: Sequence[tuple[str, str, Rendition]]) -> None:
    rows = [(medium, kind, r.sha256, r.width, r.height, r.bytes) for medium, kind, r in renditions]
    connection.executemany("INSERT OR REPLACE INTO renditions VALUES (?, ?, ?, ?, ?, ?)", rows)
    connection.executemany("DELETE FROM wanted WHERE medium = ?", [(m,) for m, kind, _ in renditions if kind == WALL])
    bump(connection, "renditions")


def _add_media(connection: Connection, media: Sequence[MediumRow]) -> None:
    """A picture is what it was; a clip made again may be another size, a message lie in another folder."""
    query = """INSERT INTO media (sha256, kind, width, height, added, rate, frames, sound, made_for, message)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sha256) DO UPDATE SET
        width = excluded.width, height = excluded.height, rate = excluded.rate, frames = excluded.frames,
        sound = excluded.sound, made_for = excluded.made_for, message = excluded.message
        WHERE excluded.rate IS NOT NULL OR excluded.message IS NOT NULL"""
    if connection.executemany(query, [_medium_values(m) for m in media]).rowcount > 0:
        bump(connection, "media")


def _medium_values(row: MediumRow) -> tuple[str | float | None, ...]:
    clip = (str(row.clip.rate), row.clip.frames, row.clip.sound) if row.clip else (None, None, None)
    made_for = f"{row.made_for.width}x{row.made_for.height}" if row.made_for else None
    message = message_text(row.message) if row.message else None
    return (row.sha256, row.kind.value, row.width, row.height, row.added, *clip, made_for, message)


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
        subtitles_text(row.subtitles),
        seen_text(row.seen),
    )


def _file(row: Sequence[Any]) -> FileRow:
    path, size, mtime_ns, inode, sha, kind, state, reason, sidecar_size, sidecar_mtime_ns, facts, words, seen = row
    sidecar = None if sidecar_size is None else (sidecar_size, sidecar_mtime_ns)
    read = None if facts is None else facts_from(facts)
    mark = (size, mtime_ns, inode)
    return FileRow(
        path, *mark, sha, Kind(kind), State(state), reason, sidecar, read, subtitles_from(words), seen_from(seen)
    )


def _batches(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


def picture_bytes(ledger: Ledger) -> int:
    """How much room the copies of pictures take in the store."""
    query = "SELECT coalesce(sum(bytes), 0) FROM renditions WHERE kind IN ('small', 'wall')"
    row = ledger.connection.execute(query).fetchone()
    return int(row[0])
