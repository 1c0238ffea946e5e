"""What the wall goes by, as one frozen value read from the ledger: the plan near now, control, clock, renditions."""

from collections.abc import Mapping
from dataclasses import dataclass

from projector.clock import Instant, Machine, Programme, Seconds, ShowClock
from projector.ledger import clock, control, edition, showings
from projector.ledger.database import Ledger
from projector.ledger.media import Rendition, described, renditions_of
from projector.ledger.revisions import revisions
from projector.show.control import Control, programme_time
from projector.show.frame import Frame
from projector.show.media import Medium, detailed
from projector.show.picture import Size
from projector.show.picture_at import REPLAYED, Plan
from projector.show.showings import Showings

# What is read lies this far behind and ahead of now in the loop, and is read again when half of that has passed.
BEHIND = Seconds(180.0)
AHEAD = Seconds(600.0)


@dataclass(frozen=True)
class View:
    """A consistent look at the ledger. `renditions` are those of the media in the plan that was read."""

    frame: Frame
    plan: Plan
    control: Control
    clock: ShowClock
    rehearsal: bool
    renditions: Mapping[str, Mapping[str, Rendition]]
    looks: int = 0

    def rendition(self, medium: str, size: Size) -> Rendition | None:
        """The copy that suits a place: the small one up to the size that small ones are made for, else the wall's."""
        kind = copy_for(self.frame, size)
        return self.renditions.get(medium, {}).get(kind)


def copy_for(frame: Frame, size: Size) -> str:
    """Which copy a place of that size wants: "small" or "wall"."""
    small = frame.small
    return "small" if size.width <= small.width and size.height <= small.height else "wall"


class Reader:
    """Reads a view, and again when the ledger has moved or time has. It belongs to one thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._version = -1
        self._known: dict[str, int] = {}
        self._frame: Frame | None = None
        self._showings = Showings((), ())
        self._read_at = Programme(float("-inf"))
        self._barred: dict[str, Instant] = {}
        self._renditions: dict[str, dict[str, Rendition]] = {}
        self._media: dict[str, Medium] = {}
        self._view: View | None = None

    def view(self, machine: Machine) -> View | None:
        """The view now; the same object as long as nothing has changed. None while no show is in the ledger."""
        version = self._ledger.version()
        moved = version != self._version
        if not moved and self._view is not None and not self._is_stale(self._view, machine):
            return self._view
        counts = revisions(self._ledger)
        view = self._read(counts, machine)
        self._version, self._known, self._view = version, counts, view
        return view

    def _is_stale(self, view: View, machine: Machine) -> bool:
        return abs(_place(view, machine) - self._read_at) > AHEAD / 2 or (
            _place(view, machine) < self._read_at - BEHIND / 2
        )

    def _moved(self, counts: Mapping[str, int], name: str) -> bool:
        return counts.get(name, 0) != self._known.get(name, 0)

    def _read(self, counts: Mapping[str, int], machine: Machine) -> View | None:
        if self._frame is None or self._moved(counts, "edition"):
            latest = edition.latest(self._ledger)
            self._frame = latest.frame if latest else None
        control_ = control.latest(self._ledger)
        clock_ = clock.read(self._ledger)
        if self._frame is None or control_ is None or clock_ is None:
            return None
        if self._moved(counts, "removals") or not self._known:
            self._barred = {medium: at for medium, (at, _) in control.removals(self._ledger).items()}
        place = programme_time(control_.anchor, self._frame.calendar, clock_.clock.at(machine))
        jump = control_.anchor.jump
        self._read_showings(counts, place, jump.left if jump else place)
        frame = self._frame
        plan = Plan(self._showings, frame.calendar, frame.slate, frame.canvas, self._barred, self._media)
        view = View(
            self._frame, plan, control_, clock_.clock, clock_.rehearsal, self._renditions, counts.get("looks", 0)
        )
        return self._view if self._view == view else view

    def _read_showings(self, counts: Mapping[str, int], place: Programme, left: Programme) -> None:
        far = abs(place - self._read_at) > AHEAD / 2 or place < self._read_at - BEHIND / 2
        if far or self._moved(counts, "showings"):
            self._showings = around(self._ledger, place, left)
            self._read_at = place
        elif not (self._moved(counts, "renditions") or self._moved(counts, "media")):
            return
        media = {s.medium for s in self._showings if s.medium is not None}
        found = detailed(described(self._ledger, media).values(), self._frame.languages if self._frame else ())
        self._media = self._media if found == self._media else found
        portraits = {medium.portrait for medium in found.values() if medium.portrait is not None}
        images = {self._frame.slate.image} if self._frame else set()
        images |= {block.image for block in self._showings.blocks}
        self._renditions = renditions_of(self._ledger, media | portraits | {image for image in images if image})


def around(ledger: Ledger, place: Programme, left: Programme) -> Showings:
    """The plan near a place in the loop, what a jump left included; near the end of it, also the hour that would be replayed."""
    end = showings.planned_end(ledger)
    start = min(place, left) - BEHIND if abs(place - left) < REPLAYED else place - BEHIND
    if place + AHEAD > end > 0:
        start = min(start, end - REPLAYED)
    return showings.read(ledger, Programme(start), Programme(max(place, left) + AHEAD))


def _place(view: View, machine: Machine) -> Programme:
    return programme_time(view.control.anchor, view.frame.calendar, view.clock.at(machine))
