"""What the wall really showed, told from flip to flip: airings that begin and end."""

from collections.abc import Collection, Iterator

from projector.clock import Instant, Programme
from projector.ledger.airings import CLIP_PART, SHOWN_PART, Ended, Opened
from projector.ledger.view import View
from projector.render.stacks import needed
from projector.show.control import Cover, instant_of, is_held, lead, programme_time
from projector.show.picture import Picture
from projector.show.picture_at import on_air
from projector.show.showings import Block, Showing, Shows


class Witness:
    """Compares what stands on the wall after each flip with what stood there before."""

    def __init__(self) -> None:
        self._standing: dict[str, Opened] = {}
        self._still: dict[str, float] = {}
        self._last_flip = Instant(0.0)

    @property
    def on_air(self) -> list[Opened]:
        return list(self._standing.values())

    def saw(self, view: View, drawn: Picture, now: Instant) -> list[Opened | Ended]:
        """The airings that ended and began with the flip at `now`."""
        standing = {one.key: one for one in _standing(view, drawn, now)}
        self._count_still(view, now)
        events: list[Opened | Ended] = [
            Ended(key, now, _why(view, one, now), self._still.pop(key, 0.0))
            for key, one in self._standing.items()
            if key not in standing
        ]
        for key, one in standing.items():
            if key not in self._standing:
                events.append(one)
                self._standing[key] = one
        for event in events:
            if isinstance(event, Ended):
                del self._standing[event.key]
        self._last_flip = now
        return events

    def _count_still(self, view: View, now: Instant) -> None:
        """For how long each clip that stands has been held: what is not played has not been shown."""
        if not is_held(view.control.anchor, view.plan.calendar, now):
            return
        for key, one in self._standing.items():
            if one.part == CLIP_PART:
                since = max(self._last_flip, one.shown_start, view.control.anchor.show)
                self._still[key] = self._still.get(key, 0.0) + max(0.0, now - since)

    def end(self, why: str) -> list[Ended]:
        """The wall ends cleanly: so does what stands on it."""
        ended = [Ended(key, self._last_flip, why, self._still.get(key, 0.0)) for key in self._standing]
        self._standing.clear()
        return ended


def _standing(view: View, drawn: Picture, now: Instant) -> Iterator[Opened]:
    control = view.control
    if control.cover is Cover.BLACKOUT:
        yield Opened(f"blackout {control.covered_at}", "black", "blackout", now, now)
        return
    if control.cover is Cover.SLATE:
        yield Opened(f"slate {control.covered_at}", "slate", "slate", now, now)
        return
    standing = on_air(view.plan, control, now)
    if standing is None:
        if view.plan.calendar.is_open(now):
            yield Opened("slate", "slate", "slate", now, now)
        return
    block, placed = standing
    tiles = {getattr(key.tile, "medium", None) for key in needed(drawn)}
    for showing in placed:
        if showing.medium is None or showing.medium in tiles:
            yield _opened(view, block, showing, now)


def _opened(view: View, block: Block, showing: Showing, now: Instant) -> Opened:
    anchor, calendar = view.control.anchor, view.plan.calendar
    place = programme_time(anchor, calendar, now)
    change = block.transition if abs(showing.start - block.start) < 1e-6 else block.inner
    passed = place - showing.start + lead(anchor, calendar, showing.start, now)
    medium = view.plan.media.get(showing.medium or "")
    clip = medium.clip if medium is not None else None
    return Opened(
        key=f"showing {showing.id}",
        what={Shows.MEDIA: "medium", Shows.TEXT: "text", Shows.SLATE: "slate", Shows.BLACK: "black"}[block.shows],
        cue=block.name or block.cue,
        shown_start=now,
        full_from=now if clip is not None else Instant(now + max(0.0, change.seconds - passed)),
        dwell=block.dwell if clip is None else clip.seconds,
        part=SHOWN_PART if clip is None else CLIP_PART,
        showing=showing.id,
        cell=showing.cell,
        medium=showing.medium,
        planned_start=_planned(view, showing.start, place, now),
        planned_end=_planned(view, showing.end, place, now),
    )


def _planned(view: View, at: Programme, place: Programme, now: Instant) -> Instant | None:
    """When the plan has it, as things stand."""
    if at <= place:
        return Instant(now - (place - at))
    return instant_of(view.control.anchor, view.plan.calendar, at, now)


def _why(view: View, one: Opened, now: Instant) -> str:
    control = view.control
    if one.medium is not None and one.medium in view.plan.barred:
        return "remove"
    if control.cover is Cover.BLACKOUT:
        return "blackout"
    if control.cover is Cover.SLATE:
        return "slate"
    if not view.plan.calendar.is_open(now):
        return "close"
    jump = control.anchor.jump
    place = programme_time(control.anchor, view.plan.calendar, now)
    return "take" if jump is not None and 0 <= place - jump.to < 0.5 else "plan"


def media_of(opened: Collection[Opened]) -> set[str]:
    """The media among what stands."""
    return {one.medium for one in opened if one.medium is not None}
