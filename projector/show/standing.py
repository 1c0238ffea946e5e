"""What of a standing plan stays when it is planned anew."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from projector.clock import Programme, Seconds
from projector.show.draft import EXACT, Draft, Situation
from projector.show.pool import NEVER, Tally
from projector.show.showings import Block, Showing, Showings, Shows

COMMITTED = Seconds(60.0)
# What is put up at once is planned this far ahead, so that the wall can get it ready.
LEAD = Seconds(0.5)


@dataclass(frozen=True, slots=True)
class Hole:
    """What a removal leaves of a place: nothing from `start` to `end`, or (None) to the end of the block."""

    block: Block
    cell: int | None
    start: Programme
    end: Programme | None


@dataclass(frozen=True, slots=True)
class Rest:
    """The last block that stays, to be gone on with: the showings of it that stay, how many do not.

    `holes` are those of this block, and when all is gathered of all blocks that stay.
    """

    block: Block
    kept: tuple[Showing, ...]
    dropped: int
    cut: frozenset[int | None]
    now: Programme
    holes: tuple[Hole, ...] = ()

    def own_end(self, natural: float) -> Programme:
        """Where the block would end if it had not been stretched, but not in the past."""
        return Programme(max(natural, min(self.block.end, self.now + LEAD)))


def keep(
    draft: Draft,
    tally: Tally,
    situation: Situation,
    standing: Showings,
    barred: Collection[str],
    horizon: Programme,
    is_fed: Callable[[], bool],
) -> Rest | None:
    """Take over into the draft all that stays but the last block, which is returned with what all of them have lost.

    `is_fed` says whether any cue has media, so that a slate that stands in for them has to go.
    """
    now = situation.programme
    if standing.blocks and standing.end < now - EXACT and horizon < NEVER:
        _restart(draft, tally, standing, now)
        return None
    rest: Rest | None = None
    holes: list[Hole] = []
    for block in standing.blocks:
        if block.start >= horizon or (block.makeshift and block.start > now and horizon < NEVER):
            break
        if rest is not None:
            _settle(draft, tally, rest.block, rest.kept, now)
        rest = _rest(block, standing, barred, now, horizon)
        holes += rest.holes
        if _stands_in(rest, horizon) and is_fed():
            rest = _cut_short(rest, Programme(now + LEAD))
            break
        if rest.holes and block.cells == 1:
            break
    if rest is not None:
        _count(tally, rest.block, rest.kept, now)
        rest = replace(rest, holes=tuple(holes))
    return rest


def _rest(block: Block, standing: Showings, barred: Collection[str], now: Programme, horizon: Programme) -> Rest:
    """A block with what stays of it: begun before the horizon, and not barred."""
    kept: list[Showing] = []
    holes: list[Hole] = []
    for cell, place in standing.places(block).items():
        stays, lost = _torn(block, place, barred, now, horizon)
        kept += stays
        holes += [Hole(block, cell, start, end) for start, end in lost]
    kept.sort(key=lambda s: (s.start, s.id))
    count = sum(map(len, standing.places(block).values()))
    cut = frozenset(hole.cell for hole in holes if hole.end is None and hole.start <= max(now, block.start))
    return Rest(block, tuple(kept), count - len(kept), cut, now, tuple(holes))


def _torn(
    block: Block, place: Sequence[Showing], barred: Collection[str], now: Programme, horizon: Programme
) -> tuple[list[Showing], list[tuple[Programme, Programme | None]]]:
    """The showings of a place that stay, and the holes between them; the last may be open.

    A hole on air is at least a dwell long, so that what fills it has one: what would have begun in that time is lost.
    """
    kept: list[Showing] = []
    lost: list[tuple[Programme, Programme | None]] = []
    for s in (s for s in place if s.start < horizon):
        is_open = bool(lost) and lost[-1][1] is None
        if s.medium in barred and s.end > now:
            if s.start < now:
                kept.append(replace(s, end=now))
            if not is_open:
                lost.append((Programme(max(s.start, now)), None))
        elif not is_open:
            kept.append(s)
        elif block.cells > 1 and s.start >= lost[-1][0] + block.dwell - EXACT:
            lost[-1] = (lost[-1][0], s.start)
            kept.append(s)
    if kept and kept[-1].end <= now < block.end and not lost:
        lost.append((now, None))  # it was taken away before, and nothing has come since
    return kept, lost


def _stands_in(rest: Rest, horizon: Programme) -> bool:
    """Whether a block that may still be changed is a slate for want of media."""
    block = rest.block
    return block.makeshift and block.shows is Shows.SLATE and block.end > rest.now and horizon < NEVER


def _cut_short(rest: Rest, end: Programme) -> Rest:
    """What stands in for want of something better goes at `end`."""
    end = min(rest.block.end, end)
    kept = tuple(replace(s, end=min(s.end, end)) for s in rest.kept)
    return replace(rest, block=replace(rest.block, end=end), kept=kept)


def _settle(draft: Draft, tally: Tally, block: Block, showings: Collection[Showing], now: Programme) -> None:
    draft.add(block, showings)
    _count(tally, block, showings, now)


def _count(tally: Tally, block: Block, showings: Collection[Showing], now: Programme) -> None:
    """Count what is not over; what is over is counted by its airing."""
    for s in showings:
        if s.medium is not None:
            tally.stands(s.medium, s.end, block.inner.seconds)
            if s.end > now:
                tally.shown[s.medium] = tally.count(s.medium) + 1


def _restart(draft: Draft, tally: Tally, standing: Showings, now: Programme) -> None:
    """The plan ran out while nobody planned: go on now, with the cue after the last that was planned."""
    for block in standing.blocks:
        _settle(draft, tally, block, [s for place in standing.places(block).values() for s in place], now)
    last = draft.blocks[-1]
    idle = Block(next(draft.block_ids), "slate", last.cue_index + 1, Shows.SLATE, last.end, now, makeshift=True)
    draft.add(idle, [draft.alone(idle)])
