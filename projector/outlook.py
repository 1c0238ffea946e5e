"""What will be on the wall, for `plan`, `snapshot` and `check`: the plan that stands, gone on with to the end."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from projector.clock import Instant, Programme, Seconds, machine_now
from projector.intake.intake import Intake
from projector.intake.report import Progress, Report
from projector.intake.sizes import Wants
from projector.intake.store import Store
from projector.intake.workers import Workers
from projector.ledger import airings, clock, control, edition, health, showings
from projector.ledger import media as media_rows
from projector.ledger.database import Ledger
from projector.ledger.revisions import revisions
from projector.render.fonts import missing
from projector.show.calendar import Calendar
from projector.show.control import Control, first_anchor, instant_of, programme_time
from projector.show.draft import Situation
from projector.show.eligible import Eligible, eligible
from projector.show.media import Medium, detailed
from projector.show.picture_at import Plan
from projector.show.planner import extend, plan
from projector.show.showings import Block, Showing, Showings
from projector.show.standing import COMMITTED
from projector.showfile import ShowFile
from projector.state import State, is_running
from projector.wording import words_of

Watching = Callable[[Progress], None]


@dataclass(frozen=True)
class Row:
    """A showing of the outlook in show time."""

    start: Instant
    end: Instant
    block: Block
    showing: Showing
    committed: bool


@dataclass(frozen=True)
class Outlook:
    """A show as it stands on a state: what will be shown from `now` on, and from whom."""

    file: ShowFile
    calendar: Calendar
    control: Control
    now: Instant
    running: bool
    media: tuple[Medium, ...]
    who: Eligible
    aired: dict[str, int]
    showings: Showings
    images: dict[str, str]

    @property
    def files(self) -> dict[str, str]:
        """The file of each medium, by hash."""
        return {medium.sha256: medium.file for medium in self.media}

    def rows(self, start: Instant | None = None) -> Iterator[Row]:
        """All that will stand on the wall from `start` on, in order of start; what spans a break has a row on each side."""
        start = self.now if start is None else start
        blocks = {block.id: block for block in self.showings.blocks}
        place = programme_time(self.control.anchor, self.calendar, self.now)
        committed = place + COMMITTED
        rows = []
        for s in self.showings:
            block = blocks[s.block]
            sure = self.running and s.start < committed and not (block.makeshift and block.start > place)
            rows += [Row(a, b, block, s, sure) for a, b in self._stretches(s, place) if b > start]
        rows.sort(key=lambda row: (row.start, row.showing.id))
        return iter(rows)

    def _stretches(self, s: Showing, place: Programme) -> Iterator[tuple[Instant, Instant]]:
        """When a showing stands on the wall: once, but for one that a hold has pushed across a break."""
        anchor = self.control.anchor
        if s.end <= place:
            return
        if s.start < place:
            begin: Instant | None = self._before(place, s.start)
        else:
            begin = instant_of(anchor, self.calendar, s.start, self.now)
        if begin is None:
            return
        left = Seconds(s.end - s.start)
        for opens, closes in self.calendar.spans:
            if closes > begin and left > 1e-6:
                first = max(opens, begin)
                last = Instant(min(closes, first + left))
                left = Seconds(left - (last - first))
                yield first, last

    def _before(self, place: Programme, start: Programme) -> Instant:
        """When what is on air now began, as if nothing had held it."""
        back = Seconds(place - start)
        span = next((o for o, c in self.calendar.spans if o <= self.now < c), self.now)
        return Instant(max(span, self.now - back))


def bring_up_to_date(
    file: ShowFile, state: State, ledger: Ledger, watching: Watching, lent: Path | None = None
) -> Report:
    """Intake once. Raises Missing where the decoders do not start."""
    written = file.edition()
    store = Store(state.store, lent)
    store.clean()
    wants = Wants(written.frame.small, written.cover, written.frame.canvas)
    with Workers(store.temporary) as workers:
        extras = [Path(extra) for extra in written.extras]
        intake = Intake(ledger, store, Path(written.media), wants, workers, extras=extras, lacks=missing)
        return intake.ingest(watching)


def images_of(file: ShowFile, ledger: Ledger) -> dict[str, str]:
    """The hash of each picture that a slate names, as far as intake has it."""
    found = {name: media_rows.find_medium(ledger, str(file.image(name))) for name in file.images()}
    return {name: media[0].sha256 for name, media in found.items() if media}


def outlook(
    file: ShowFile, state: State, ledger: Ledger, *, until: Instant | None = None, at: Instant | None = None
) -> Outlook:
    """The show as it stands, planned on to `until` (else to the last close).

    Where no show runs, what nobody has planned yet is planned from the opening of the evening that runs or comes first,
    so that the same state gives the same plan whenever it is asked.
    """
    runs = is_running(state)
    latest = edition.latest(ledger)
    calendar = latest.frame.calendar if runs and latest else file.edition().frame.calendar
    now = _now(ledger, calendar, at, runs=runs)
    control_ = (control.latest(ledger) if runs or at is None else None) or Control(first_anchor(calendar))
    if not runs and _is_rehearsed(ledger):
        control_ = Control(first_anchor(calendar))
    place = programme_time(control_.anchor, calendar, now)
    standing = showings.read(ledger, Programme(place - 300.0), Programme(float("inf")))
    media = tuple(media_rows.all_media(ledger))
    removed = control.removals(ledger)
    rehearsal = _is_rehearsed(ledger) if runs else True
    who = eligible(media, file.show, removed, now, rehearsal=rehearsal)
    images = images_of(file, ledger)
    aired = airings.counts(ledger)
    situation = Situation(
        file.show, calendar, control_.anchor, now, who.media, aired, who.expires, images, words_of(file.show.languages)
    )
    goal = NEVER if until is None else Programme(programme_time(control_.anchor, calendar, until) + 1.0)
    if not runs and (standing.end < place - 1e-6 or (latest is not None and latest.text != file.text)):
        standing = Showings((), ())  # another show file, or a plan that is over: what stood there will not be shown
    if standing.blocks and _has_moved(ledger):  # as the planner is about to do, where one runs
        known = {medium.sha256 for medium in who.media}
        barred = {s.medium for s in standing if s.medium is not None} - known
        standing = plan(situation, standing, goal, barred=barred, ids=showings.next_ids(ledger))
    elif not standing.blocks or standing.end < goal:
        standing = extend(situation, standing, goal, ids=showings.next_ids(ledger))
    return Outlook(file, calendar, control_, now, runs, media, who, aired, standing, images)


NEVER = Programme(float("inf"))


def plan_of(seen: Outlook, file: ShowFile, ledger: Ledger) -> Plan:
    """What the picture of an instant depends on."""
    frame = file.edition(seen.images.get(file.show.slate.image or "")).frame
    barred = {medium: at for medium, (at, _) in control.removals(ledger).items()}
    return Plan(seen.showings, seen.calendar, frame.slate, frame.canvas, barred, detailed(seen.media, frame.languages))


def _has_moved(ledger: Ledger) -> bool:
    """Whether media have come or gone since the planner last planned."""
    seen = health.figure(ledger, "planner", "media") or 0
    return bool(revisions(ledger).get("media", 0) != seen)


def _is_rehearsed(ledger: Ledger) -> bool:
    running = clock.read(ledger)
    return running is not None and running.rehearsal


def _now(ledger: Ledger, calendar: Calendar, at: Instant | None, *, runs: bool) -> Instant:
    """The instant from which is planned."""
    running = clock.read(ledger)
    if runs and running is not None:
        return running.clock.at(machine_now())
    now = Instant(min(at, time.time()) if at is not None else time.time())
    evening = calendar.next_evening(now)
    if evening is None:
        return now if at is None else at
    if now <= evening.opens or not showings.planned_end(ledger) > 0:
        return evening.opens
    return now
