"""Which copies are still to be made: what the planner wants, what became too small, what the store has lost."""

from collections import deque
from collections.abc import Collection, Sequence

from projector.intake.sizes import Wants, targets
from projector.intake.store import Store
from projector.ledger.clips import House, houses, portraits_without_copy
from projector.ledger.database import Ledger
from projector.ledger.media import (
    Copies,
    all_renditions,
    copies_taken,
    forget_renditions,
    renditions_of,
    size_of,
    want,
    wanted,
)
from projector.ledger.revisions import revisions
from projector.show.folders import Form, reader_of
from projector.show.picture import Size

USUAL = Size(1920, 1080)  # the canvas of a show that does not say


class Demand:
    """Knows, for bytes that a worker has read, what has to be made of them, and which files to read again for copies.

    Small copies are made of every photo. Wall-size ones are made of the slate's pictures and of the portraits of messages
    at once, of others when wanted. A clip has one house copy, for the canvas.
    """

    def __init__(self, ledger: Ledger, store: Store, wants: Wants) -> None:
        self._ledger = ledger
        self._wants = wants
        self._wanted: frozenset[str] = frozenset()
        self._unplaced: set[str] = set()
        self._revision = self._revision_of_media = 0
        self._swept = False
        self._clips: deque[str] = deque()
        self._walls: deque[str] = deque()
        self._outgrown: deque[str] = deque()
        self._underway: dict[str, str] = {}
        lost = {copy.sha256 for _, _, copy in all_renditions(ledger)} - store.held()
        forget_renditions(ledger, lost)

    def __bool__(self) -> bool:
        return bool(self._walls or self._outgrown or self._clips) or not self._swept

    def change(self, wants: Wants) -> None:
        """From now on these copies are wanted; those there are and too small are asked for again."""
        self._swept = self._swept and wants == self._wants
        self._wants = wants

    def turn(self) -> None:
        """Read what the planner has asked for since, and, after a change of what is wanted, go through all there is."""
        if not self._swept:
            self._swept = True
            self._outgrown.extend(
                c.path for c in copies_taken(self._ledger) if self._lacking(c, wall=c.wall is not None)
            )
            self._clips.extend(house.path for house in houses(self._ledger) if self._is_poor(house))
        self._hear()

    def next_wall(self, busy: Collection[str]) -> str | None:
        """The path of the next file of which a wall-size copy is wanted, of those that are not being read just now."""
        path = next((path for path in self._walls if path not in busy), None)
        if path is not None:
            self._walls.remove(path)
        return path

    def next_outgrown(self) -> str | None:
        """The path of the next file of which a copy has become too small, or was lost."""
        return self._outgrown.popleft() if self._outgrown else None

    def next_clip(self) -> str | None:
        """The path of the next clip whose house copy was lost, or has become too small."""
        return self._clips.popleft() if self._clips else None

    def decide(self, path: str, sha256: str) -> Wants | None:
        """What to make of bytes that were read at a path; None where they have all copies, or are being made already."""
        if self._underway.get(sha256, path) != path:
            return None
        if reader_of(path) is Form.CLIP:
            lacking = self._lacking_of_clip(sha256)
        else:
            lacking = self._lacking_of(sha256, wall=sha256 in self._wanted or path.startswith("/"))
        if lacking is not None:
            self._underway[sha256] = path
        return lacking

    def underway(self, sha256: str) -> bool:
        """Whether these bytes are being made into copies, or the copies are not yet written down."""
        return sha256 in self._underway

    def release(self, path: str) -> None:
        """What was underway for a path has failed."""
        self._underway = {sha: at for sha, at in self._underway.items() if at != path}

    def written(self, paths: Collection[str]) -> None:
        """What was underway for these paths is in the ledger, where a wish that came too early finds it now."""
        self._underway = {sha: at for sha, at in self._underway.items() if at not in paths}
        self._ask_for(list(self._unplaced))
        self._hear()

    def _hear(self) -> None:
        """Read what is wanted, where that has moved: by the planner, or by messages and their portraits that came."""
        counts = revisions(self._ledger)
        if (revision := counts.get("media", 0)) != self._revision_of_media:
            self._revision_of_media = revision
            want(self._ledger, portraits_without_copy(self._ledger))
            counts = revisions(self._ledger)
        if (revision := counts.get("wanted", 0)) != self._revision:
            self._revision = revision
            before, self._wanted = self._wanted, frozenset(asked := wanted(self._ledger))
            self._ask_for([sha for sha in asked if sha not in before])

    def _ask_for(self, hashes: Sequence[str]) -> None:
        paths = {copies.sha256: copies.path for copies in copies_taken(self._ledger, hashes)}
        self._unplaced = (self._unplaced | set(hashes)) - paths.keys()
        self._walls.extend(paths[sha] for sha in hashes if sha in paths)

    def _lacking_of_clip(self, sha256: str) -> Wants | None:
        there = houses(self._ledger, [sha256])
        return None if there and not self._is_poor(there[0]) else Wants(None, wall=self._wants.wall or USUAL)

    def _is_poor(self, house: House) -> bool:
        return not house.is_whole or house.is_outgrown(self._wants.wall or USUAL)

    def _lacking_of(self, sha256: str, *, wall: bool) -> Wants | None:
        size = size_of(self._ledger, sha256)
        if size is None:
            return Wants(self._wants.small, self._wants.cover, self._wants.wall if wall else None)
        there = {
            kind: Size(r.width, r.height) for kind, r in renditions_of(self._ledger, [sha256]).get(sha256, {}).items()
        }
        copies = Copies(sha256, "", size, there.get("small"), there.get("wall"))
        return self._lacking(copies, wall=wall or copies.wall is not None)

    def _lacking(self, copies: Copies, *, wall: bool) -> Wants | None:
        """The copies, of those wanted, that are missing or too small; None when none is."""
        aims = targets(copies.size, self._wants)
        small = self._wants.small if _too_small(copies.small, aims.get("small")) else None
        large = self._wants.wall if wall and _too_small(copies.wall, aims.get("wall")) else None
        return Wants(small, self._wants.cover, large) if small or large else None


def _too_small(copy: Size | None, aim: Size | None) -> bool:
    if aim is None:
        return False
    return copy is None or copy.width < aim.width or copy.height < aim.height
