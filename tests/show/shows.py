"""Shows, media and calendars for tests."""

from datetime import date
from typing import Any

from projector.clock import Instant, Seconds
from projector.show.calendar import Calendar, Evening
from projector.show.control import Control, first_anchor
from projector.show.draft import Situation
from projector.show.media import Facts, Kind, Medium
from projector.show.rundown import Show

DAY = 86400.0
OPENING = Instant(1_800_000_000.0)


def show(rundown: list[dict[str, Any]], **keys: Any) -> Show:
    return Show.model_validate(
        {
            "show": "Test",
            "timezone": "Europe/Warsaw",
            "window": {"from": "2027-01-24", "to": "2027-01-27", "opens": "17:00", "closes": "23:00"},
            "media": "media",
            "seed": "test",
            "rundown": rundown,
            **keys,
        }
    )


def calendar(evenings: int = 2, hours: float = 1.0, fade: float = 3.0, closings: tuple[tuple[float, float], ...] = ()) -> Calendar:
    def evening(day: int) -> Evening:
        opens = OPENING + day * DAY
        shut = tuple((Instant(opens + a), Instant(opens + b)) for a, b in closings)
        return Evening(date(2027, 1, 15 + day), Instant(opens), Instant(opens + hours * 3600), Seconds(fade), shut)

    return Calendar(evening(day) for day in range(evenings))


COUNTRIES = ("PL", "NO", "DE", "FR", "IL", "US", "BR", "JP", "NL", "IT")


def photos(count: int, start: int = 0, countries: tuple[str | None, ...] = COUNTRIES) -> list[Medium]:
    return [
        Medium(
            f"{i:064x}", f"photos/{i:05d}.jpg", Kind.PHOTO, width=800, height=600,
            facts=Facts(country=countries[i % len(countries)]),
        )
        for i in range(start, start + count)
    ]  # fmt: skip


def situation(show_: Show, calendar_: Calendar, media: list[Medium], now: float = OPENING, **more: Any) -> Situation:
    return Situation(show_, calendar_, more.pop("anchor", first_anchor(calendar_)), Instant(now), media, **more)


def control(calendar_: Calendar) -> Control:
    return Control(first_anchor(calendar_))
