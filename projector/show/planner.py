"""The planner: rundown, media and calendar in, blocks and showings out. Pure; all places are in programme time."""

from collections.abc import Collection
from dataclasses import replace
from typing import assert_never

from projector.clock import Programme, Seconds
from projector.show.asking import MediaCue, SingleCue, asks_for
from projector.show.draft import EXACT, Breaks, Draft, Situation
from projector.show.layout import shrunk
from projector.show.media import Medium
from projector.show.mosaic import Mosaic
from projector.show.pool import NEVER, Fact, Pool, Tally
from projector.show.pools import Pools, stands_until
from projector.show.rundown import BlackCue, Cue, InterviewCue, MessageCue, MosaicCue, PhotoCue, SlateCue, TitleCue
from projector.show.showings import CUT, Block, Showing, Showings, Shows, Texts
from projector.show.standing import COMMITTED, Hole, Rest, keep

HORIZON = Seconds(3600.0)


def plan(
    situation: Situation,
    standing: Showings,
    until: Programme,
    *,
    barred: Collection[str] = (),
    ids: tuple[int, int] | None = None,
    commit: Seconds = COMMITTED,
) -> Showings:
    """Plan anew: what is committed stays, all after it is planned until `until` (a block may reach past it).

    Committed is what begins within `commit` of now and is not makeshift. `barred` media are taken out even of that, and
    their places filled. Blocks and showings that stay keep their ids; `ids` are free for new ones.
    """
    for ahead in (max(commit, EXACT), EXACT):
        horizon = Programme(situation.programme + ahead)
        planning = _Planning(situation, standing, ids, horizon)
        planning.rest = keep(
            planning.draft, planning.tally, situation, standing, barred, horizon, lambda: _is_fed(situation)
        )
        # Where too few media are left to fill a gap in what is committed, only what is on air stays.
        if planning.mends() or ahead == EXACT:
            break
    return planning.run(until)


def extend(
    situation: Situation, standing: Showings, until: Programme, *, ids: tuple[int, int] | None = None
) -> Showings:
    """All that stands, and more of it until `until`."""
    planning = _Planning(situation, standing, ids, NEVER)
    planning.rest = keep(planning.draft, planning.tally, situation, standing, (), NEVER, lambda: False)
    return planning.run(until, as_it_is=True)


class _Planning:
    """One run of the planner."""

    def __init__(
        self, situation: Situation, standing: Showings, ids: tuple[int, int] | None, horizon: Programme
    ) -> None:
        self._horizon = horizon
        self._s = situation
        self._show = situation.show
        self._breaks = Breaks(situation)
        self._until = NEVER
        now = situation.programme
        expires = {
            sha: Programme(now + situation.calendar.open_seconds(situation.now, at))
            for sha, at in situation.expires.items()
        }
        self.draft = Draft(standing, now, ids)
        self.tally = Tally(dict(situation.aired))
        self._pools = Pools(self._show, situation.media, self.tally, expires)
        self._clips = {m.sha256: m.clip.seconds for m in situation.media if m.clip is not None}
        self.rest: Rest | None = None

    def run(self, until: Programme, *, as_it_is: bool = False) -> Showings:
        """Go on with the last block that stays, then cue after cue. `as_it_is`: the end of that block is not moved."""
        self._until = until
        if self.rest is not None:
            self._continue(self.rest, as_it_is=as_it_is)
        goal = min(until, self._breaks.last) - EXACT
        while self.draft.end < goal:
            self._next()
        return self.draft.frozen()

    # The rest of the block that was last to stay ----------------------------------------------------------------

    def _continue(self, rest: Rest, *, as_it_is: bool) -> None:
        block = rest.block
        pool = self._pools.of(block.cue_index) if block.shows is Shows.MEDIA else None
        cue = self._show.rundown[block.cue_index] if pool is not None else None
        if as_it_is or not pool:
            self.draft.add(block, rest.kept)
            if as_it_is and pool and isinstance(cue, MosaicCue):
                self._fill(pool, rest.kept, ())
            elif not as_it_is and not (block.makeshift and block.shows is Shows.SLATE):
                self._wind_up(rest)
        elif isinstance(cue, MosaicCue):
            self._continue_mosaic(rest, pool, cue)
        else:
            self._continue_singles(rest)

    def mends(self) -> bool:
        """Put media into the holes that removals have torn into mosaics; False when not all of them can be filled."""
        holes = self.rest.holes if self.rest else ()
        filled = [self._mend(hole) for hole in holes]
        return all(filled)

    def _mend(self, hole: Hole) -> bool:
        pool, rest = self._pools.of(hole.block.cue_index), self.rest
        if rest is None or pool is None or not isinstance(self._show.rundown[hole.block.cue_index], MosaicCue):
            return True
        if not pool:
            return False
        is_last = hole.block.id == rest.block.id
        placed = list(rest.kept) if is_last else self.draft.showings[hole.block.id]
        settled = [*(s for others in self.draft.showings.values() for s in others), *rest.kept]
        mosaic = Mosaic(hole.block, pool, self.tally, self._show.seed, self._showing)
        until = hole.end or mosaic.settled_until(placed, is_whole=not is_last)
        new = mosaic.mend(placed, hole.cell or 0, hole.start, until, settled)
        if is_last:
            self.rest = replace(rest, kept=(*placed, *new), cut=rest.cut - {hole.cell} if new else rest.cut)
        else:
            self.draft.showings[hole.block.id] = [*placed, *new]
        reached = new[-1].end if new else hole.start
        # In less than a dwell nobody can have theirs: the place stays empty, and the rest of the plan as it is.
        return (bool(new) and reached >= until - EXACT) or reached > hole.block.end - hole.block.dwell + EXACT

    def _wind_up(self, rest: Rest) -> None:
        """Each place of a block that has no cue to go on with stands its dwell, and goes with the others."""
        final = {s.cell: s for s in rest.kept}
        ends = [s.start + self._length(rest.block, s.medium) for s in final.values()]
        end = rest.own_end(max(ends, default=rest.block.start + rest.block.dwell))
        if final.keys() <= rest.cut:  # all that stood there has been taken away
            end = max((s.end for s in rest.kept), default=rest.block.start)
        if end <= rest.block.start:
            self.draft.drop()
            return
        block = replace(rest.block, end=end, remaining=0)
        self.draft.put(
            block, [replace(s, end=end) if final[s.cell] is s and s.cell not in rest.cut else s for s in rest.kept]
        )

    def _continue_singles(self, rest: Rest) -> None:
        owed = int(rest.block.remaining) + rest.dropped
        kept = list(rest.kept)
        if kept:
            final = kept[-1]
            natural = final.start + self._length(rest.block, final.medium)
            end = final.end if None in rest.cut else rest.own_end(natural)
            kept[-1] = replace(final, end=end)
            self.tally.stands(final.medium or "", end, rest.block.inner.seconds)
        else:
            end = rest.block.start
        block = replace(rest.block, end=end)
        end, placed, left = self._single_run(block, end, owed, kept[-1].medium if kept else None)
        if kept or placed:
            self.draft.add(replace(block, end=end, remaining=left), [*kept, *placed])

    def _continue_mosaic(self, rest: Rest, pool: Pool, cue: MosaicCue) -> None:
        block = rest.block
        columns, rows = shrunk(*cue.grid, len(pool))
        asked = Programme(block.end + block.remaining)
        soonest = max((s.start for s in rest.kept), default=block.start) + block.dwell
        end = Programme(max(soonest, min(asked, self._breaks.after(block.start))))
        if block.makeshift and columns * rows > block.cells:
            end = rest.own_end(soonest)
        self.draft.add(replace(block, end=end, remaining=_owed(asked, end, block.dwell)), [])
        self._fill(pool, rest.kept, rest.cut, self._horizon)

    # What comes next -------------------------------------------------------------------------------------------

    def _next(self) -> None:
        """Plan the next block, or let what is on air stay until the break before which nothing fits."""
        start = self.draft.end
        until = self._breaks.after(start)
        candidates = self._candidates()
        for index, owed in candidates:
            cue = self._show.rundown[index]
            if not self._pools.is_fed and isinstance(cue, MediaCue):
                length = cue.length if isinstance(cue, MosaicCue) else self._show.dwell_of(cue) * cue.count
                self._fill_in(index, start, Programme(min(until, start + length)))
                return
            if not self._is_playable(index):
                continue
            if isinstance(cue, InterviewCue | MessageCue) or start + self._show.dwell_of(cue) <= until + EXACT:
                # A clip that does not fit before the break is passed over until it does.
                if self._plays(index, cue, start, until, owed):
                    return
            elif self.draft.last is not None and not self._breaks.is_at(start):
                self._stretch(until)
                return
        self._while_away(candidates[0], start, until)

    def _while_away(self, candidate: tuple[int, float], start: Programme, until: Programme) -> None:
        """Nothing fits any more before a break, or nothing can play: a still stays until then, else the slate comes."""
        last = self.draft.last
        if not self._pools.is_fed or last is None:
            self._fill_in(candidate[0], start, until, candidate[1])
        elif self._breaks.is_at(start) or last.shows is Shows.MEDIA:
            self._fill_in(last.cue_index, start, until, last.remaining, makeshift=False)
        else:
            self._stretch(until)

    def _stretch(self, end: Programme) -> None:
        """What is on air at the end of the last block stays until a break; a mosaic goes on breathing."""
        self.draft.stretch(end)
        block = self.draft.blocks[-1]
        pool = self._pools.of(block.cue_index) if block.shows is Shows.MEDIA else None
        if pool and isinstance(self._show.rundown[block.cue_index], MosaicCue):
            self._fill(pool, self.draft.showings[block.id], ())

    def _candidates(self) -> list[tuple[int, float]]:
        """The cues in the order in which they may come next, each with what is owed of it (0: all of it)."""
        last = self.draft.last
        size = len(self._show.rundown)
        if last is None:
            return [(i, 0.0) for i in range(size)]
        following = [((last.cue_index + 1 + i) % size, 0.0) for i in range(size)]
        cue = self._show.rundown[last.cue_index % size]
        if last.makeshift and last.shows is Shows.SLATE and (self._pools.is_fed or not isinstance(cue, MediaCue)):
            return [(last.cue_index % size, last.remaining), *following[:-1]]  # its cue has had no turn yet
        return [(last.cue_index % size, last.remaining), *following] if last.remaining > 0 else following

    def _is_playable(self, index: int) -> bool:
        """Whether a cue would play if there were room: there are media for it, or it wants none."""
        return bool(self._pools.of(index)) if isinstance(self._show.rundown[index], MediaCue) else True

    def _plays(self, index: int, cue: Cue, start: Programme, until: Programme, owed: float) -> bool:
        match cue:
            case TitleCue():
                self._alone(index, cue, Shows.TEXT, start, self._show.in_order(cue.text))
            case SlateCue():
                self._alone(
                    index, cue, Shows.SLATE, start, self._show.in_order(cue.text), self._s.images.get(cue.image or "")
                )
            case BlackCue():
                self._alone(index, cue, Shows.BLACK, start)
            case MosaicCue():
                self._mosaic(index, cue, start, until, owed)
            case PhotoCue() | InterviewCue() | MessageCue():
                return self._singles(index, cue, start, owed)
            case _:
                assert_never(cue)
        return True

    def _block(self, index: int, cue: Cue, shows: Shows, start: Programme) -> Block:
        change = self._show.transition_of(cue)
        entry = CUT if self._breaks.is_at(start) or self.draft.last is None else change
        dwell = self._show.dwell_of(cue)
        ident = next(self.draft.block_ids)
        return Block(
            ident, cue.cue, index, shows, start, Programme(start + dwell), entry, change, dwell, name=cue.name or ""
        )

    def _alone(
        self, index: int, cue: Cue, shows: Shows, start: Programme, texts: Texts = (), image: str | None = None
    ) -> None:
        block = replace(self._block(index, cue, shows, start), texts=texts, image=image)
        self.draft.add(block, [self.draft.alone(block)])

    def _fill_in(
        self, index: int, start: Programme, end: Programme, owed: float = 0.0, *, makeshift: bool = True
    ) -> None:
        """The slate where nothing can play, in the place of a cue that wants media."""
        change = self._show.transition_of(self._show.rundown[index]) if index >= 0 else self._show.defaults.transition
        entry = CUT if self._breaks.is_at(start) else change
        ident = next(self.draft.block_ids)
        block = Block(ident, "slate", index, Shows.SLATE, start, end, entry, makeshift=makeshift, remaining=owed)
        self.draft.add(block, [self.draft.alone(block)])

    # Full screen, one after the other ---------------------------------------------------------------------------

    def _singles(self, index: int, cue: SingleCue, start: Programme, owed: float) -> bool:
        """A block of a cue's media; False, and nothing changed, where none of them fits before the break."""
        block = replace(self._block(index, cue, Shows.MEDIA, start), caption=cue.caption)
        if isinstance(cue, PhotoCue):
            block = replace(block, fit=cue.fit)
        else:
            block = replace(block, subtitles=self._show.subtitles_of(cue))
        leaving = self._see_off(block)
        last = leaving[0] if len(leaving) == 1 else None
        end, placed, left = self._single_run(block, start, int(owed) or cue.count, last)
        if placed:
            self.draft.add(replace(_hurried(block, placed), end=end, remaining=left), placed)
        return bool(placed)

    def _single_run(
        self, block: Block, start: Programme, owed: int, last: str | None
    ) -> tuple[Programme, list[Showing], int]:
        """Up to `owed` media from `start` on, as many as fit before the break: where they end, and what is left."""
        placed: list[Showing] = []
        until = self._breaks.after(block.start)
        cue = self._show.rundown[block.cue_index]
        while owed > 0 and isinstance(cue, MediaCue):
            pool = self._pools.fitting(block.cue_index, Seconds(until - start + EXACT))
            if not pool or (isinstance(cue, PhotoCue) and start + block.dwell > until + EXACT):
                break
            penalties: dict[Fact, int] = {} if (fact := pool.fact(last or "")) is None else {fact: 4}
            medium = pool.choose(start, stands_until(cue, start, block.dwell), penalties, last).medium
            if medium is None:
                break
            last = medium.sha256
            end = Programme(start + self._length(block, last))
            self.tally.stands(last, end, block.inner.seconds)
            placed.append(self._showing(block, None, medium, start, end))
            start, owed = end, owed - 1
        return start, placed, owed

    def _length(self, block: Block, medium: str | None) -> Seconds:
        """How long a medium stands in a block by itself: a clip as long as it is, a still its dwell."""
        return self._clips.get(medium or "", block.dwell)

    # Many photos together --------------------------------------------------------------------------------------

    def _mosaic(self, index: int, cue: MosaicCue, start: Programme, until: Programme, owed: float) -> None:
        pool = self._pools.of(index)
        if not pool:
            return
        block = replace(self._block(index, cue, Shows.MEDIA, start), fit=cue.fit, caption=cue.caption)
        columns, rows = shrunk(*cue.grid, len(pool))
        asked = Programme(start + max(owed or cue.length, block.dwell))
        end = min(asked, until)
        self._see_off(block)
        block = replace(
            block,
            end=end,
            columns=columns,
            rows=rows,
            makeshift=(columns, rows) != tuple(cue.grid),
            remaining=_owed(asked, end, block.dwell),
        )
        self.draft.add(block, [])
        self._fill(pool, (), ())

    def _fill(
        self,
        pool: Pool,
        kept: Collection[Showing],
        cut: Collection[int | None],
        since: Programme | None = None,
    ) -> None:
        block = self.draft.blocks[-1]
        mosaic = Mosaic(block, pool, self.tally, self._show.seed, self._showing)
        now = self._s.programme
        self.draft.put(block, mosaic.fill(kept, [c or 0 for c in cut], now, since or now, min(self._until, block.end)))

    # Small things ----------------------------------------------------------------------------------------------

    def _see_off(self, block: Block) -> list[str]:
        """What stands at the end of the last block is on the wall until the new one has come up over it."""
        leaving = self.draft.leaving()
        for medium in leaving:
            self.tally.stands(medium, block.start, block.transition.seconds)
        return leaving

    def _showing(self, block: Block, cell: int | None, medium: Medium, start: Programme, end: Programme) -> Showing:
        words = self._s.words(medium, block.caption) if block.caption else ()
        return Showing(next(self.draft.showing_ids), block.id, cell, medium.sha256, start, end, words)


def _is_fed(situation: Situation) -> bool:
    return any(asks_for(cue, medium) for cue in situation.show.rundown for medium in situation.media)


def _hurried(block: Block, placed: Collection[Showing]) -> Block:
    """A block whose transitions take no longer than the shortest of its showings."""
    shortest = min(s.end - s.start for s in placed)
    entry, inner = (
        replace(change, seconds=Seconds(min(change.seconds, shortest))) for change in (block.transition, block.inner)
    )
    return replace(block, transition=entry, inner=inner)


def _owed(asked: Programme, end: Programme, dwell: Seconds) -> float:
    """What of a mosaic's length is still to come after a break; less than a dwell is nothing."""
    return asked - end if asked - end >= dwell - EXACT else 0.0
