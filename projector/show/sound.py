"""The sound of the instant: a pure and total function, as the picture is.

Fades are linear in amplitude, so that what goes and what comes never add up to more than either was. Where several fall
together the lowest holds, so that no gain ever moves faster than one fade.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from projector.clock import Instant, Programme, Seconds
from projector.show.control import Anchor, Control, Cover, is_held, lead, programme_time
from projector.show.picture_at import Plan, on_air, replayed
from projector.show.showings import Showing

# Long enough that no beginning and no end is heard as a click, short enough that no word is lost to it.
FADE = Seconds(0.3)
# Less than one step of 16 bits at full scale: what floating point leaves of a fade at its end.
INAUDIBLE = 1e-5


@dataclass(frozen=True, slots=True)
class Voice:
    """A clip that is heard: `position` seconds from its start, at a gain of more than 0 and at most 1.

    `medium` is the sha256 of the original's bytes; `showing` tells two playings of one clip apart. One that is `going`
    only fades out from what it was: where it has not been heard, as after a take within a hold, it is not begun.
    """

    medium: str
    showing: int
    position: Seconds
    gain: float
    going: bool = False


def sound_at(plan: Plan, control: Control, now: Instant) -> tuple[Voice, ...]:
    """What the room hears at `now`. Defined for every instant; nothing outside the window and in closings."""
    level, most = min(1.0, control.level), min(_uncovered(control, now), _opened(plan, now))
    if level <= 0 or most <= 0:
        return ()
    voices = (*_left(plan, control, now), *_current(plan, control, now))
    return tuple(replace(voice, gain=level * min(most, voice.gain)) for voice in voices)


def coming(plan: Plan, control: Control, now: Instant, ahead: Seconds) -> list[str]:
    """The media that are heard now or within the seconds ahead, the soonest first, whether or not they are covered."""
    if not plan.calendar.is_open(Instant(now + ahead)) and not plan.calendar.is_open(now):
        return []
    programme, jump = programme_time(control.anchor, plan.calendar, now), control.anchor.jump
    at = replayed(plan.showings, programme)
    near = [s for s in plan.showings if s.start < at + ahead and s.end + FADE > at and _seconds(plan, s) > 0]
    near.sort(key=lambda s: (s.start, s.id))
    just_left = jump is not None and 0 <= programme - jump.to < FADE
    left = _showing_at(plan, replayed(plan.showings, jump.left)) if jump is not None and just_left else None
    return list(dict.fromkeys(s.medium for s in (*near, left) if s is not None and s.medium is not None))


def _current(plan: Plan, control: Control, now: Instant) -> Iterator[Voice]:
    """The clip on air; in a hold it goes on for the length of its fade."""
    anchor = control.anchor
    standing = on_air(replace(plan, barred={}), control, now)
    showing = next((s for s in standing[1] if _seconds(plan, s) > 0), None) if standing is not None else None
    if showing is None:
        return
    programme = programme_time(anchor, plan.calendar, now)
    share, going = 1.0, is_held(anchor, plan.calendar, now)
    if going:
        held = now - anchor.show
        share = 1.0 - _share(held)
        programme = Programme(programme + held)
    elif _comes_in(anchor):
        share = _share(programme - anchor.programme)
    position = Seconds(replayed(plan.showings, programme) - showing.start)
    yield from _voice(plan, showing, position, share, now, going=going)


def _left(plan: Plan, control: Control, now: Instant) -> Iterator[Voice]:
    """What a take or a rejoin has just left: it goes on from where it was until it has faded."""
    anchor = control.anchor
    jump = anchor.jump
    if jump is None:
        return
    passed = programme_time(anchor, plan.calendar, now) - jump.to + lead(anchor, plan.calendar, jump.to, now)
    showing = _showing_at(plan, replayed(plan.showings, jump.left)) if 0 <= passed < FADE else None
    if showing is not None:
        position = Seconds(replayed(plan.showings, jump.left) + passed - showing.start)
        yield from _voice(plan, showing, position, 1.0 - _share(passed), now, going=True)


def _voice(
    plan: Plan, showing: Showing, position: Seconds, share: float, now: Instant, *, going: bool
) -> Iterator[Voice]:
    """A showing's clip at a place in it, with the fades at its ends, and out from when it was barred."""
    if showing.medium is None:
        return
    gain = min(share, _share(position), _share(_seconds(plan, showing) - position))
    barred_at = plan.barred.get(showing.medium)
    if barred_at is not None:
        gain = min(gain, 1.0 - _share(now - barred_at))
    if gain > INAUDIBLE:
        yield Voice(showing.medium, showing.id, position, gain, going)


def _seconds(plan: Plan, showing: Showing) -> Seconds:
    """How long a showing can be heard; 0 where it is no clip, or a silent one."""
    medium = plan.media.get(showing.medium or "")
    clip = medium.clip if medium is not None else None
    return clip.seconds if clip is not None and clip.sound else Seconds(0.0)


def _showing_at(plan: Plan, at: Programme) -> Showing | None:
    """The sounding showing at a programme time."""
    block = plan.showings.block_at(at)
    for place in plan.showings.places(block).values() if block is not None else ():
        index = bisect_right(place, at, key=lambda s: s.start) - 1
        if index >= 0 and _seconds(plan, place[index]) > 0:
            return place[index]
    return None


def _comes_in(anchor: Anchor) -> bool:
    """Whether a running anchor is where the sound begins: after a hold, a take or a rejoin. An edit goes on as it was."""
    return anchor.settled > 0 or (anchor.jump is not None and anchor.jump.to == anchor.programme)


def _uncovered(control: Control, now: Instant) -> float:
    """How much is heard of the programme beneath slate and blackout."""
    passed = _share(now - control.covered_at)
    if control.cover is Cover.NONE:
        return 1.0 if control.uncovered is Cover.NONE else passed
    return 1.0 - passed if control.uncovered is Cover.NONE else 0.0


def _opened(plan: Plan, now: Instant) -> float:
    """The window's fade, at the closings' edges too; never shorter than a fade of sound has to be."""
    spans = plan.calendar.spans
    index = bisect_right(spans, now, key=lambda span: span[0]) - 1
    if index < 0 or now >= spans[index][1]:
        return 0.0
    start, end = spans[index]
    return min(plan.calendar.gain(now), _share(now - start), _share(end - now))


def _share(passed: float) -> float:
    """How much of a fade has passed, 0 to 1."""
    return min(1.0, max(0.0, passed / FADE))
