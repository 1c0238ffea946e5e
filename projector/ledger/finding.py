"""Which medium a person means by what they type."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from projector.ledger.database import Connection


def hashes_meant(connection: Connection, text: str) -> list[str]:
    """The hashes of the media meant by a path, a bare file name or the start of a hash; none where nothing fits."""
    named = hashes_at(connection, [text, *_tails(text)])
    if named:
        return named[:1]
    pattern = "%/" + re.sub(r"([%_\\])", r"\\\1", text)
    query = "SELECT DISTINCT sha256 FROM files WHERE path LIKE ? ESCAPE '\\' AND sha256 IS NOT NULL"
    found = [sha for (sha,) in connection.execute(query, (pattern,))]
    if not found and re.fullmatch(r"[0-9a-fA-F]{8,64}", text):
        span = (text.lower(), text.lower() + "g")
        found = [sha for (sha,) in connection.execute("SELECT sha256 FROM media WHERE sha256 BETWEEN ? AND ?", span)]
    return found


def _tails(text: str) -> list[str]:
    """`/a/media/photos/x.jpg` may mean `media/photos/x.jpg` or `photos/x.jpg`: what a path ends with, longest first.

    A bare name is not among them: it may be that of several files.
    """
    parts = PurePosixPath(text).parts
    return ["/".join(parts[start:]) for start in range(1, len(parts) - 1)]


def hashes_at(connection: Connection, paths: Sequence[str]) -> list[str]:
    """The hashes of the files at these paths, in the order of the paths."""
    query = f"SELECT path, sha256 FROM files WHERE path IN ({marks(paths)}) AND sha256 IS NOT NULL"
    found = dict(connection.execute(query, tuple(paths)).fetchall())
    return [found[path] for path in paths if path in found]


def marks(values: Sequence[object]) -> str:
    """As many question marks as there are values, for a statement."""
    return ", ".join("?" * len(values))
