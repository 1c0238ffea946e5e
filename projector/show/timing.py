"""What no single key can see of time: evenings that overlap, pauses and events that lie outside them.

The checks give what those of show.sense give.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from projector.clock import Instant, Seconds
from projector.show.calendar import Calendar, Evening
from projector.show.opening import SunStays, calendar_of, days_of, evening_of, instant
from projector.show.rundown import Cue, Event, InterviewCue, MessageCue, MosaicCue, PhotoCue, Show, Window
from projector.show.saying import spoken
from projector.show.wording import Found

MOST_DAYS = 366
MOST_EVENINGS = 2000
MIDNIGHT = Seconds(86_400.0)


def mistimed(show: Show, *, openings_known: bool = True) -> Iterator[Found]:
    """All that is wrong with the window, its pauses and the events; only what needs no opening, if those are not known."""
    faults = [*_dates(show), *_pauses(show)]
    yield from faults
    yield from _overlaps(show)
    if not openings_known or faults:
        return
    # Each rests on the one before: without moments there are no evenings, without evenings no event is outside them.
    faults = list(_moments(show)) or list(_evenings(show))
    yield from faults or (*_closings(show), *_events(show, calendar_of(show)))


def _dates(show: Show) -> Iterator[Found]:
    for index, window in enumerate(show.window):
        path = ("window", index, "to")
        if window.last < window.first:
            yield path, f"to: {window.last} is before {window.first}, from which it should go on"
        elif (window.last - window.first).days >= MOST_DAYS:
            yield path, f"to: {window.last} is more than {MOST_DAYS} days after {window.first}; write a block a season"
    if sum((window.last - window.first).days + 1 for window in show.window) > MOST_EVENINGS:
        yield ("window",), f"window: the blocks hold more than {MOST_EVENINGS} dates; leave out those that are over"


def _pauses(show: Show) -> Iterator[Found]:
    for index, window in enumerate(show.window):
        for at, closing in enumerate(window.closed):
            if instant(closing.start, show.zone) >= instant(closing.end, show.zone):
                path = ("window", index, "closed", at, "to")
                yield (
                    path,
                    f"to: the pause ends at {_local(closing.end)}, not after it begins at {_local(closing.start)}",
                )


def _moments(show: Show) -> Iterator[Found]:
    for index, window in enumerate(show.window):
        path = ("window", index)
        if window.opens == window.closes:
            yield (*path, "closes"), f"closes: {window.closes} is when it opens; write another time"
        if window.opens.clock == MIDNIGHT:
            yield (*path, "opens"), "opens: 24:00 is the end of a day; write 00:00 of the next date"
        for key, moment in (("opens", window.opens), ("closes", window.closes)):
            if moment.sun and show.place is None:
                example = "{latitude: 50.0359, longitude: 19.1784}"
                yield (*path, key), f"{key}: {moment.sun} needs the place; add place: {example}"


def _evenings(show: Show) -> Iterator[Found]:
    """Dates on which the sun does not serve, and evenings that run into the next."""
    evenings: list[tuple[Evening, Window]] = []
    for day, window in days_of(show).items():
        try:
            evenings.append((evening_of(show, window, day), window))
        except SunStays as why:
            key = "opens" if window.opens.sun and window.opens.sun in str(why) else "closes"
            yield ("window", show.window.index(window), key), f"{key}: {why}"
            return
    for (one, _), (other, window) in pairwise(evenings):
        if other.opens < one.closes:
            words = (
                f"the evening of {other.date} opens at {_clock(other.opens, show)}, before that of {one.date} closes"
            )
            yield ("window", show.window.index(window), "opens"), f"opens: {words} at {_clock(one.closes, show)}"
            return


def _closings(show: Show) -> Iterator[Found]:
    evenings = calendar_of(show)
    for index, window in enumerate(show.window):
        for at, closing in enumerate(window.closed):
            start, end = instant(closing.start, show.zone), instant(closing.end, show.zone)
            evening = evenings.next_evening(start)
            if evening is None or evening.opens >= end:
                words = f"the pause from {_local(closing.start)} lies outside the window"
                yield ("window", index, "closed", at), f"closed: {words}; {_openings(show, evenings, closing.start)}"


def _events(show: Show, calendar: Calendar) -> Iterator[Found]:
    for index, event in enumerate(show.events):
        if (words := _misplaced(event, show, calendar)) is not None:
            yield ("events", index, "at"), f"at: {words}"


def _overlaps(show: Show) -> Iterator[Found]:
    """Events that begin while an earlier one lasts."""
    before: Event | None = None
    for index in sorted(range(len(show.events)), key=lambda index: instant(show.events[index].at, show.zone)):
        event = show.events[index]
        if before is not None and _overlap(before, event, show):
            ends = _clock(_end(before, show), show)
            words = f"the event of {_local(before.at)} lasts until {ends}; begin this one then or later"
            yield ("events", index, "at"), f"at: {words}"
        if before is None or _end(event, show) >= _end(before, show):
            before = event


def _misplaced(event: Event, show: Show, calendar: Calendar) -> str | None:
    """Why an event cannot be where it is, or None."""
    start, end = instant(event.at, show.zone), _end(event, show)
    evening = calendar.evening_at(start)
    if evening is None:
        return f"{_local(event.at)} is outside the window; {_openings(show, calendar, event.at)}"
    for shut, reopened in evening.closings:
        if start < reopened and (end > shut or start == shut):
            return (
                f"the event meets the closing from {_clock(shut, show)} to {_clock(reopened, show)}; move one of them"
            )
    if end > evening.closes:
        lasts = spoken(_length(event, show))
        return (
            f"the event lasts {lasts} and would run past the close at {_clock(evening.closes, show)}; begin it earlier"
        )
    return None


def _overlap(one: Event, other: Event, show: Show) -> bool:
    start = instant(other.at, show.zone)
    return start < _end(one, show) or start == instant(one.at, show.zone)


def _end(event: Event, show: Show) -> Instant:
    return Instant(instant(event.at, show.zone) + _length(event, show))


def _length(event: Event, show: Show) -> Seconds:
    """How long an event lasts by its cues; an interview, whose length is the clip's, counts for nothing."""
    return Seconds(sum(_cue_length(cue, show) for cue in event.rundown))


def _cue_length(cue: Cue, show: Show) -> float:
    match cue:
        case MosaicCue():
            return cue.length
        case InterviewCue():
            return 0.0
        case PhotoCue() | MessageCue():
            return show.dwell_of(cue) * (1 if cue.file else cue.count)
        case _:
            return show.dwell_of(cue)


def _openings(show: Show, calendar: Calendar, moment: datetime) -> str:
    """In words: when the wall is open on the date of a moment."""
    day = (moment.astimezone(show.zone) if moment.tzinfo else moment).date()
    for evening in calendar.evenings:
        if evening.date == day:
            return f"on {day} it is open from {_clock(evening.opens, show)} to {_clock(evening.closes, show)}"
    return f"on {day} the wall does not open"


def _local(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _clock(at: Instant, show: Show) -> str:
    return f"{datetime.fromtimestamp(at, show.zone):%H:%M}"
