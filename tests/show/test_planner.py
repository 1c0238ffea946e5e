"""What the plan promises: every second covered, whole dwells, nobody twice at once, least shown first."""

import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projector.clock import Instant, Programme, Seconds
from projector.show.control import Anchor, programme_time
from projector.show.draft import Situation
from projector.show.planner import extend, plan
from projector.show.showings import CUT, Showing, Showings, Shows
from tests.show.shows import (
    OPENING,
    anchored,
    breaks_of,
    calendar,
    doubles,
    faults_of,
    gaps,
    photos,
    short_dwells,
    show,
    situation,
)

NOTHING = Showings((), ())
ALL = Programme(1e9)
HOUR = Programme(3600.0)

TITLE = {"cue": "title", "text": {"en": "We Remember"}, "dwell": "6s"}
MOSAIC = {"cue": "mosaic", "grid": "4x3", "dwell": "12s", "length": "2min"}
PHOTO = {"cue": "photo", "count": 3, "dwell": "8s"}

dwells = st.sampled_from(["2s", "3s", "5s", "8s", "12s", "20s"])
changes = st.sampled_from(["cut", "mix 1.5s", "mix 0.5s", "dip 2s"])
wheres = st.sampled_from([{}, {}, {"country": ["PL"]}, {"country": ["NO", "DE"]}])


def cue(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({**keys, "dwell": dwells, "transition": changes})


cues = st.one_of(
    cue(cue=st.just("title"), text=st.just({"en": "We Remember"})),
    cue(cue=st.sampled_from(["slate", "black", "interview", "message"])),
    cue(
        cue=st.just("mosaic"),
        grid=st.builds("{}x{}".format, st.integers(1, 8), st.integers(1, 5)),
        length=st.sampled_from(["10s", "1min", "100s", "4min"]),
        where=wheres,
    ),
    cue(cue=st.just("photo"), count=st.integers(1, 6), where=wheres),
)
closings = st.lists(st.floats(1, 700), max_size=4, unique=True).map(
    lambda at: tuple(zip(sorted(at)[::2], sorted(at)[1::2], strict=False))
)
quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def planned(rundown: list[dict[str, Any]], count: int, hours: float = 1.0, **more: Any) -> tuple[Situation, Showings]:
    at = situation(show(rundown), calendar(2, hours), photos(count), **more)
    return at, plan(at, NOTHING, ALL)


def later(at: Situation, seconds: float, **changed: Any) -> Situation:
    """The same some seconds on; what is over has been aired."""
    return replace(at, now=Instant(at.now + seconds), **changed)


def aired(showings: Showings, place: float) -> dict[str, int]:
    counts: dict[str, int] = {}
    for s in showings:
        if s.medium is not None and s.end <= place:
            counts[s.medium] = counts.get(s.medium, 0) + 1
    return counts


def rows(showings: Showings, until: float = 1e9) -> list[tuple[float, float, int | None, str | None]]:
    """What is seen of a plan before a place, without ids."""
    return sorted(((s.start, s.end, s.cell, s.medium) for s in showings if s.start < until), key=str)


def committed(showings: Showings, place: float) -> set[tuple[int, float, int | None, str | None]]:
    return {(s.id, s.start, s.cell, s.medium) for s in showings if s.start < place + 60}


def standing_at(showings: Showings, at: float) -> dict[int | None, str | None]:
    return {s.cell: s.medium for s in showings if s.start <= at < s.end}


# Whole plans ----------------------------------------------------------------------------------------------------


@quick
@given(
    rundown=st.lists(cues, min_size=1, max_size=5),
    count=st.sampled_from([0, 1, 2, 3, 5, 8, 20, 40, 41, 100]),
    evenings=st.integers(1, 3),
    hours=st.sampled_from([0.01, 0.1, 0.2]),
    shut=closings,
    start=st.floats(-100, 800),
    spread=st.sampled_from(["none", "country"]),
)
def test_every_second_is_covered_with_whole_dwells_nobody_twice_and_least_shown_first(
    rundown: list[dict[str, Any]],
    count: int,
    evenings: int,
    hours: float,
    shut: tuple[tuple[float, float], ...],
    start: float,
    spread: str,
) -> None:
    open_calendar = calendar(evenings, hours, closings=tuple(c for c in shut if c[1] < hours * 3600))
    show_, media = show(rundown, spread=spread), photos(count)
    at = situation(show_, open_calendar, media, OPENING + start)
    end = sum(b - a for a, b in open_calendar.spans)
    made = plan(at, NOTHING, ALL)
    assert not faults_of(made, show_, media, start=at.programme, end=end, breaks=breaks_of(open_calendar))
    assert rows(plan(at, NOTHING, ALL)) == rows(made)


@quick
@given(
    rundown=st.lists(cues, min_size=1, max_size=3), count=st.sampled_from([0, 1, 5, 13, 40]), step=st.floats(10, 400)
)
def test_a_plan_extended_bit_by_bit_keeps_every_promise(rundown: list[dict[str, Any]], count: int, step: float) -> None:
    show_, media, open_calendar = show(rundown), photos(count), calendar(2, 0.2)
    at = situation(show_, open_calendar, media)
    made = plan(at, NOTHING, Programme(step))
    for _ in range(4):
        made = extend(at, made, Programme(made.end + step))
    assert not faults_of(made, show_, media, breaks=breaks_of(open_calendar))


def test_no_showing_of_the_last_block_is_lost_when_a_plan_is_extended() -> None:
    at = situation(show([MOSAIC]), calendar(), photos(40))
    short = plan(at, NOTHING, Programme(60.0))
    long = extend(at, short, Programme(600.0))
    assert {s.id for s in short} <= {s.id for s in long}


@pytest.mark.parametrize("countries", [[f"{a}{b}" for a in "ABCD" for b in "XYZ"], ["PL"] * 3 + list("ABCDEFGHI")])
@pytest.mark.parametrize(
    "rundown", [[{**MOSAIC, "grid": "8x5", "length": "12min"}], [{**PHOTO, "count": 20}], [MOSAIC, PHOTO]]
)
def test_of_neighbours_at_most_8_in_100_share_a_country(countries: list[str], rundown: list[dict[str, Any]]) -> None:
    media = photos(420, countries=tuple(countries))
    made = plan(situation(show(rundown, spread="country"), calendar(1, 1.0), media), NOTHING, ALL)
    country = {m.sha256: m.facts.country for m in media}
    pairs = alike = 0
    for one, other in neighbouring(made):
        pairs += 1
        alike += country[one.medium or ""] == country[other.medium or ""]
    assert pairs > 400
    assert alike / pairs <= 0.08


def neighbouring(made: Showings) -> list[tuple[Showing, Showing]]:
    """Successors in a place, full-screen photos in succession, and cells side by side at the same time."""
    pairs: list[tuple[Showing, Showing]] = []
    alone: list[Showing] = []
    for block in made.blocks:
        places = made.places(block)
        if block.shows is Shows.MEDIA and block.cells == 1:
            alone += next(iter(places.values()))
        for cell, place in places.items():
            if cell is None:
                continue
            pairs += list(itertools.pairwise(place))
            beside = [cell + 1] if (cell + 1) % block.columns else []
            for other in (*beside, cell + block.columns):
                pairs += [(a, b) for a in place for b in places.get(other, []) if a.start < b.end and b.start < a.end]
    return pairs + list(itertools.pairwise(alone))


# The loop and the breaks ------------------------------------------------------------------------------------------


def test_the_loop_goes_on_next_evening_with_the_photo_for_which_there_was_no_room() -> None:
    # 6 s + 2 × 8 s fit into 24 s with 2 s to spare, which the second photo gets.
    _, made = planned([TITLE, PHOTO], 10, hours=24 / 3600)
    evening = [(b.cue, len(next(iter(made.places(b).values()))), b.end - b.start) for b in made.blocks]
    assert evening == [("title", 1, 6.0), ("photo", 2, 18.0), ("photo", 1, 8.0), ("title", 1, 6.0), ("photo", 1, 10.0)]


def test_a_mosaic_cut_by_the_close_goes_on_with_the_rest_of_its_length() -> None:
    _, made = planned([MOSAIC, TITLE], 20, hours=100 / 3600)
    assert [(b.cue, b.end - b.start) for b in made.blocks][:3] == [("mosaic", 100.0), ("mosaic", 20.0), ("title", 6.0)]


def test_nothing_is_begun_that_does_not_fit_before_a_closing() -> None:
    long = {"cue": "black", "dwell": "50s"}
    at = situation(show([TITLE, long]), calendar(1, 1.0, closings=((30.0, 60.0),)), [])
    made = plan(at, NOTHING, HOUR)
    assert [(b.cue, b.start, b.end) for b in made.blocks][:2] == [("title", 0.0, 30.0), ("black", 30.0, 80.0)]


def test_where_nothing_fits_at_all_the_slate_stands() -> None:
    _, made = planned([{"cue": "black", "dwell": "5min"}], 0, hours=0.05)
    assert {b.shows for b in made.blocks} == {Shows.SLATE}


def test_what_comes_first_after_an_opening_is_cut_in_since_the_window_fades() -> None:
    _, made = planned([TITLE, PHOTO], 10, hours=24 / 3600)
    assert [b.start for b in made.blocks if b.transition == CUT] == [0.0, 24.0]


# Few media --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("media", "grid"), [(24, (6, 4)), (40, (8, 5)), (39, (7, 4)), (2, (2, 1)), (1, (1, 1))])
def test_a_grid_shrinks_in_its_proportion_to_what_the_media_fill(media: int, grid: tuple[int, int]) -> None:
    _, made = planned([{**MOSAIC, "grid": "8x5"}], media)
    assert (made.blocks[0].columns, made.blocks[0].rows) == grid


def test_without_media_the_slate_stands_in_the_place_of_cues_that_want_them() -> None:
    _, made = planned([TITLE, MOSAIC, PHOTO], 0)
    assert [(b.shows, b.end - b.start) for b in made.blocks][:3] == [
        (Shows.TEXT, 6),
        (Shows.SLATE, 120),
        (Shows.SLATE, 24),
    ]


def test_the_slate_gives_way_within_a_second_of_the_first_photo() -> None:
    at, made = planned([MOSAIC], 0)
    now = later(at, 30.0, media=photos(20))
    new = plan(now, made, HOUR)
    assert next(b for b in new.blocks if b.shows is Shows.MEDIA).start <= 31.0
    assert not gaps(new, 0.0, 3600.0)
    # and once it has, what stood in for them a while ago takes nothing away any more
    minute = later(now, 70.0, media=photos(25))
    assert committed(plan(minute, new, HOUR), 100.0) == committed(new, 100.0)


def test_a_slate_stands_undisturbed_where_no_cue_can_show_what_there_is() -> None:
    at, made = planned([{"cue": "photo", "where": {"country": ["PL"]}}], 0)
    norway = photos(10, countries=("NO",))
    new = plan(later(at, 30.0, media=norway), made, HOUR)
    assert [(b.id, b.start, b.end) for b in new.blocks][:1] == [(b.id, b.start, b.end) for b in made.blocks][:1]


def test_a_shrunk_mosaic_ends_after_its_dwells_and_a_fuller_one_follows() -> None:
    at, made = planned([{**MOSAIC, "length": "12min"}], 6)
    assert made.blocks[0].makeshift
    new = plan(later(at, 20.0, media=photos(12)), made, HOUR)
    first, second = new.blocks[:2]
    assert first.end <= 20 + 60 + 12
    assert (second.columns, second.rows) == (4, 3)
    assert not short_dwells(new)
    assert not doubles(new)


# Planning anew ----------------------------------------------------------------------------------------------------


@quick
@given(
    rundown=st.lists(cues, min_size=1, max_size=3),
    count=st.sampled_from([13, 40, 100]),
    passed=st.floats(0, 600),
    added=st.integers(1, 30),
)
def test_an_arrival_changes_nothing_that_is_committed(
    rundown: list[dict[str, Any]], count: int, passed: float, added: int
) -> None:
    at = situation(show(rundown), calendar(2, 0.3), photos(count))
    made = plan(at, NOTHING, Programme(passed + 300))
    now = later(at, passed, aired=aired(made, passed), media=photos(count + added))
    new = plan(now, made, Programme(passed + 300))
    if not any(b.makeshift for b in made.blocks):
        assert committed(new, now.programme) == committed(made, now.programme)
    assert not gaps(new, 0.0, passed + 300)
    assert not short_dwells(new)
    assert not doubles(new)


def test_an_edit_of_the_rundown_changes_nothing_that_is_committed() -> None:
    at, made = planned([MOSAIC, PHOTO], 100)
    edited = later(at, 50.0, show=show([MOSAIC, TITLE, {**PHOTO, "dwell": "4s"}]))
    new = plan(edited, made, ALL)
    assert committed(new, 50.0) == committed(made, 50.0)
    assert [b.cue for b in new.blocks][:3] == ["mosaic", "title", "photo"]


def test_an_edit_that_is_applied_now_leaves_only_what_is_on_air() -> None:
    at, made = planned([PHOTO], 100)
    new = plan(later(at, 3.0, show=show([{**PHOTO, "dwell": "4s"}])), made, ALL, commit=Seconds(0.0))
    assert [(s.start, s.end) for s in new][:1] == [(0.0, 8.0)]
    assert standing_at(new, 3.0) == standing_at(made, 3.0)


@pytest.mark.parametrize("rundown", [[MOSAIC], [PHOTO], [TITLE, MOSAIC, PHOTO]])
@pytest.mark.parametrize("passed", [0.0, 1.0, 77.7, 119.9, 500.0])
def test_planning_again_with_nothing_changed_gives_the_same_plan(rundown: list[dict[str, Any]], passed: float) -> None:
    at = situation(show(rundown, spread="country"), calendar(2), photos(100))
    made = plan(at, NOTHING, HOUR)
    again = plan(later(at, passed, aired=aired(made, passed)), made, HOUR)
    assert rows(again, 3500.0) == rows(made, 3500.0)


def test_who_was_swallowed_comes_again_first() -> None:
    at, made = planned([PHOTO], 30)
    order = [s.medium or "" for s in made if s.start < 80]
    seen = {m: 1 for m in order if m not in order[3:6]}
    now = replace(at, aired=seen, anchor=anchored(at.calendar, OPENING + 80, 80), now=Instant(OPENING + 80))
    new = plan(now, NOTHING, ALL)
    soon = {s.medium for s in new if s.start < 80 + 30 * 8}
    assert set(order[3:6]) <= soon


# Taking away ------------------------------------------------------------------------------------------------------


def without(at: Situation, gone: str | None, seconds: float) -> Situation:
    return later(at, seconds, media=[m for m in at.media if m.sha256 != gone])


@pytest.mark.parametrize("passed", [5.0, 40.0, 100.0, 130.0])
def test_a_removal_from_a_mosaic_replaces_only_its_place_and_at_once(passed: float) -> None:
    at, made = planned([MOSAIC, TITLE], 60)
    gone = next(s for s in made if s.cell == 5 and s.start <= passed < s.end and s.medium)
    new = plan(without(at, gone.medium, passed), made, HOUR, barred={gone.medium or ""})
    old_places, places = standing_at(made, passed), standing_at(new, passed)
    assert {cell: m for cell, m in places.items() if cell != 5} == {c: m for c, m in old_places.items() if c != 5}
    come = next(s for s in new if s.cell == 5 and s.start <= passed < s.end)
    assert come.start == passed
    assert come.end - come.start >= 12
    assert gone.medium not in {s.medium for s in new if s.end > passed}
    kept = {x for x in committed(made, passed) if x[3] != gone.medium and x[2] != 5}
    assert kept <= committed(new, passed)
    assert not doubles(new)


def test_of_a_removal_full_screen_the_next_photo_comes_now() -> None:
    at, made = planned([PHOTO], 20)
    gone = standing_at(made, 11.0)[None] or ""
    new = plan(without(at, gone, 11.0), made, HOUR, barred={gone})
    come = next(s for s in new if s.start <= 11.0 < s.end)
    assert (come.start, come.end) == (11.0, 19.0)
    assert not gaps(new, 0.0, 3600.0)


@pytest.mark.parametrize("rundown", [[PHOTO], [MOSAIC], [{**MOSAIC, "length": "20s"}]])
def test_when_all_are_removed_the_slate_comes_now(rundown: list[dict[str, Any]]) -> None:
    at, made = planned(rundown, 14)
    new = plan(later(at, 11.0, media=[]), made, HOUR, barred={m.sha256 for m in at.media})
    assert not gaps(new, 0.0, 3600.0)
    block = new.block_at(Programme(11.0))
    assert block is not None
    assert (block.shows, block.start) == (Shows.SLATE, 11.0)


@quick
@given(
    rundown=st.lists(cues, min_size=1, max_size=3),
    count=st.sampled_from([3, 8, 13, 40, 100]),
    passed=st.floats(0, 600),
    numbers=st.sets(st.integers(0, 99), min_size=1, max_size=5),
)
def test_what_is_barred_is_nowhere_from_now_on_however_often_it_is_planned(
    rundown: list[dict[str, Any]], count: int, passed: float, numbers: set[int]
) -> None:
    at = situation(show(rundown), calendar(2, 0.3), photos(count))
    made = plan(at, NOTHING, ALL)
    barred = {at.media[n % count].sha256 for n in numbers}
    now = later(at, passed, aired=aired(made, passed), media=[m for m in at.media if m.sha256 not in barred])
    for _ in range(2):
        made = plan(now, made, ALL, barred=barred)
        assert not {s.medium for s in made if s.end > passed + 1e-6} & barred
        assert not doubles(made)
        assert not [block for block in made.blocks if block.end <= block.start]
    assert made.end >= 2160.0 - 1e-3


# Stops and takes --------------------------------------------------------------------------------------------------


def test_after_a_stop_of_hours_the_plan_goes_on_with_the_next_cue() -> None:
    at = situation(show([TITLE, MOSAIC, PHOTO]), calendar(2, 3.0), photos(60))
    made = plan(at, NOTHING, Programme(100.0))
    assert made.blocks[-1].cue == "mosaic"
    new = plan(later(at, 7200.0), made, Programme(7300.0))
    block = new.block_at(Programme(7200.0))
    assert block is not None
    assert (block.cue, block.start) == ("photo", 7200.0)


def test_the_ids_of_new_showings_are_those_that_are_free() -> None:
    at = situation(show([PHOTO]), calendar(), photos(10))
    made = plan(at, NOTHING, Programme(100.0), ids=(70, 900))
    assert min(b.id for b in made.blocks) == 70
    assert min(s.id for s in made) == 900
    longer = extend(at, made, Programme(200.0), ids=(500, 5000))
    assert {s.id for s in made} < {s.id for s in longer}
    assert all(s.id >= 5000 for s in longer if s.start >= made.end)


def test_the_plan_of_an_anchor_moved_by_a_hold_keeps_the_breaks_where_the_clock_has_them() -> None:
    open_calendar = calendar(2, 0.1)
    anchor = Anchor(Instant(OPENING + 100), Programme(40.0))  # held for a minute
    at = situation(show([MOSAIC]), open_calendar, photos(40), OPENING + 100, anchor=anchor)
    made = plan(at, NOTHING, ALL)
    close = programme_time(anchor, open_calendar, open_calendar.evenings[0].closes)
    assert close == 300.0
    assert not faults_of(made, at.show, list(at.media), start=40.0, end=660.0, breaks=[300.0])


def test_a_photo_asked_for_by_name_is_shown_as_often_as_asked() -> None:
    _, made = planned([{"cue": "photo", "file": "photos/00003.jpg", "dwell": "5s"}, TITLE], 10)
    assert {s.medium for s in made} == {photos(10)[3].sha256, None}
