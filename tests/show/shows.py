"""Shows, media and calendars for tests."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from projector.clock import Instant, Programme, Seconds
from projector.show.asking import asks_for
from projector.show.calendar import Calendar, Evening
from projector.show.control import Anchor, Control, first_anchor
from projector.show.draft import Situation
from projector.show.media import Clip, Facts, Kind, Medium, Message
from projector.show.rundown import Show
from projector.show.showings import Showing, Showings

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


def calendar(
    evenings: int = 2, hours: float = 1.0, fade: float = 3.0, closings: tuple[tuple[float, float], ...] = ()
) -> Calendar:
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


def clips(*seconds: float, kind: Kind = Kind.INTERVIEW, **facts: Any) -> list[Medium]:
    """Clips of these lengths, at 25 frames a second."""
    return [
        Medium(
            f"c{i:063x}", f"{kind}s/{i:02d}.mp4", kind, width=1280, height=720,
            facts=Facts(country=COUNTRIES[i % len(COUNTRIES)], **facts), clip=Clip(1280, 720, Fraction(25), round(length * 25)),
        )
        for i, length in enumerate(seconds)
    ]  # fmt: skip


def messages(count: int, languages: tuple[str, ...] = ("en",), **more: Any) -> list[Medium]:
    """Messages in words, which say that they are placeholders."""
    text = tuple((language, f"Placeholder in {language}") for language in languages)
    return [
        Medium(
            f"d{i:063x}", f"messages/{i:02d}.yaml", Kind.MESSAGE,
            message=Message(text, "Placeholder", (("en", "not a person"),)), **more,
        )
        for i in range(count)
    ]  # fmt: skip


def situation(show_: Show, calendar_: Calendar, media: list[Medium], now: float = OPENING, **more: Any) -> Situation:
    return Situation(show_, calendar_, more.pop("anchor", first_anchor(calendar_)), Instant(now), media, **more)


def control(calendar_: Calendar) -> Control:
    return Control(first_anchor(calendar_))


def anchored(calendar_: Calendar, now: float, programme: float) -> Anchor:
    """The loop stands at `programme` at the instant `now`, and runs."""
    return Anchor(Instant(now), Programme(programme))


def breaks_of(calendar_: Calendar) -> list[float]:
    """Where closings and closes fall in the untouched programme."""
    return [float(s) for s in calendar_.breaks(Instant(calendar_.evenings[0].opens))]


def faults_of(
    plan: Showings,
    show_: Show,
    media: list[Medium],
    *,
    start: float = 0.0,
    end: float | None = None,
    breaks: list[float] | None = None,
    aired: Mapping[str, int] | None = None,
) -> list[str]:
    """All that is wrong with a plan that was made in one go: gaps, overlaps, short dwells, doubles, unfair turns."""
    return [
        *gaps(plan, start, end),
        *short_dwells(plan),
        *across(plan, breaks or []),
        *doubles(plan),
        *unfair(plan, show_, media, aired or {}),
    ]


def gaps(plan: Showings, start: float, end: float | None) -> list[str]:
    faults = []
    at = start
    for block in plan.blocks:
        if abs(block.start - at) > 1e-5:
            faults.append(f"block {block.id} begins at {block.start}, the one before ends at {at}")
        if block.end - block.start < 1e-4:
            faults.append(f"block {block.id} is empty")
        at = block.end
        places = plan.places(block)
        wanted = {None} if block.cells == 1 and None in places else set(range(block.cells))
        if set(places) != wanted:
            faults.append(f"block {block.id} fills {len(places)} of {len(wanted)} places")
        for cell, place in places.items():
            ends = [block.start, *(s.end for s in place)]
            starts = [*(s.start for s in place), block.end]
            if any(abs(a - b) > 1e-5 for a, b in zip(ends, starts, strict=True)):
                faults.append(f"block {block.id} cell {cell} has a gap or an overlap: {starts} {ends}")
    if end is not None and at < end - 1e-5:
        faults.append(f"the plan ends at {at}, before {end}")
    return faults


def short_dwells(plan: Showings) -> list[str]:
    dwell = {b.id: b.dwell for b in plan.blocks}
    return [f"{s} is shorter than {dwell[s.block]}" for s in plan if s.end - s.start < dwell[s.block] - 1e-5]


def across(plan: Showings, breaks: list[float]) -> list[str]:
    return [
        f"{s} lies across the break at {x}" for s in plan for x in breaks if s.start < x - 1e-5 and s.end > x + 1e-5
    ]


def doubles(plan: Showings) -> list[str]:
    faults = []
    last: dict[str, Showing] = {}
    for s in sorted(plan, key=lambda s: s.start):
        if s.medium is not None:
            if (before := last.get(s.medium)) is not None and before.end > s.start + 1e-5:
                faults.append(f"{s.medium[-4:]} is in two places at {s.start}: {before} {s}")
            last[s.medium] = s
    return faults


def unfair(plan: Showings, show_: Show, media: list[Medium], aired: Mapping[str, int]) -> list[str]:
    """Showings of a medium while one that its cue could have had, and that was not on the wall, had been shown less."""
    faults = []
    count = {m.sha256: aired.get(m.sha256, 0) for m in media}
    until: dict[str, float] = {}
    cues = {b.id: show_.rundown[b.cue_index] for b in plan.blocks if b.cue_index >= 0}
    pools = {id(cue): {m.sha256 for m in media if asks_for(cue, m)} for cue in cues.values()}
    for s in sorted(plan, key=lambda s: (s.start, s.id)):
        if s.medium is None:
            continue
        less = [x for x in pools[id(cues[s.block])] if count[x] < count[s.medium] and until.get(x, -1) < s.start - 1e-5]
        if less:
            faults.append(f"{s} comes for the {count[s.medium] + 1}th time, {less[0][-4:]} has had {count[less[0]]}")
        count[s.medium] += 1
        until[s.medium] = s.end
    return faults
