"""What a producer writes, as values: durations, transitions, moments, dates, sizes (words and codes: show.codes).

Each function takes what stands in the file (text, number, true/false, None, list, mapping) or the finished value, and
returns the finished value; it raises ValueError whose text says what is wrong and what would be right.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime

from projector.clock import Seconds
from projector.show.picture import Size
from projector.show.saying import meant, said, spoken
from projector.show.showings import CUT, How, Transition

DAY = 86_400.0
YEARS = range(2000, 2200)
SUNS = ("dawn", "sunrise", "sunset", "dusk")

_PARTS = re.compile(r"(?:(\d+(?:\.\d+)?) ?h)? ?(?:(\d+(?:\.\d+)?) ?min)? ?(?:(\d+(?:\.\d+)?) ?s)?")
_HOUR = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_SUN = re.compile(r"([A-Za-z]+)(?: *([+-]) *(.+))?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_STAMP = re.compile(r"(\d{4}-\d{2}-\d{2})[T ] *(\d{1,2}:\d{2}(?::\d{2})?) ?(Z|[+-]\d{2}:\d{2})?")
_BY = re.compile(r"(\d{1,5}) ?[xX×] ?(\d{1,5})")
_NUMBER = re.compile(r"[-+]?\d{1,15}(?:\.\d{1,15})?")
_DURATIONS = "write it as 8s, 1.5s, 4min or 1h30min"


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of any day: `clock` seconds after local midnight (to 86400), or the sun's (`sun`) moved by `offset`."""

    clock: Seconds | None = None
    sun: str | None = None
    offset: Seconds = Seconds(0.0)

    def __str__(self) -> str:
        if self.clock is not None:
            minutes, seconds = divmod(round(self.clock), 60)
            return f"{minutes // 60:02}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
        return f"{self.sun}{self.moved}"

    @property
    def moved(self) -> str:
        """The offset in words, as in " + 20 min"; "" where there is none."""
        return f" {'+' if self.offset > 0 else '-'} {spoken(Seconds(abs(self.offset)))}" if self.offset else ""


def duration(value: object) -> Seconds:
    """Seconds from `8s`, `8 s`, `1.5s`, `4min`, `1h30min`; 0 to a day."""
    if isinstance(value, int | float | str) and not isinstance(value, bool) and _NUMBER.fullmatch(str(value).strip()):
        raise ValueError(f"{value} has no unit; write {value}s or {value}min")
    words = value.strip() if isinstance(value, str) else ""
    parts = _PARTS.fullmatch(words)
    if not words or parts is None:
        raise ValueError(f"{said(value)} is not a duration; {_DURATIONS}")
    hours, minutes, seconds = (float(part or 0) for part in parts.groups())
    length = hours * 3600 + minutes * 60 + seconds
    if length > DAY:
        raise ValueError(f"{said(value)} is longer than a day")
    return Seconds(length)


def dwell(value: object) -> Seconds:
    """A duration for which something stands. Under a tenth of a second nothing is seen, and the planner drowns."""
    length = duration(value)
    if length < 0.1:
        raise ValueError(f"{said(value)} is too short to be seen; write 0.1s or more")
    return length


def transition(value: object) -> Transition:
    """`cut`, `mix 1.5s` or `dip 2s`."""
    how, _, length = (value.strip() if isinstance(value, str) else "").partition(" ")
    if how not in tuple(How):
        raise ValueError(
            f"unknown transition {said(how or value)}{meant(how, tuple(How)) or '; write cut, mix 1.5s or dip 2s'}"
        )
    if how == How.CUT:
        if length:
            raise ValueError("a cut has no length; write cut alone")
        return CUT
    if not length:
        raise ValueError(f"{how} needs its length; write {how} 1.5s")
    seconds = duration(length)
    if not seconds:
        raise ValueError(f"{how} of no length; write cut")
    return Transition(How(how), seconds)


def moment(value: object) -> Moment:
    """`16:45`, `24:00`, or dawn, sunrise, sunset, dusk, with `± duration`."""
    words = value.strip() if isinstance(value, str) else ""
    if hour := _HOUR.fullmatch(words):
        return Moment(clock=_clock(words, *hour.groups()))
    if (sun := _SUN.fullmatch(words)) is None:
        raise ValueError(f"{said(value)} is not a moment; write it as 16:45, dusk or sunset - 5 min")
    name, sign, length = sun.groups()
    if name not in SUNS:
        raise ValueError(
            f"{said(name)} is not a moment of the day{meant(name, SUNS) or '; write 16:45, dusk or sunset'}"
        )
    if not sign:
        return Moment(sun=name)
    offset = duration(length)
    if offset > DAY / 2:
        raise ValueError(f"{said(length)} is too far from {name}; write a clock time")
    return Moment(sun=name, offset=Seconds(offset if sign == "+" else -offset))


def _clock(words: str, hours: str, minutes: str, seconds: str | None) -> Seconds:
    total = int(hours) * 3600 + int(minutes) * 60 + int(seconds or 0)
    if int(minutes) > 59 or int(seconds or 0) > 59 or total > DAY:
        raise ValueError(f"'{words}' is no time of the day; hours go to 24:00, minutes to 59")
    return Seconds(float(total))


def day(value: object) -> date:
    """A date, `2027-01-24`."""
    words = value.strip() if isinstance(value, str) else ""
    if not _DATE.fullmatch(words):
        raise ValueError(f"{said(value)} is not a date; write it as 2027-01-24")
    try:
        found = date.fromisoformat(words)
    except ValueError:
        raise ValueError(f"'{words}' is no day of the calendar") from None
    if found.year not in YEARS:
        raise ValueError(f"'{words}' is not between {YEARS[0]} and {YEARS[-1]}")
    return found


def stamp(value: object) -> datetime:
    """A date and time, `2027-01-24 19:00`; without an offset it is naive, and means the show's zone."""
    words = value.strip() if isinstance(value, str) else ""
    if (parts := _STAMP.fullmatch(words)) is None:
        raise ValueError(f"{said(value)} is not a date and time; write it as 2027-01-24 19:00")
    on, hour, offset = parts.groups()
    try:
        found = datetime.fromisoformat(f"{day(on)}T{hour.zfill(8 if hour.count(':') > 1 else 5)}{offset or ''}")
    except ValueError as error:
        raise ValueError(str(error) if "'" in str(error) else f"'{words}' is no time of the day") from None
    return found


def canvas(value: object) -> Size:
    """`1920x1080`, each side 320 to 16384 pixels."""
    width, height = _by(value, "1920x1080")
    if not (320 <= width <= 16384 and 320 <= height <= 16384):
        raise ValueError(f"{said(value)} is out of range; each side has 320 to 16384 pixels")
    return Size(width, height)


def grid(value: object) -> tuple[int, int]:
    """`8x5`: (columns, rows), 1x1 to 24x16."""
    columns, rows = _by(value, "8x5 (columns x rows)")
    if not (1 <= columns <= 24 and 1 <= rows <= 16):
        raise ValueError(f"{said(value)} is out of range; a grid has 1x1 to 24x16 places, columns x rows")
    return columns, rows


def _by(value: object, right: str) -> tuple[int, int]:
    found = _BY.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"{said(value)} is not a size; write it as {right}")
    return int(found[1]), int(found[2])


def spelt(length: Seconds) -> str:
    """A duration as it is written in a show file."""
    return f"{length:.6f}".rstrip("0").rstrip(".") + "s"


def transition_spelt(change: Transition) -> str:
    """A transition as it is written in a show file."""
    return str(change.how) if change.how == How.CUT else f"{change.how} {spelt(change.seconds)}"


def size_spelt(size: Size) -> str:
    """A size as it is written in a show file."""
    return f"{size.width}x{size.height}"


def grid_spelt(places: tuple[int, int]) -> str:
    """A grid as it is written in a show file."""
    return f"{places[0]}x{places[1]}"
