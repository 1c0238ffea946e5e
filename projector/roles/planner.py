"""The planner role: keeps an hour of programme in the ledger, and plans anew when what it depends on has moved."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from projector.clock import Instant, Machine, Programme, Seconds, machine_now
from projector.errors import PlaylistFaults, UsageError
from projector.ledger import airings, clock, control, edition, media, showings
from projector.ledger.revisions import revisions
from projector.ledger.view import copy_for
from projector.roles.role import Bench, run
from projector.show.calendar import Calendar
from projector.show.control import Control, programme_time, reanchored
from projector.show.draft import EXACT, Situation
from projector.show.eligible import eligible
from projector.show.frame import Frame
from projector.show.layout import cells, margin, whole
from projector.show.media import Medium
from projector.show.picture import Rect, Size
from projector.show.planner import HORIZON, extend, plan
from projector.show.showings import Block, Showings
from projector.showfile import ShowFile, read_show
from projector.wording import words_of

# Planned a little further than is promised, so that it is not extended at every turn.
AHEAD = Seconds(HORIZON + 600.0)
# How often the provisional part is planned anew for new media or an edit.
EVERY = Seconds(10.0)
# While something makeshift stands, new media are wanted sooner.
SOON = Seconds(1.0)
PAST = Seconds(300.0)
# A show that is started at an opening begins with it, though its processes take a moment to come up.
JUST = Seconds(10.0)
FILE_CHECK = Seconds(0.5)
# What stands so far ahead of now need not be planned this instant.
LEAD = Seconds(2.0)
AT_ONCE = ("control", "removals", "orders")


class Planner:
    """One planner at work."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._ledger = bench.ledger
        self._path = Path(bench.launch.show)
        standing = edition.latest(bench.ledger)
        self._file = self._accepted(standing)
        self._mark: tuple[int, int] | None = None
        self._refused: str | None = None
        self._file_due = self._again = Machine(0.0)
        self._version = -1
        self._seen: dict[str, int] = {}
        self._standing: Showings | None = None
        self._anchor: object = None
        self._wanted: frozenset[str] = frozenset()
        self._since = machine_now()

    def turn(self) -> Seconds:
        machine = machine_now()
        if machine >= self._file_due:
            self._file_due = Machine(machine + FILE_CHECK)
            self._look_at_file()
        version = self._ledger.version()
        if version != self._version or machine >= self._again:
            self._version = version
            self._plan(machine)
        return Seconds(0.03)

    # The show file -------------------------------------------------------------------------------------------------

    def _accepted(self, standing: edition.Edition | None) -> ShowFile:
        """The show as it was last accepted: what holds, whatever has become of the file since."""
        if standing is None:
            return read_show(self._path)
        from projector.show.playlist import parse_show  # noqa: PLC0415  only a restart needs it here

        return ShowFile(self._path, standing.text, parse_show(standing.text, str(self._path)))

    def _look_at_file(self) -> None:
        """Take over an edit of the show file; one that cannot be used changes nothing and is reported."""
        try:
            stat = self._path.stat()
            mark = (stat.st_size, stat.st_mtime_ns)
            if mark == self._mark:
                return
            self._mark = mark
            file = read_show(self._path)
        except (PlaylistFaults, UsageError, OSError) as error:
            self._refuse(error)
            return
        self._refused = None
        self._bench.mended()
        if file.text != self._file.text:
            self._take_over(file)

    def _refuse(self, error: Exception) -> None:
        what = f"the edited show file cannot be used, the last good one goes on: {error}"
        if what != self._refused:
            self._refused = what
            self._bench.fault(what)

    def _take_over(self, file: ShowFile) -> None:
        old, new = self._file.show, file.show
        fixed = [
            key
            for key in ("approval", "approvals_needed", "moderators", "canvas")
            if getattr(old, key) != getattr(new, key)
        ]
        if fixed:
            self._bench.fault(
                f"the show file's change of {', '.join(fixed)} wants a restart of the show, and waits for it"
            )
            show = new.model_copy(update={key: getattr(old, key) for key in fixed})
            file = replace(file, show=show)
        calendar = self._frame().calendar
        self._file = file
        written = file.edition(self._slate_image())
        edition.write(self._ledger, written, self._bench.now())
        if written.frame.calendar != calendar:
            now = self._bench.now()
            control.command(self._ledger, "edit", "planner", now, lambda c: reanchored(c, calendar, now))
        if self._standing is not None:
            self._standing = _renumbered(self._standing, old.rundown, new.rundown)
        self._again = Machine(0.0)

    def _frame(self) -> Frame:
        latest = edition.latest(self._ledger)
        return latest.frame if latest else self._file.edition().frame

    def _slate_image(self) -> str | None:
        name = self._file.show.slate.image
        return self._images().get(name) if name else None

    def _images(self) -> dict[str, str]:
        """The hash of each picture that a slate names, as far as intake has it."""
        images = {}
        for name in self._file.images():
            found = media.find_medium(self._ledger, str(self._file.image(name)))
            if found:
                images[name] = found[0].sha256
        return images

    # The plan ------------------------------------------------------------------------------------------------------

    def _plan(self, machine: Machine) -> None:
        seen = revisions(self._ledger)
        moved = {name for name in seen if seen[name] != self._seen.get(name)} - {"showings", "renditions", "looks"}
        running, control_ = clock.read(self._ledger), control.latest(self._ledger)
        if running is None or control_ is None:
            return
        first = self._standing is None
        at_once = first or not moved.isdisjoint(AT_ONCE) or self._again == 0.0
        if moved and not at_once and machine < self._again:
            return
        now = running.clock.at(machine)
        if not first and _mixes(control_, self._frame().calendar, self._standing, now):
            self._version = -1
            return
        self._seen = seen
        self._again = Machine(machine + EVERY)
        if "media" in moved and self._file.show.slate.image and not self._frame().slate.image:
            edition.write(self._ledger, self._file.edition(self._slate_image()), now)
        self._write_plan(control_, now, anew=bool(moved) or first, rehearsal=running.rehearsal)
        if self._standing and any(b.makeshift for b in self._standing.blocks):
            self._again = Machine(machine + SOON)

    def _write_plan(self, control_: Control, now: Instant, *, anew: bool, rehearsal: bool) -> None:
        calendar = self._frame().calendar
        place = programme_time(control_.anchor, calendar, now)
        if self._standing is None or control_.anchor != self._anchor:
            self._standing = showings.read(self._ledger, Programme(place - PAST), Programme(float("inf")))
            self._anchor = control_.anchor
        standing = _since(self._standing, Programme(place - PAST))
        left = max(calendar.breaks(now), default=0.0)  # no plan reaches beyond the last close
        if not anew and standing.end >= place + min(HORIZON, left) - EXACT:
            return
        if not standing.blocks:
            now = _first_moment(calendar, now)
        situation, barred = self._situation(control_, now, standing, rehearsal=rehearsal)
        until = Programme(place + AHEAD)
        ids = showings.next_ids(self._ledger)
        asked, since = machine_now(), self._since
        if control.ordered(self._ledger, "apply", since):
            since = asked
            new = plan(situation, standing, until, barred=barred, ids=ids, commit=Seconds(0.0))
        elif anew:
            new = plan(situation, standing, until, barred=barred, ids=ids)
        else:
            new = extend(situation, standing, until, ids=ids)
        new = _unchanged(standing, new)
        # What began at the very place where a hold stands has been on air.
        reached = Programme(max(place, control.furthest(self._ledger)) + EXACT)
        written = showings.write(
            self._ledger, standing, new, self._bench.now(), reached, lambda: self._is_current(control_)
        )
        if written is None:  # a take came meanwhile: what it brought on air must not be planned away
            self._version, self._seen = -1, {}
            return
        self._standing, self._since = new, since
        self._bench.figures |= {
            "planned_until": new.end,
            "eligible": len(situation.media),
            "media": self._seen.get("media", 0),
        }
        self._want(new, place, situation.media)

    def _is_current(self, control_: Control) -> bool:
        latest = control.latest(self._ledger)
        return latest is not None and latest.anchor == control_.anchor

    def _situation(
        self, control_: Control, now: Instant, standing: Showings, *, rehearsal: bool
    ) -> tuple[Situation, set[str]]:
        """What to plan from, and what of the standing plan may not be shown any more."""
        show = self._file.show
        removed = control.removals(self._ledger)
        who = eligible(media.all_media(self._ledger), show, removed, now, rehearsal=rehearsal)
        situation = Situation(
            show,
            self._frame().calendar,
            control_.anchor,
            now,
            who.media,
            airings.counts(self._ledger),
            who.expires,
            self._images(),
            words_of(show.languages),
        )
        known = {medium.sha256 for medium in who.media}
        return situation, {s.medium for s in standing if s.medium is not None} - known

    def _want(self, planned: Showings, place: Programme, known: Sequence[Medium]) -> None:
        """Name the pictures of which the next hour needs wall-size copies: a message's is its portrait."""
        frame = self._frame()
        portraits = {m.sha256: m.portrait for m in known if m.clip is not None or m.message is not None}
        large = {
            s.medium
            for block in planned.blocks
            if block.end > place and block.start < place + HORIZON and _needs_wall(block, frame)
            for showings_ in planned.places(block).values()
            for s in showings_
            if s.medium is not None and s.end > place
        }
        wanted = frozenset(picture for sha in large if (picture := portraits.get(sha, sha)) is not None)
        if wanted != self._wanted:
            media.want(self._ledger, sorted(wanted - self._wanted))
            self._wanted = wanted


def _first_moment(calendar: Calendar, now: Instant) -> Instant:
    """Where a plan begins that has nothing to go on from: now, or the opening where that was only just."""
    evening = calendar.evening_at(now)
    return evening.opens if evening is not None and now - evening.opens < JUST else now


def _mixes(control_: Control, calendar: Calendar, standing: Showings | None, now: Instant) -> bool:
    """Whether the picture still mixes from what a take or a rejoin left, which stays planned until then."""
    jump = control_.anchor.jump
    if jump is None or standing is None or now - control_.anchor.show >= jump.transition.seconds:
        return False
    return standing.block_at(Programme(programme_time(control_.anchor, calendar, now) + LEAD)) is not None


def _needs_wall(block: Block, frame: Frame) -> bool:
    """Whether some place of a block is larger than small renditions are made for."""
    rects = [whole(frame.canvas)] if block.cells == 1 else cells(frame.canvas, block.columns, block.rows)
    return any(copy_for(frame, _inner(rect, block)) == "wall" for rect in rects)


def _inner(rect: Rect, block: Block) -> Size:
    gutter = margin(rect) if block.cells > 1 else 0
    return Size(rect.width - 2 * gutter, rect.height - 2 * gutter)


def _since(standing: Showings, place: Programme) -> Showings:
    """What of a plan is not long past."""
    blocks = [block for block in standing.blocks if block.end > place]
    if len(blocks) == len(standing.blocks):
        return standing
    return Showings(blocks, (s for block in blocks for p in standing.places(block).values() for s in p))


def _unchanged(old: Showings, new: Showings) -> Showings:
    """The new plan, keeping the old one's ids where nothing is different: then nothing has to be written."""
    same_blocks = {(b.cue_index, b.start): b for b in old.blocks}
    ids: dict[int, int] = {}
    blocks = []
    for block in new.blocks:
        twin = same_blocks.get((block.cue_index, block.start))
        if twin is not None and twin.id != block.id and replace(twin, id=block.id, end=block.end) == block:
            ids[block.id] = twin.id
        blocks.append(replace(block, id=ids.get(block.id, block.id)))
    twins = {(s.block, s.cell, s.start, s.medium, s.words): s.id for s in old}
    placed = []
    for s in new:
        block_id = ids.get(s.block, s.block)
        twin_id = twins.get((block_id, s.cell, s.start, s.medium, s.words), s.id)
        placed.append(replace(s, block=block_id, id=twin_id))
    return Showings(blocks, placed)


def _renumbered(standing: Showings, old: tuple[object, ...], new: tuple[object, ...]) -> Showings:
    """The standing plan's blocks by their places in an edited rundown; -1 for a cue that is no longer in it."""
    where = {index: next((i for i, cue in enumerate(new) if cue == old[index]), -1) for index in range(len(old))}
    blocks = [replace(block, cue_index=where.get(block.cue_index, -1)) for block in standing.blocks]
    return Showings(blocks, list(standing))


def main() -> int:
    """Run the planner on the state that the command line names."""
    return run("planner", lambda bench: (Planner(bench).turn, lambda: None))


if __name__ == "__main__":
    raise SystemExit(main())
