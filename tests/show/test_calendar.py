"""When the wall is open, and how the evenings come about."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projector.clock import Instant, Seconds
from projector.show.calendar import Calendar, Evening
from projector.show.opening import SunStays, calendar_of
from projector.show.playlist import parse_show

WARSAW = ZoneInfo("Europe/Warsaw")


def seen(*values: Any) -> tuple[Any, ...]:
    """Values to compare with plain numbers: a NewType never equals one, says mypy."""
    return values


def at(text: str) -> Instant:
    """The instant of a local moment in Warsaw."""
    return Instant(datetime.fromisoformat(text).replace(tzinfo=WARSAW).timestamp())


def evening(day: int, opens: float, closes: float, *closings: tuple[float, float], fade: float = 10) -> Evening:
    shut = tuple((Instant(start), Instant(end)) for start, end in closings)
    return Evening(date(2027, 1, day), Instant(opens), Instant(closes), Seconds(fade), shut, "opens at noon")


# Open 1000–1100, 1150–1200 and 2000–2300.
TWO = Calendar([evening(25, 2000, 2300), evening(24, 1000, 1200, (1100, 1150))])


def of(window: str, more: str = "", zone: str = "Europe/Warsaw") -> Calendar:
    text = f"show: a\ntimezone: {zone}\nwindow: {window}\nmedia: m\nrundown: [{{cue: black}}]\n{more}"
    return calendar_of(parse_show(text, "a.yaml"))


# Questions about open time


def test_the_spans_are_the_evenings_minus_their_closings() -> None:
    assert seen(TWO.spans) == (((1000, 1100), (1150, 1200), (2000, 2300)),)
    assert [e.date.day for e in TWO.evenings] == [24, 25]


@pytest.mark.parametrize(
    ("closings", "spans"),
    [
        (((0, 10), (90, 100)), ((10, 90),)),
        (((0, 100),), ()),
        (((20, 30), (30, 40)), ((0, 20), (40, 100))),
        ((), ((0, 100),)),
    ],
)
def test_no_span_is_empty(closings: tuple[tuple[float, float], ...], spans: tuple[tuple[float, float], ...]) -> None:
    assert Calendar([evening(24, 0, 100, *closings)]).spans == spans


@pytest.mark.parametrize(
    ("now", "day", "is_open"),
    [(999, None, False), (1000, 24, True), (1099, 24, True), (1100, 24, False), (1149, 24, False), (1150, 24, True), (1200, None, False), (2000, 25, True), (2300, None, False)],
)  # fmt: skip
def test_a_closing_is_within_its_evening_and_not_open(now: float, day: int | None, is_open: bool) -> None:
    found = TWO.evening_at(Instant(now))
    assert (found.date.day if found else None) == day
    assert TWO.is_open(Instant(now)) is is_open


@pytest.mark.parametrize(
    ("after", "opening"), [(0, 1000), (1000, 1150), (999.9, 1000), (1149, 1150), (1150, 2000), (2000, None)]
)
def test_the_next_opening_is_strictly_after(after: float, opening: float | None) -> None:
    assert TWO.next_opening(Instant(after)) == opening


@pytest.mark.parametrize(
    ("after", "day"), [(0, 24), (1000, 24), (1120, 24), (1199.9, 24), (1200, 25), (2299, 25), (2300, None)]
)
def test_the_next_evening_is_the_first_that_closes_later(after: float, day: int | None) -> None:
    found = TWO.next_evening(Instant(after))
    assert (found.date.day if found else None) == day


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [(0, 5000, 450), (1000, 1100, 100), (1050, 1160, 60), (1100, 1150, 0), (1190, 2010, 20), (2299, 2301, 1), (1160, 1050, 0), (0, 999, 0)],
)  # fmt: skip
def test_open_seconds_leave_out_what_is_closed(start: float, end: float, seconds: float) -> None:
    assert TWO.open_seconds(Instant(start), Instant(end)) == seconds


@pytest.mark.parametrize(
    ("start", "seconds", "instant"),
    [
        (0, 0, 1000),
        (1050, 0, 1050),
        (1100, 0, 1150),
        (1120, 0, 1150),
        (1000, 100, 1150),
        (1000, 99.9999999, 1150),
        (1000, 101, 1151),
        (1000, 150, 2000),
        (1050, 110, 2010),
        (1000, 449, 2299),
        (1000, 450, None),
        (2300, 0, None),
        (0, 9999, None),
    ],
)
def test_the_instant_after_some_open_time(start: float, seconds: float, instant: float | None) -> None:
    found = TWO.instant_after(Instant(start), Seconds(seconds))
    assert found == (pytest.approx(instant, abs=1e-6) if instant is not None else None)


@pytest.mark.parametrize(
    ("start", "breaks"),
    [(0, (100, 150, 450)), (1050, (50, 100, 400)), (1100, (50, 350)), (1120, (50, 350)), (2250, (50,)), (2300, ())],
)
def test_breaks_are_where_the_spans_end_in_programme_time(start: float, breaks: tuple[float, ...]) -> None:
    assert TWO.breaks(Instant(start)) == breaks


@pytest.mark.parametrize(
    ("now", "gain"),
    [(999, 0), (1000, 0), (1005, 0.5), (1010, 1), (1050, 1), (1095, 0.5), (1100, 0), (1125, 0), (1155, 0.5), (1199, 0.1), (1200, 0), (2295, 0.5)],
)  # fmt: skip
def test_the_picture_fades_in_and_out_at_every_span(now: float, gain: float) -> None:
    assert TWO.gain(Instant(now)) == pytest.approx(gain)


def test_without_a_fade_the_picture_is_there_at_once() -> None:
    calendar = Calendar([evening(24, 0, 100, fade=0)])
    assert [calendar.gain(Instant(now)) for now in (-1, 0, 99.9, 100)] == [0, 1, 1, 0]


def test_an_empty_calendar_answers_everything() -> None:
    none = Calendar()
    now = Instant(5)
    assert (none.evening_at(now), none.is_open(now), none.next_opening(now), none.next_evening(now)) == (
        None,
        False,
        None,
        None,
    )
    assert seen(
        none.open_seconds(now, Instant(9)),
        none.instant_after(now, Seconds(0)),
        none.breaks(now),
        none.gain(now),
    ) == (0, None, (), 0)


def test_evenings_that_overlap_are_no_calendar() -> None:
    with pytest.raises(ValueError, match="overlap"):
        Calendar([evening(24, 0, 100), evening(25, 99, 200)])


def test_a_calendar_survives_the_ledger() -> None:
    text = json.dumps(TWO.as_json())
    assert Calendar.from_json(json.loads(text)) == TWO
    assert hash(Calendar.from_json(json.loads(text))) == hash(TWO)
    assert Calendar.from_json(json.loads(text)) != Calendar()


@given(st.floats(0, 3000), st.floats(0, 500))
def test_instant_after_and_open_seconds_are_inverse(start: float, seconds: float) -> None:
    base = 1.8e9  # as in life: seconds since 1970 leave a float a quarter of a microsecond
    calendar = Calendar(
        [evening(24, base + 1000, base + 1200, (base + 1100, base + 1150)), evening(25, base + 2000, base + 2300)]
    )
    begin = Instant(base + start)
    found = calendar.instant_after(begin, Seconds(seconds))
    if found is None:
        assert calendar.open_seconds(begin, Instant(base + 5000)) <= seconds + 1e-5
    else:
        assert found >= begin
        assert calendar.is_open(found)
        assert calendar.open_seconds(begin, found) == pytest.approx(seconds, abs=2e-6)


def test_the_wall_reads_a_calendar_without_the_models() -> None:
    code = "import sys, projector.show.calendar; print([m for m in ('pydantic', 'astral', 'yaml', 'rapidfuzz') if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


# How the evenings come about


def test_the_evenings_of_the_week_open_and_close_by_the_local_clock() -> None:
    calendar = of("{from: 2027-01-24, to: 2027-01-27, opens: 16:45, closes: 23:00}")
    assert [(e.date, e.opens, e.closes) for e in calendar.evenings] == [
        (date(2027, 1, day), at(f"2027-01-{day}T16:45"), at(f"2027-01-{day}T23:00")) for day in (24, 25, 26, 27)
    ]
    assert calendar.evenings[0].why == "opens at 16:45"
    assert datetime.fromtimestamp(calendar.evenings[0].opens, UTC).hour == 15


def test_a_later_block_overrides_a_date() -> None:
    calendar = of(
        "[{from: 2027-01-24, to: 2027-01-27, opens: 16:45, closes: 23:00},"
        " {from: 2027-01-26, to: 2027-01-26, opens: 15:00, closes: 20:00, fade: 9s}]"
    )
    third = calendar.evenings[2]
    assert seen(third.opens, third.closes, third.fade) == (at("2027-01-26T15:00"), at("2027-01-26T20:00"), 9)
    assert len(calendar.evenings) == 4


@pytest.mark.parametrize(
    ("closes", "end"), [("00:30", "2027-01-25T00:30"), ("24:00", "2027-01-25T00:00"), ("00:00", "2027-01-25T00:00")]
)
def test_a_close_past_midnight_belongs_to_the_evening_that_opened(closes: str, end: str) -> None:
    (only,) = of(f"{{from: 2027-01-24, to: 2027-01-24, opens: 16:45, closes: {closes}}}").evenings
    assert (only.date, only.closes) == (date(2027, 1, 24), at(end))


def test_new_year_is_one_evening() -> None:
    (only,) = of("{from: 2026-12-31, to: 2026-12-31, opens: 22:00, closes: 02:00}").evenings
    assert (only.date, only.opens, only.closes) == (date(2026, 12, 31), at("2026-12-31T22:00"), at("2027-01-01T02:00"))
    assert only.closes - only.opens == 4 * 3600


def test_the_night_in_which_the_clock_leaps_is_an_hour_shorter() -> None:
    calendar = of("{from: 2027-03-27, to: 2027-03-28, opens: 22:00, closes: 04:00}")
    assert [e.closes - e.opens for e in calendar.evenings] == [5 * 3600, 6 * 3600]
    assert [e.closes for e in calendar.evenings] == [at("2027-03-28T04:00"), at("2027-03-29T04:00")]


def test_the_night_in_which_the_clock_goes_back_is_an_hour_longer() -> None:
    (only,) = of("{from: 2027-10-30, to: 2027-10-30, opens: 22:00, closes: 04:00}").evenings
    assert only.closes - only.opens == 7 * 3600


def test_on_the_day_of_the_leap_the_opening_is_what_the_clock_shows() -> None:
    (only,) = of("{from: 2027-03-28, to: 2027-03-28, opens: 20:00, closes: 23:00}").evenings
    assert f"{datetime.fromtimestamp(only.opens, WARSAW):%H:%M}" == "20:00"


OSWIECIM = "place: {latitude: 50.0359, longitude: 19.1784}\n"


def test_dusk_is_civil_and_moves_from_day_to_day() -> None:
    calendar = of("{from: 2027-01-24, to: 2027-01-25, opens: dusk + 20 min, closes: 23:00}", OSWIECIM)
    first, second = calendar.evenings
    # Civil dusk at 50° N on 24 January: about half an hour after sunset at 16:25 local time.
    assert at("2027-01-24T16:57") < first.opens - 1200 < at("2027-01-24T17:02")
    assert 60 < second.opens - first.opens - 86400 < 120
    assert first.why == "opens at dusk (16:59) + 20 min"
    assert seen(first.opens) == (int(first.opens),)


def test_sunset_dawn_and_sunrise_serve_too() -> None:
    (only,) = of("{from: 2027-01-24, to: 2027-01-24, opens: sunset - 5 min, closes: dawn}", OSWIECIM).evenings
    assert at("2027-01-24T16:15") < only.opens < at("2027-01-24T16:30")
    assert at("2027-01-25T06:45") < only.closes < at("2027-01-25T07:05")
    (early,) = of("{from: 2027-01-24, to: 2027-01-24, opens: 05:00, closes: sunrise}", OSWIECIM).evenings
    assert at("2027-01-24T07:20") < early.closes < at("2027-01-24T07:40")


@pytest.mark.parametrize(
    ("zone", "place"),
    [
        ("Pacific/Auckland", "{latitude: -36.85, longitude: 174.76}"),
        ("Pacific/Honolulu", "{latitude: 21.3, longitude: -157.86}"),
        ("America/Los_Angeles", "{latitude: 34.05, longitude: -118.24}"),
    ],
)
def test_far_from_greenwich_dusk_is_that_of_the_local_date(zone: str, place: str) -> None:
    calendar = of("{from: 2027-01-24, to: 2027-01-26, opens: dusk, closes: 23:30}", f"place: {place}\n", zone)
    for found in calendar.evenings:
        local = datetime.fromtimestamp(found.opens, ZoneInfo(zone))
        assert local.date() == found.date
        assert 17 <= local.hour <= 21


def test_where_dusk_does_not_come_there_is_no_calendar() -> None:
    text = (
        "show: a\ntimezone: Europe/Oslo\nplace: {latitude: 69.6, longitude: 18.9}\nmedia: m\nrundown: [{cue: black}]\n"
    )
    show = parse_show(text + "window: {from: 2027-01-24, to: 2027-01-24, opens: dusk, closes: 23:00}", "a.yaml")
    summer = date(2027, 6, 20)
    window = show.window[0].model_copy(update={"first": summer, "last": summer})
    with pytest.raises(SunStays, match="no dusk on 2027-06-20"):
        calendar_of(show.model_copy(update={"window": (window,)}))


def test_closings_are_cut_to_the_evening_and_joined() -> None:
    closed = ", ".join(
        f"{{from: 2027-01-24 {a}, to: 2027-01-24 {b}}}"
        for a, b in (("19:05", "19:20"), ("19:00", "19:10"), ("16:00", "17:00"), ("22:50", "23:30"))
    )
    (only,) = of(f"{{from: 2027-01-24, to: 2027-01-24, opens: 16:45, closes: 23:00, closed: [{closed}]}}").evenings
    assert only.closings == tuple(
        (at(f"2027-01-24T{a}"), at(f"2027-01-24T{b}"))
        for a, b in (("16:45", "17:00"), ("19:00", "19:20"), ("22:50", "23:00"))
    )


def test_a_closing_after_midnight_falls_into_the_evening_before() -> None:
    closed = "closed: [{from: 2027-01-25 00:10, to: 2027-01-25 00:20}]"
    (only,) = of(f"{{from: 2027-01-24, to: 2027-01-24, opens: 16:45, closes: 00:30, {closed}}}").evenings
    assert only.closings == ((at("2027-01-25T00:10"), at("2027-01-25T00:20")),)
