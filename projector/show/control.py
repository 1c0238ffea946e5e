"""Control: what the operator has said, as values; each command is a pure function from control to control.

*Programme time* is the seconds for which the loop has been open. Control holds an anchor from which it is counted, so
hold, resume, take and rejoin each write a new anchor and move neither an event nor the close.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from projector.clock import Instant, Programme, Seconds
from projector.show.calendar import Calendar
from projector.show.showings import Block, Showings, Transition

# A blackout is a short fade, not a click: it must look meant.
COVER_FADE = Seconds(0.5)
# A second press within this time of the first was a double press.
DOUBLE_PRESS = Seconds(2.0)


class Cover(StrEnum):
    """What lies over the programme."""

    NONE = "none"
    SLATE = "slate"
    BLACKOUT = "blackout"


class Mode(StrEnum):
    """What the wall is doing, in a word."""

    CLOSED = "closed"
    RUN = "run"
    HOLD = "hold"
    SLATE = "slate"
    BLACKOUT = "blackout"


@dataclass(frozen=True, slots=True)
class Jump:
    """A take or a rejoin: programme time went from `left` to `to`, and the picture mixes from the one to the other."""

    left: Programme
    to: Programme
    transition: Transition


@dataclass(frozen=True, slots=True)
class Anchor:
    """Programme time was `programme` at the show time `show`, and has been running or standing since.

    `settled`: transitions that were under way at the anchor are this much further than programme time says, since a
    hold stops starts, not fades.
    """

    show: Instant
    programme: Programme
    running: bool = True
    settled: Seconds = Seconds(0.0)
    jump: Jump | None = None


@dataclass(frozen=True, slots=True)
class Control:
    """One version of control. `covered_at` is when `cover` took the place of `uncovered`."""

    anchor: Anchor
    seq: int = 0
    at: Instant = Instant(0.0)
    by: str = "start"
    cover: Cover = Cover.NONE
    uncovered: Cover = Cover.NONE
    covered_at: Instant = field(default=Instant(0.0))
    stream_cover: Cover = Cover.NONE
    brightness: float = 1.0
    level: float = 1.0


def first_anchor(calendar: Calendar) -> Anchor:
    """The anchor of a show that nobody has touched: the loop has run since the first opening."""
    return Anchor(calendar.evenings[0].opens if calendar.evenings else Instant(0.0), Programme(0.0))


def programme_time(anchor: Anchor, calendar: Calendar, now: Instant) -> Programme:
    """The place in the loop at `now`. A hold that is left over ends at the next evening's opening."""
    start = anchor.show
    if not anchor.running:
        opening = _hold_ends(anchor, calendar)
        if opening is None or now < opening:
            return anchor.programme
        start = opening
    return Programme(anchor.programme + max(0.0, calendar.open_seconds(start, now)))


def instant_of(anchor: Anchor, calendar: Calendar, programme: Programme, now: Instant) -> Instant | None:
    """When the loop comes to a place at or after `now`, if it is resumed now; None after the last evening."""
    ahead = Seconds(programme - programme_time(anchor, calendar, now))
    return calendar.instant_after(now, ahead)


def is_held(anchor: Anchor, calendar: Calendar, now: Instant) -> bool:
    """Whether the loop stands still because somebody said so."""
    opening = _hold_ends(anchor, calendar)
    return not anchor.running and (opening is None or now < opening)


def lead(anchor: Anchor, calendar: Calendar, begun: Programme, now: Instant) -> Seconds:
    """How much further than programme time says a transition is that began at `begun`."""
    if begun > anchor.programme:
        return Seconds(0.0)
    held = now - anchor.show if is_held(anchor, calendar, now) else 0.0
    return Seconds(anchor.settled + max(0.0, held))


def mode(control: Control, calendar: Calendar, now: Instant) -> Mode:
    """What the wall is doing at `now`."""
    if control.cover is Cover.BLACKOUT:
        return Mode.BLACKOUT
    if control.cover is Cover.SLATE:
        return Mode.SLATE
    if not calendar.is_open(now):
        return Mode.CLOSED
    return Mode.HOLD if is_held(control.anchor, calendar, now) else Mode.RUN


def hold(control: Control, calendar: Calendar, now: Instant) -> Control:
    """The loop stands still; what is in transition finishes."""
    if is_held(control.anchor, calendar, now):
        return control
    programme = programme_time(control.anchor, calendar, now)
    settled = lead(control.anchor, calendar, control.anchor.programme, now) if _is_young(control, programme) else 0.0
    anchor = replace(control.anchor, show=now, programme=programme, running=False, settled=Seconds(settled))
    return replace(control, anchor=anchor)


def resume(control: Control, calendar: Calendar, now: Instant) -> Control:
    """The loop goes on from where it was held."""
    if not is_held(control.anchor, calendar, now):
        return control
    old = control.anchor
    settled = lead(old, calendar, old.programme, now)
    return replace(control, anchor=replace(old, show=now, running=True, settled=settled))


def take(control: Control, calendar: Calendar, showings: Showings, now: Instant, leaving: int | None = None) -> Control:
    """Leave the cue on air for the next now. `leaving` names the block that was seen when it was asked for.

    A second press does nothing: the block it names is no longer on air, or the picture is still mixing to the new one.
    """
    programme = programme_time(control.anchor, calendar, now)
    block = showings.block_at(programme)
    jump = control.anchor.jump
    if block is None or not calendar.is_open(now) or (leaving is not None and block.id != leaving):
        return control
    young = jump is not None and now - control.anchor.show < max(DOUBLE_PRESS, jump.transition.seconds)
    if jump is not None and control.anchor.programme == jump.to == block.start and young:
        return control
    target = _next_cue(showings, block)
    if target is None:
        return control
    return replace(control, anchor=_jumped(control, calendar, now, target.start, target.transition))


def rejoin(control: Control, calendar: Calendar, now: Instant, transition: Transition) -> Control:
    """Go to where the evening would have been without commands."""
    clock = first_anchor(calendar)
    to = programme_time(clock, calendar, now)
    if not is_held(control.anchor, calendar, now) and abs(programme_time(control.anchor, calendar, now) - to) < 1e-3:
        return control
    anchor = replace(_jumped(control, calendar, now, to, transition), running=True)
    return replace(control, anchor=anchor)


def covered(control: Control, cover: Cover, now: Instant) -> Control:
    """Slate, blackout, or (Cover.NONE) lights."""
    if control.cover is cover:
        return control
    return replace(control, cover=cover, uncovered=control.cover, covered_at=now)


def reanchored(control: Control, old: Calendar, now: Instant) -> Control:
    """The same place in the loop, under a calendar that is about to change."""
    anchor = control.anchor
    settled = lead(anchor, old, anchor.programme, now)
    running = not is_held(anchor, old, now)
    programme = programme_time(anchor, old, now)
    return replace(control, anchor=replace(anchor, show=now, programme=programme, running=running, settled=settled))


def _hold_ends(anchor: Anchor, calendar: Calendar) -> Instant | None:
    """The opening at which a hold that began at the anchor ends by itself."""
    return next((e.opens for e in calendar.evenings if e.opens > anchor.show), None)


def _is_young(control: Control, programme: Programme) -> bool:
    """Whether a transition that was under way at the anchor can still be under way."""
    return programme - control.anchor.programme < 1.5


def _next_cue(showings: Showings, block: Block) -> Block | None:
    """The first block of another cue; what is only the rest of this one, after a break, is passed over."""
    candidate = showings.block_after(block.start)
    while candidate is not None and block.remaining > 0 and candidate.cue_index == block.cue_index:
        block, candidate = candidate, showings.block_after(candidate.start)
    return candidate


def _jumped(control: Control, calendar: Calendar, now: Instant, to: Programme, transition: Transition) -> Anchor:
    left = programme_time(control.anchor, calendar, now)
    held = is_held(control.anchor, calendar, now)
    return Anchor(now, to, running=not held, jump=Jump(left, to, transition))
