"""What the planner writes: blocks and the showings in them, in programme time."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from projector.clock import Programme, Seconds

Texts = tuple[tuple[str, str], ...]
"""One text in several languages, in the order in which they are set: ((BCP 47, text), …)."""


class How(StrEnum):
    """How one picture gives way to the next."""

    CUT = "cut"
    MIX = "mix"
    DIP = "dip"


@dataclass(frozen=True, slots=True)
class Transition:
    """A transition and its length; a cut has none."""

    how: How = How.CUT
    seconds: Seconds = Seconds(0.0)


CUT = Transition()


class Fit(StrEnum):
    """How a photo lies in its place: whole, with black round it, or filling it."""

    CONTAIN = "contain"
    COVER = "cover"


class Shows(StrEnum):
    """What a block shows."""

    TEXT = "text"
    SLATE = "slate"
    BLACK = "black"
    MEDIA = "media"


@dataclass(frozen=True, slots=True)
class Block:
    """One playing of one cue: `start` until `end`, a grid of `columns` × `rows` (1 × 1 is full screen).

    `transition` is how the block as a whole comes up; `inner` is how a place changes within it. `makeshift` says that
    it stands only for want of media (a slate instead of photos, a smaller grid), and gives way when there are more.
    `remaining` is what of its cue is still owed after it: seconds of a mosaic, media of a cue that shows one after the
    other. `subtitles` are the languages in which its clips are subtitled.
    """

    id: int
    cue: str
    cue_index: int
    shows: Shows
    start: Programme
    end: Programme
    transition: Transition = CUT
    inner: Transition = CUT
    dwell: Seconds = Seconds(0.0)
    columns: int = 1
    rows: int = 1
    fit: Fit = Fit.CONTAIN
    texts: Texts = ()
    image: str | None = None
    caption: tuple[str, ...] = ()
    name: str = ""
    makeshift: bool = False
    remaining: float = 0.0
    subtitles: tuple[str, ...] = ()

    @property
    def cells(self) -> int:
        """How many places the grid has."""
        return self.columns * self.rows


@dataclass(frozen=True, slots=True)
class Showing:
    """A medium planned in one place for one stretch.

    `start`: its transition begins; `end`: the next one's begins in that place. `cell` is row by row from 0, None when
    full screen; `medium` is None for set text, slate and black. `words` are the lines of its caption, as they are to be set.
    """

    id: int
    block: int
    cell: int | None
    medium: str | None
    start: Programme
    end: Programme
    words: tuple[str, ...] = ()


class Showings:
    """Blocks and their showings, indexed by programme time. Immutable once made."""

    def __init__(self, blocks: Iterable[Block], showings: Iterable[Showing]) -> None:
        self.blocks: tuple[Block, ...] = tuple(sorted(blocks, key=lambda b: (b.start, b.id)))
        self._starts = [b.start for b in self.blocks]
        self._places: dict[int, dict[int | None, list[Showing]]] = {b.id: {} for b in self.blocks}
        self._count = 0
        for showing in sorted(showings, key=lambda s: (s.start, s.id)):
            places = self._places.get(showing.block)
            if places is not None:
                places.setdefault(showing.cell, []).append(showing)
                self._count += 1

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Showing]:
        for block in self.blocks:
            for place in self._places[block.id].values():
                yield from place

    @property
    def end(self) -> Programme:
        """Where the last block ends; 0 when there is none."""
        return self.blocks[-1].end if self.blocks else Programme(0.0)

    def block_at(self, at: Programme) -> Block | None:
        """The block on air at a programme time, or None where nothing is planned."""
        index = bisect_right(self._starts, at) - 1
        if index < 0 or self.blocks[index].end <= at:
            return None
        return self.blocks[index]

    def block_before(self, block: Block) -> Block | None:
        """The block that ends where this one starts."""
        index = self.blocks.index(block) - 1
        return self.blocks[index] if index >= 0 and abs(self.blocks[index].end - block.start) < 1e-6 else None

    def block_after(self, at: Programme) -> Block | None:
        """The first block that starts after a programme time."""
        index = bisect_right(self._starts, at)
        return self.blocks[index] if index < len(self.blocks) else None

    def places(self, block: Block) -> dict[int | None, list[Showing]]:
        """The showings of a block by cell, each list in order of start."""
        return self._places[block.id]
