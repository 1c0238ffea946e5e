"""The changes of one mosaic: evenly spaced, dwell ÷ cells apart, in an order that does not run in rows, so that it breathes."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from hashlib import blake2b
from heapq import heapify, heappop, heappush

from projector.clock import Programme
from projector.show.draft import EXACT
from projector.show.media import Medium
from projector.show.pool import NEVER, Fact, Pool, Tally, neighbours
from projector.show.showings import Block, Showing

BESIDE, AFTER, LATELY = 4, 4, 1
"""How ill two of a kind sit: side by side, one after the other in a place, one after the other on the wall."""

MakeShowing = Callable[[Block, int | None, Medium, Programme, Programme], Showing]


class Mosaic:
    """Fills the places of a block from its start, or from where the showings that stay leave off.

    All places come up together and go together, with first and last dwells of one to two dwells; a place whose next
    medium is still leaving the wall elsewhere waits for it.
    """

    def __init__(self, block: Block, pool: Pool, tally: Tally, seed: str, make: MakeShowing) -> None:
        self._block, self._pool, self._tally, self._make = block, pool, tally, make
        self._slots = _slots(block, seed)
        self._around = {c: tuple(neighbours(c, block.columns, block.rows)) for c in range(block.cells)}
        self._places: dict[int, list[Showing]] = {cell: [] for cell in range(block.cells)}
        self._cut: set[int] = set()
        self._latest: Fact = None

    def fill(self, kept: Iterable[Showing], cut: Iterable[int], until: Programme) -> list[Showing]:
        """All showings of the block that begin by `until`. `cut` places lost what stood there, and are filled at once."""
        for s in sorted(kept, key=lambda s: (s.start, s.id)):
            self._places[s.cell or 0].append(s)
        self._occupy()
        self._cut = set(cut)
        queue = [(self._due(cell), cell) for cell in self._places]
        heapify(queue)
        last = min(until, self._block.end - self._block.dwell) + EXACT
        while queue and queue[0][0] <= last:
            at, cell = heappop(queue)
            heappush(queue, (self._changed(cell, at), cell))
        return [s for cell in self._places for s in self._ended(cell)]

    def _occupy(self) -> None:
        """What stays is on the wall: the last of each place for as long as it is not followed."""
        for place in self._places.values():
            for s in place[:-1]:
                self._tally.busy[s.medium or ""] = Programme(s.end + self._block.inner.seconds)
        for place in self._places.values():
            if place:
                self._tally.busy[place[-1].medium or ""] = NEVER

    def _due(self, cell: int) -> Programme:
        """When a place changes next."""
        place = self._places[cell]
        if not place:
            return self._block.start
        last = place[-1]
        return last.end if cell in self._cut else self._slot_after(cell, last.start + self._block.dwell)

    def _slot_after(self, cell: int, at: float) -> Programme:
        """The first of a place's own moments at or after `at`."""
        first, dwell = self._slots[cell], self._block.dwell
        laps = max(0, int(-((first - at) // dwell)))
        slot = first + laps * dwell
        return Programme(slot - dwell if laps and slot - dwell >= at - EXACT else slot)

    def _changed(self, cell: int, at: Programme) -> Programme:
        """Change a place if there is a medium for it; when to look at it again."""
        place, dwell = self._places[cell], self._block.dwell
        end = Programme(at + dwell)
        penalties = self._penalties(cell)
        if not place or cell in self._cut:
            choice = self._pool.choose(at, end, penalties, place[-1].medium if place else None)
        else:
            choice = self._pool.await_turn(at, end, penalties)
        if choice.medium is None:
            return choice.at if at < choice.at < NEVER else end
        if place:
            self._tally.busy[place[-1].medium or ""] = Programme(at + self._block.inner.seconds)
        self._cut.discard(cell)
        self._tally.busy[choice.medium.sha256] = NEVER
        place.append(self._make(self._block, cell, choice.medium, at, end))
        self._latest = self._pool.fact(choice.medium.sha256)
        return self._slot_after(cell, end)

    def _penalties(self, cell: int) -> dict[Fact, int]:
        """How ill each fact would sit in a place."""
        weights: dict[Fact, int] = {self._latest: LATELY}
        for other, weight in ((cell, AFTER), *self._around[cell]):
            if self._places[other]:
                fact = self._pool.fact(self._places[other][-1].medium or "")
                weights[fact] = weights.get(fact, 0) + weight
        weights.pop(None, None)
        return weights

    def _ended(self, cell: int) -> list[Showing]:
        """The showings of a place, each until the next begins, the last until the block ends, or where it was cut."""
        place = self._places[cell]
        if not place:
            return []
        ends = [*(s.start for s in place[1:]), place[-1].end if cell in self._cut else self._block.end]
        return [replace(s, end=end) for s, end in zip(place, ends, strict=True)]


def _slots(block: Block, seed: str) -> dict[int, float]:
    """The first moment at which each place changes, after one to two dwells."""
    key = f"{seed}:{block.cue_index}:{block.start:.3f}"
    order = sorted(range(block.cells), key=lambda c: blake2b(f"{key}:{c}".encode(), digest_size=8).digest())
    step = block.dwell / block.cells
    return {cell: block.start + block.dwell + (rank + 1) * step for rank, cell in enumerate(order)}
