"""A plan while it is being made."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from projector.clock import Instant, Programme
from projector.show.calendar import Calendar
from projector.show.control import Anchor, programme_time
from projector.show.media import Medium
from projector.show.pool import NEVER
from projector.show.rundown import Show
from projector.show.showings import Block, Showing, Showings

EXACT = 1e-6

Words = Callable[[Medium, Sequence[str]], tuple[str, ...]]
"""The lines of a medium's caption, for the keys that a cue asks for."""


def no_words(_medium: Medium, _keys: Sequence[str]) -> tuple[str, ...]:
    """Captions left out."""
    return ()


@dataclass(frozen=True)
class Situation:
    """What a plan is made from besides what stands: the time, the media that may be shown, how often each has been.

    `aired` counts what is over; what is planned the planner counts itself. `expires` holds the last moment of media
    whose consent ends, `images` the hash of each slate picture that intake has, by the name the show file gives it.
    """

    show: Show
    calendar: Calendar
    anchor: Anchor
    now: Instant
    media: Sequence[Medium]
    aired: Mapping[str, int] = field(default_factory=dict)
    expires: Mapping[str, Instant] = field(default_factory=dict)
    images: Mapping[str, str] = field(default_factory=dict)
    words: Words = no_words

    @property
    def programme(self) -> Programme:
        """The place in the loop."""
        return programme_time(self.anchor, self.calendar, self.now)


class Breaks:
    """Where closings and closes fall in programme time, as things stand."""

    def __init__(self, situation: Situation) -> None:
        self._now = situation.programme
        self._is_dark = not situation.calendar.is_open(situation.now)
        self._at = [Programme(self._now + s) for s in situation.calendar.breaks(situation.now)]

    @property
    def last(self) -> Programme:
        """The end of the last evening."""
        return self._at[-1] if self._at else self._now

    def after(self, at: Programme) -> Programme:
        """The next break after a place; NEVER when there is none."""
        index = bisect_right(self._at, at + EXACT)
        return self._at[index] if index < len(self._at) else NEVER

    def is_at(self, at: Programme) -> bool:
        """Whether the wall is black just before a place: what begins there needs no mix, it has the window's fade."""
        index = bisect_right(self._at, at + EXACT)
        return (index > 0 and abs(self._at[index - 1] - at) < EXACT) or (self._is_dark and at <= self._now + EXACT)


class Draft:
    """Whole blocks, and the showings of each."""

    def __init__(self, standing: Showings, origin: Programme, ids: tuple[int, int] | None = None) -> None:
        self.origin = origin
        self.blocks: list[Block] = []
        self.showings: dict[int, list[Showing]] = {}
        free = ids or (1, 1)
        self.block_ids = count(max((b.id + 1 for b in standing.blocks), default=free[0]) if ids is None else free[0])
        self.showing_ids = count(max((s.id + 1 for s in standing), default=free[1]) if ids is None else free[1])

    @property
    def last(self) -> Block | None:
        return self.blocks[-1] if self.blocks else None

    @property
    def end(self) -> Programme:
        """Where the next block begins."""
        return self.blocks[-1].end if self.blocks else self.origin

    def add(self, block: Block, showings: Iterable[Showing]) -> None:
        self.blocks.append(block)
        self.showings[block.id] = list(showings)

    def put(self, block: Block, showings: Iterable[Showing]) -> None:
        """The last block anew."""
        self.blocks[-1] = block
        self.showings[block.id] = list(showings)

    def drop(self) -> None:
        """No last block."""
        self.showings.pop(self.blocks.pop().id)

    def alone(self, block: Block) -> Showing:
        """The one showing of a block without media."""
        return Showing(next(self.showing_ids), block.id, None, None, block.start, block.end)

    def stretch(self, end: Programme) -> None:
        """What is on air at the end of the last block stays longer."""
        block = self.blocks[-1]
        placed = self.showings[block.id]
        stretched = [replace(s, end=end) if abs(s.end - block.end) < EXACT else s for s in placed]
        self.put(replace(block, end=end), stretched)

    def leaving(self) -> list[str]:
        """The media that stand at the end of the last block."""
        if not self.blocks:
            return []
        block = self.blocks[-1]
        return [s.medium for s in self.showings[block.id] if s.medium is not None and s.end > block.end - EXACT]

    def frozen(self) -> Showings:
        return Showings(self.blocks, (s for placed in self.showings.values() for s in placed))
