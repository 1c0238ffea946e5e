"""The show as it was last accepted: its file's text for the planner, its frame for everybody else."""

from dataclasses import dataclass

from projector.clock import Instant
from projector.ledger.database import Ledger
from projector.ledger.revisions import bump
from projector.show.frame import Frame

SCHEMA = """
CREATE TABLE IF NOT EXISTS edition (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, path TEXT NOT NULL, text BLOB NOT NULL, frame TEXT NOT NULL,
    media TEXT NOT NULL, extras TEXT NOT NULL, cover INTEGER NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Edition:
    """An accepted show file. `media` is the real path of the media folder, `extras` the slate pictures' paths.

    `cover`: some mosaic fills its cells, so small renditions have to cover them.
    """

    path: str
    text: bytes
    frame: Frame
    media: str
    extras: tuple[str, ...] = ()
    cover: bool = False


def write(ledger: Ledger, edition: Edition, now: Instant) -> None:
    """A show file was accepted."""
    with ledger.write() as connection:
        connection.execute(
            "INSERT INTO edition (at, path, text, frame, media, extras, cover) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                now, edition.path, edition.text, edition.frame.as_json(), edition.media,
                "\n".join(edition.extras), edition.cover,
            ),
        )  # fmt: skip
        bump(connection, "edition")


def latest(ledger: Ledger) -> Edition | None:
    """The edition that holds."""
    row = ledger.connection.execute(
        "SELECT path, text, frame, media, extras, cover FROM edition ORDER BY id DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return None
    path, text, frame, media, extras, cover = row
    return Edition(path, text, Frame.from_json(frame), media, tuple(filter(None, extras.split("\n"))), bool(cover))
