"""When the wall is open: evenings, the closings in them, and how much open time lies between two instants.

How the evenings come about (dusk, daylight saving, overriding dates) stands in show.opening; this is read by the wall,
and so needs neither the show file's model nor a time zone.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Self

from projector.clock import Instant, Seconds

Span = tuple[Instant, Instant]

# Seconds since 1970 as a float are exact to a quarter of a microsecond. What ends within this of the end of a span
# ends with it: else the next picture would be put on in the last microsecond of the evening.
EXACT = 1e-6


@dataclass(frozen=True, slots=True)
class Evening:
    """One opening of the window, named by the date on which it opened.

    `closings` lie inside [opens, closes], sorted and disjoint. `why` says in words how the opening came about.
    """

    date: date
    opens: Instant
    closes: Instant
    fade: Seconds
    closings: tuple[Span, ...] = ()
    why: str = ""

    def spans(self) -> Iterator[Span]:
        """The open stretches: the evening minus its closings, none of them empty."""
        start = self.opens
        for shut, reopened in (*self.closings, (self.closes, self.closes)):
            if shut > start:
                yield start, shut
            start = max(start, reopened)


class Calendar:
    """The evenings of a show, for questions about open time. Immutable once made.

    Raises ValueError where two evenings overlap: the show file's reader refuses such a show before.
    """

    __slots__ = ("_closes", "_ends", "_fades", "_starts", "_sums", "evenings", "spans")

    def __init__(self, evenings: Iterable[Evening] = ()) -> None:
        self.evenings: tuple[Evening, ...] = tuple(sorted(evenings, key=lambda evening: evening.opens))
        for one, other in pairwise(self.evenings):
            if other.opens < one.closes:
                raise ValueError(f"the evenings of {one.date} and {other.date} overlap")
        fades = [(span, evening.fade) for evening in self.evenings for span in evening.spans()]
        self.spans: tuple[Span, ...] = tuple(span for span, _ in fades)
        self._fades = [fade for _, fade in fades]
        self._closes = [evening.closes for evening in self.evenings]
        self._starts = [start for start, _ in self.spans]
        self._ends = [end for _, end in self.spans]
        self._sums = [0.0]  # _sums[i]: the open seconds before span i
        for start, end in self.spans:
            self._sums.append(self._sums[-1] + (end - start))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Calendar) and self.evenings == other.evenings

    def __hash__(self) -> int:
        return hash(self.evenings)

    def __repr__(self) -> str:
        return f"Calendar({self.evenings!r})"

    def evening_at(self, now: Instant) -> Evening | None:
        """The evening in [opens, closes) of which `now` lies; its closings count as within."""
        evening = self.next_evening(now)
        return evening if evening and evening.opens <= now else None

    def is_open(self, now: Instant) -> bool:
        """Whether `now` lies in a span, its start included and its end not."""
        index = bisect_right(self._starts, now) - 1
        return index >= 0 and now < self._ends[index]

    def next_opening(self, after: Instant) -> Instant | None:
        """The start of the first span that starts strictly after an instant: an opening, or the end of a closing."""
        index = bisect_right(self._starts, after)
        return self._starts[index] if index < len(self._starts) else None

    def next_evening(self, after: Instant) -> Evening | None:
        """The first evening that closes strictly after an instant: the one that runs, or the one to come."""
        index = bisect_right(self._closes, after)
        return self.evenings[index] if index < len(self.evenings) else None

    def open_seconds(self, start: Instant, end: Instant) -> Seconds:
        """The open time in [start, end); 0 where `end` is not after `start`."""
        return Seconds(max(0.0, self._before(end) - self._before(start)))

    def instant_after(self, start: Instant, seconds: Seconds) -> Instant | None:
        """The instant at which `open_seconds(start, it)` reaches `seconds` (0 or more); None past the last span.

        For 0 it is the first open instant from `start` on. What falls on the end of a span is the start of the next.
        """
        target = self._before(start) + max(0.0, seconds)
        index = bisect_right(self._sums, target + EXACT) - 1
        if index >= len(self.spans):
            return None
        return Instant(max(start, self._starts[index] + max(0.0, target - self._sums[index])))

    def breaks(self, start: Instant) -> tuple[Seconds, ...]:
        """The open seconds from `start` at which each later span ends: where closings and closes fall in programme time."""
        before = self._before(start)
        first = bisect_right(self._ends, start)
        return tuple(Seconds(total - before) for total in self._sums[first + 1 :])

    def gain(self, now: Instant) -> float:
        """0 to 1: the fade-in from each span's start, the fade-out to each span's end; 0 outside."""
        index = bisect_right(self._starts, now) - 1
        if index < 0 or now >= self._ends[index]:
            return 0.0
        fade = self._fades[index]
        if fade <= 0:
            return 1.0
        return min(1.0, (now - self._starts[index]) / fade, (self._ends[index] - now) / fade)

    def as_json(self) -> list[list[Any]]:
        """A list an evening, for `json.dumps`: date, opens, closes, fade, closings, why."""
        return [
            [e.date.isoformat(), e.opens, e.closes, e.fade, [list(span) for span in e.closings], e.why]
            for e in self.evenings
        ]

    @classmethod
    def from_json(cls, rows: Sequence[Sequence[Any]]) -> Self:
        """The calendar that `as_json` wrote."""
        return cls(
            Evening(date.fromisoformat(day), opens, closes, fade, tuple((a, b) for a, b in closings), why)
            for day, opens, closes, fade, closings, why in rows
        )

    def _before(self, at: Instant) -> float:
        """The open seconds before an instant."""
        index = bisect_right(self._starts, at) - 1
        if index < 0:
            return 0.0
        return self._sums[index] + (min(at, self._ends[index]) - self._starts[index])
