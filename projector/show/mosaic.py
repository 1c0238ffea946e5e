"""The changes of one mosaic: evenly spaced, dwell ÷ cells apart, in an order that does not run in rows, so that it breathes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from hashlib import blake2b
from heapq import heapify, heappop, heappush
from math import ceil

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
        self._turns = _turns(block, seed)
        self._around = {c: tuple(neighbours(c, block.columns, block.rows)) for c in range(block.cells)}
        self._places: dict[int, list[Showing]] = {cell: [] for cell in range(block.cells)}
        self._cut: set[int] = set()
        self._latest: Fact = None
        self._step = block.dwell / block.cells
        # Programme times: until when every place waits, what is settled for one.
        self._wait = self._now = Programme(float("-inf"))
        self._settled: set[int] = set()

    def fill(
        self, kept: Iterable[Showing], cut: Iterable[int], now: Programme, since: Programme, until: Programme
    ) -> list[Showing]:
        """All showings of the block that begin by `until`: those kept, and from `since` on new ones.

        `cut` places lost what stood there, and are filled at once, as are those in which nothing has stood yet.
        """
        stays = sorted(kept, key=lambda s: (s.start, s.id))
        for s in stays:
            self._places[s.cell or 0].append(s)
        if stays:
            self._latest = self._pool.fact(stays[-1].medium or "")
            begun = stays[-1].start > self._block.start
            self._wait = self._tick(max(since, stays[-1].start + (self._step if begun else 0.0)))
        self._now, self._cut = now, set(cut)
        final = {place[-1].id for cell, place in self._places.items() if place and cell not in self._cut}
        self._settled = {s.id for s in stays} - final
        self._occupy()
        queue = [(self._due(cell), cell) for cell in self._places]
        heapify(queue)
        last = min(until, self._block.end - self._block.dwell) + EXACT
        while queue and self._time(*queue[0]) <= last:
            due, cell = heappop(queue)
            heappush(queue, (self._changed(cell, due), cell))
        return [s for cell in self._places for s in self._ended(cell)]

    def settled_until(self, placed: Iterable[Showing], *, is_whole: bool) -> Programme:
        """How far a place has to be mended: to the block's end if it stays whole, else as far as the others are settled."""
        if is_whole:
            return self._block.end
        return Programme(min(self._block.end, max((s.start for s in placed), default=self._block.start)))

    def mend(
        self, placed: Iterable[Showing], cell: int, start: Programme, until: Programme, settled: Iterable[Showing]
    ) -> list[Showing]:
        """What fills a place from `start` until `until`, as far as there is anybody, and a whole dwell's time.

        `placed` are the showings of the block, `settled` those of all the plan: they stay as they are.
        """
        others = [s for s in placed if s.cell != cell]
        taken = Taken(settled, self._block.inner.seconds)
        filled: list[Showing] = []
        at = start
        while at < until - EXACT or not filled:
            showing = self._filling(cell, at, until, taken, others)
            if showing is None:
                break
            self._tally.stands(showing.medium or "", showing.end, self._block.inner.seconds)
            filled.append(showing)
            taken.add(showing)
            at = showing.end
        return filled

    def _filling(
        self, cell: int, at: Programme, until: Programme, taken: "Taken", others: Sequence[Showing]
    ) -> Showing | None:
        """What a place shows from `at` to its next moment, or to `until` where there is no other before it."""
        dwell = self._block.dwell
        end = self._slot_after(cell, at + dwell)
        if at < until < end + dwell:
            end = until if until - at >= dwell - EXACT else end
        if end > self._block.end - dwell + EXACT:
            end = self._block.end
        if end - at < dwell - EXACT:
            return None
        beside = {s.cell: s for s in others if s.start <= at < s.end}
        self._places = {c: [beside[c]] if c in beside else [] for c in self._places}
        medium = self._pool.spare(lambda sha: taken.is_free(sha, at, end), end, self._penalties(cell))
        return None if medium is None else self._make(self._block, cell, medium, at, end)

    def _occupy(self) -> None:
        """What stays is on the wall: the last of each place for as long as it is not followed."""
        for s in sorted((s for place in self._places.values() for s in place[:-1]), key=lambda s: s.end):
            self._tally.stands(s.medium or "", s.end, self._block.inner.seconds)
        for cell, place in self._places.items():
            if place and cell not in self._cut:
                self._tally.stands(place[-1].medium or "", NEVER)

    def _due(self, cell: int) -> Programme:
        """When a place changes next."""
        place = self._places[cell]
        if not place:
            return Programme(max(self._block.start, self._now))
        last = place[-1]
        if cell in self._cut:
            return Programme(max(last.end, self._now))
        return self._slot_after(cell, last.start + self._block.dwell)

    def _moment(self, number: int) -> Programme:
        """The evenly spaced moments at which places change: one in turn of each, dwell ÷ cells apart."""
        return Programme(self._block.start + self._block.dwell + number * self._step)

    def _number(self, at: float) -> int:
        """Which of the moments is the first at or after `at`."""
        return ceil((at - self._block.start - self._block.dwell) / self._step - EXACT)

    def _tick(self, at: float) -> Programme:
        return self._moment(self._number(at))

    def _slot_after(self, cell: int, at: float) -> Programme:
        """The first of a place's own moments at or after `at`."""
        first, cells = self._turns[cell], self._block.cells
        return self._moment(first + max(0, -((first - self._number(at)) // cells)) * cells)

    def _is_empty(self, cell: int) -> bool:
        return not self._places[cell] or cell in self._cut

    def _time(self, due: Programme, cell: int) -> Programme:
        """When a place has its turn: what is empty at once, others not before those have it who wait."""
        return due if due >= self._wait - EXACT or self._is_empty(cell) else self._wait

    def _changed(self, cell: int, due: Programme) -> Programme:
        """Change a place if there is a medium for it; when to look at it again."""
        place, dwell = self._places[cell], self._block.dwell
        at = self._time(due, cell)
        end = Programme(at + dwell)
        penalties = self._penalties(cell)
        if self._is_empty(cell):
            choice = self._pool.choose(at, end, penalties, place[-1].medium if place else None)
        else:
            choice = self._pool.await_turn(at, end, penalties)
        if choice.medium is None:
            if at < choice.at < NEVER:  # whoever is due before that waits too, and in the order in which they fell due
                # A moment later at least: what is free a rounding error from now would be waited for for ever.
                self._wait = max(self._wait, self._tick(max(choice.at, at + self._step / 2)))
                return self._wait if self._is_empty(cell) else due
            return self._slot_after(cell, at + self._step / 2)
        if place and cell not in self._cut:
            self._tally.stands(place[-1].medium or "", at, self._block.inner.seconds)
        self._cut.discard(cell)
        if at > due + EXACT:  # those that are late come one by one all the same
            self._wait = self._moment(self._number(at) + 1)
        self._tally.stands(choice.medium.sha256, NEVER)
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
        self._tally.stands(place[-1].medium or "", ends[-1])
        return [s if s.id in self._settled else replace(s, end=end) for s, end in zip(place, ends, strict=True)]


class Taken:
    """Where media are settled to be, each until it has mixed away."""

    def __init__(self, settled: Iterable[Showing], mix: float) -> None:
        self._mix = mix
        self._spans: dict[str, list[tuple[float, float]]] = {}
        for showing in settled:
            self.add(showing)

    def add(self, s: Showing) -> None:
        if s.medium is not None:
            self._spans.setdefault(s.medium, []).append((s.start, s.end + self._mix))

    def is_free(self, medium: str, start: float, end: float) -> bool:
        """Whether a medium is nowhere from `start` until it would have mixed away at `end`."""
        return all(end + self._mix <= a or b <= start for a, b in self._spans.get(medium, ()))


def _turns(block: Block, seed: str) -> dict[int, int]:
    """At which of the first moments each place changes: an order that does not run in rows."""
    key = f"{seed}:{block.cue_index}:{block.start:.3f}"
    order = sorted(range(block.cells), key=lambda c: blake2b(f"{key}:{c}".encode(), digest_size=8).digest())
    return {cell: turn for turn, cell in enumerate(order, start=1)}
