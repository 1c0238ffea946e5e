"""Media as the rows of `files` and `media` hold them."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from projector.ledger.facts import facts_from, merged
from projector.ledger.words import message_from, subtitles_from
from projector.show.media import Clip, Kind, Medium

MEDIUM_COLUMNS = """m.sha256, coalesce(f.path, ''), coalesce(f.kind, m.kind), m.width, m.height, f.facts, m.kept,
    m.rate, m.frames, m.sound, m.message, f.subtitles, p.sha256"""

# A message's portrait, by its path; one that is refused under any name is not shown here either.
PORTRAIT = """LEFT JOIN files AS p ON p.path = json_extract(m.message, '$.portrait') AND p.state = 'taken'
    AND NOT EXISTS (SELECT 1 FROM files AS r WHERE r.sha256 = p.sha256 AND r.state = 'refused')"""

_KINDS = {kind.value: kind for kind in Kind}
# The same bytes in several folders are what comes first here: everyone is shown, and a portrait may be a photo's copy.
_RANK = {kind.value: rank for rank, kind in enumerate((Kind.PHOTO, Kind.INTERVIEW, Kind.MESSAGE, Kind.SLATE))}


def media_from(rows: Iterable[Sequence[Any]]) -> list[Medium]:
    """One medium for each hash among rows of `MEDIUM_COLUMNS` in order of path, in order of its first path."""
    first: dict[str, Sequence[Any]] = {}
    others: dict[str, list[Sequence[Any]]] = {}
    for row in rows:
        if first.setdefault(row[0], row) is not row:
            others.setdefault(row[0], []).append(row)
    return [_medium([row, *others.get(sha, ())]) for sha, row in first.items()]


def clip_from(width: int, height: int, rate: str | None, frames: int, sound: int) -> Clip | None:
    """A clip from its columns; None where they are a picture's."""
    return None if rate is None else Clip(width, height, Fraction(rate), frames, sound=bool(sound))


def _medium(rows: list[Sequence[Any]]) -> Medium:
    """A medium from the rows of all its names."""
    row = min(rows, key=lambda row: _RANK[row[2]]) if len(rows) > 1 else rows[0]
    sha, path, kind, width, height, _, kept, rate, frames, sound, message, _, portrait = row
    said = [facts_from(row[5]) for row in rows if row[5] is not None]
    facts = merged(said) if said else facts_from(kept or "{}")
    if rate is None and message is None:
        return Medium(sha, path, _KINDS[kind], _folder(path), width, height, facts)
    return Medium(
        sha,
        path,
        _KINDS[kind],
        _folder(path),
        width,
        height,
        facts,
        clip_from(width, height, rate, frames, sound),
        message_from(message) if message else None,
        next((subtitles_from(row[11]) for row in rows if row[11]), ()),
        portrait,
    )


def _folder(path: str) -> str:
    """The folder below its kind's folder; none for a slate, which is named by its absolute path."""
    return "" if path.startswith("/") else path.partition("/")[2].rpartition("/")[0]
