"""How the evenings of a show come about: dates, clock or sun, the zone's daylight saving, and closings."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from projector.clock import Instant
from projector.show.calendar import Calendar, Evening, Span
from projector.show.rundown import Place, Show, Window
from projector.show.written import Moment


class SunStays(ValueError):
    """The sun does not get so low, or so high, on some date at some place; the message says so in words."""


def calendar_of(show: Show) -> Calendar:
    """The calendar of a show as `show.playlist` lets it pass. Raises SunStays where the window hangs on what never comes."""
    closings = merged((instant(c.start, show.zone), instant(c.end, show.zone)) for w in show.window for c in w.closed)
    return Calendar(evening_of(show, window, day, closings) for day, window in days_of(show).items())


def days_of(show: Show) -> dict[date, Window]:
    """Each date on which the wall opens and the block that says how: a later block overrides."""
    days = {day: window for window in show.window for day in dates(window)}
    return dict(sorted(days.items()))


def dates(window: Window) -> Iterator[date]:
    """The dates of one block."""
    for count in range((window.last - window.first).days + 1):
        yield window.first + timedelta(days=count)


def evening_of(show: Show, window: Window, day: date, closings: tuple[Span, ...] = ()) -> Evening:
    """The opening of one date, with those of the closings that fall into it."""
    opens, how = _met(window.opens, day, show)
    closes, _ = _met(window.closes, day, show)
    if closes <= opens:
        closes, _ = _met(window.closes, day + timedelta(days=1), show)
    within = tuple((max(start, opens), min(end, closes)) for start, end in closings if start < closes and end > opens)
    return Evening(day, opens, closes, window.fade, within, f"opens at {how}")


def instant(moment: datetime, zone: ZoneInfo) -> Instant:
    """The instant of a local moment; one with an offset of its own keeps it.

    Of an hour that comes twice the first is meant, and one that the clock leaps over is taken as if it had not leapt yet.
    """
    return Instant((moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp())


def merged(spans: Iterator[Span]) -> tuple[Span, ...]:
    """The same stretches, sorted and disjoint."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


def _met(moment: Moment, day: date, show: Show) -> tuple[Instant, str]:
    """When a moment comes on a date, and in words how: "16:45", "dusk (16:42) + 20 min"."""
    if moment.clock is not None:
        # Not midnight plus seconds of real time: 16:45 is 16:45 on the day on which the clock leaps, too.
        local = datetime.combine(day, time()) + timedelta(seconds=moment.clock)
        return instant(local, show.zone), str(moment)
    if moment.sun is None or show.place is None:
        raise SunStays(f"{moment} needs the place")
    sun = _sun(moment.sun, day, show.place, show.zone)
    words = f"{moment.sun} ({sun.astimezone(show.zone):%H:%M}){moment.moved}"
    return Instant(sun.timestamp() + moment.offset), words


def _sun(what: str, day: date, place: Place, zone: ZoneInfo) -> datetime:
    """When the sun does it on a local date, to the second; dawn and dusk are civil, the sun 6° below the horizon."""
    from astral import Observer, sun  # noqa: PLC0415  (20 ms that only a show which looks to the sun costs)

    observer = Observer(place.latitude, place.longitude)
    for shift in (0, -1, 1):
        # astral counts days by UTC: far from Greenwich a local date's dusk may be that of the next or the last.
        try:
            found: datetime = getattr(sun, what)(observer, date=day + timedelta(days=shift), tzinfo=UTC)
        except ValueError:
            continue
        if found.astimezone(zone).date() == day:
            return found.replace(microsecond=0) + timedelta(seconds=round(found.microsecond / 1e6))
    raise SunStays(f"there is no {what} on {day} at this place; write a clock time, as 16:45")
