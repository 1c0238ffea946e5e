"""What of a standing plan stays when it is planned anew."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from projector.clock import Programme, Seconds
from projector.show.draft import EXACT, Draft, Situation
from projector.show.pool import NEVER, Tally
from projector.show.showings import Block, Showing, Showings, Shows

COMMITTED = Seconds(60.0)
# What is put up at once is planned this far ahead, so that the wall can get it ready.
LEAD = Seconds(0.5)


@dataclass(frozen=True, slots=True)
class Rest:
    """The last block that stays, to be gone on with: the showings of it that stay, how many do not.

    `bereft` are the places that lost a showing, standing or to come, `cut` those of them where it stood; `holes` are
    the bereft places of all blocks that stay.
    """

    block: Block
    kept: tuple[Showing, ...]
    dropped: int
    cut: frozenset[int | None]
    now: Programme
    bereft: frozenset[int | None] = frozenset()
    holes: tuple[tuple[Block, int | None], ...] = ()

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
    holes: list[tuple[Block, int | None]] = []
    for block in standing.blocks:
        if block.start >= horizon or (block.makeshift and block.start > now and horizon < NEVER):
            break
        if rest is not None:
            _settle(draft, tally, rest.block, rest.kept, now)
        rest = _rest(block, standing, barred, now, horizon)
        holes += [(block, cell) for cell in rest.bereft]
        if _stands_in(rest, horizon) and is_fed():
            rest = _cut_short(rest, Programme(now + LEAD))
            break
        if rest.bereft and block.cells == 1:
            break
    if rest is not None:
        _count(tally, rest.block, rest.kept, now)
        rest = replace(rest, holes=tuple(holes))
    return rest


def _rest(block: Block, standing: Showings, barred: Collection[str], now: Programme, horizon: Programme) -> Rest:
    """A block with what stays of it: begun before the horizon, and in each place nothing from a barred showing on."""
    placed = sorted((s for place in standing.places(block).values() for s in place), key=lambda s: (s.start, s.id))
    cut: dict[int | None, Programme] = {}
    for s in placed:
        if s.medium in barred and s.end > now:
            cut.setdefault(s.cell, Programme(max(s.start, now)))
    for cell, place in standing.places(block).items():  # taken away before, and nothing has come since
        if place[-1].medium in barred and place[-1].end <= now < block.end:
            cut.setdefault(cell, place[-1].end)
    kept = [
        replace(s, end=min(s.end, cut.get(s.cell, NEVER)))
        for s in placed
        if s.start < horizon and s.start < cut.get(s.cell, NEVER)
    ]
    empty = frozenset(cell for cell, at in cut.items() if at <= max(now, block.start))
    return Rest(block, tuple(kept), len(placed) - len(kept), empty, now, bereft=frozenset(cut))


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
