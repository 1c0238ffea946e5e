"""What there is of clips and of messages' portraits, for intake: whatever is missing is made, or made again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from projector.ledger.database import Ledger
from projector.ledger.finding import marks
from projector.ledger.rows import PORTRAIT, clip_from
from projector.show.media import Clip
from projector.show.picture import Size

CLIP = "clip"
SOUND = "sound"
FIRST = "first"
LAST = "last"


@dataclass(frozen=True, slots=True)
class House:
    """A clip's house copy: what it is, a path at which its original lies, its canvas, the kinds of rendition there are."""

    sha256: str
    path: str
    clip: Clip
    made_for: Size
    kinds: frozenset[str]

    @property
    def is_whole(self) -> bool:
        """Whether all of it is there."""
        return self.kinds >= ({CLIP, FIRST, LAST} | ({SOUND} if self.clip.sound else set()))

    def is_outgrown(self, canvas: Size) -> bool:
        """Whether its original, as far as can be told, would fill this canvas, and it was made for a smaller one."""
        # Sizes are even: what is two pixels less than its canvas may have been made to fill it.
        filled = self.clip.width > self.made_for.width - 2 or self.clip.height > self.made_for.height - 2
        return filled and min(canvas.width / self.clip.width, canvas.height / self.clip.height) > 1.02


def houses(ledger: Ledger, hashes: Collection[str] | None = None) -> list[House]:
    """The house copies of all clips of which a file is taken, or of those clips named, taken or not."""
    query = """SELECT m.sha256, coalesce(min(f.path), ''), m.width, m.height, m.rate, m.frames, m.sound, m.made_for,
        group_concat(DISTINCT r.kind) FROM media AS m
        {} JOIN files AS f ON f.sha256 = m.sha256 AND f.state = 'taken'
        LEFT JOIN renditions AS r ON r.medium = m.sha256
        WHERE m.rate IS NOT NULL {} GROUP BY m.sha256 ORDER BY m.sha256"""
    with ledger.read() as connection:
        if hashes is None:
            return [_house(row) for row in connection.execute(query.format("", ""))]
        named = list(hashes)
        rows = connection.execute(query.format("LEFT", f"AND m.sha256 IN ({marks(named)})"), named)
        return [_house(row) for row in rows]


def portraits_without_copy(ledger: Ledger) -> list[str]:
    """The portraits of taken messages, by hash, that have no wall-size copy and are not asked for."""
    query = f"""SELECT DISTINCT p.sha256 FROM media AS m {PORTRAIT} WHERE m.message IS NOT NULL AND p.sha256 IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM renditions WHERE medium = p.sha256 AND kind = 'wall')
        AND NOT EXISTS (SELECT 1 FROM wanted WHERE medium = p.sha256) ORDER BY p.sha256"""
    with ledger.read() as connection:
        return [sha for (sha,) in connection.execute(query)]


def _house(row: Sequence[Any]) -> House:
    sha, path, width, height, rate, frames, sound, made_for, kinds = row
    clip = clip_from(width, height, rate, frames, sound)
    assert clip is not None  # noqa: S101  (the query says so)
    across, down = map(int, (made_for or "0x0").split("x"))
    return House(sha, path, clip, Size(across, down), frozenset((kinds or "").split(",")))
