"""What the room sees: a pure function of the instant, defined for every one, and its weights right in every pixel."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projector.clock import Instant, Programme, Seconds
from projector.show.calendar import Calendar
from projector.show.control import (
    Control,
    Cover,
    covered,
    hold,
    programme_time,
    rejoin,
    resume,
    take,
)
from projector.show.layout import cells
from projector.show.picture import (
    BlackTile,
    ClipTile,
    Layer,
    MessageTile,
    PhotoTile,
    Picture,
    Size,
    TextTile,
    WordsTile,
)
from projector.show.picture_at import Audience, Plan, Slate, on_air, picture_at
from projector.show.planner import plan as planned
from projector.show.showings import CUT, How, Showings, Transition
from tests.show.shows import DAY, OPENING, calendar, control, photos, show, situation

CANVAS = Size(1920, 1080)
SLATE = Slate((("en", "We Remember"),))
MIX = Transition(How.MIX, Seconds(1.5))
TITLE = {"cue": "title", "text": {"en": "We Remember"}, "dwell": "6s"}
PHOTO = {"cue": "photo", "count": 3, "dwell": "8s", "transition": "mix 1.5s"}
MOSAIC = {"cue": "mosaic", "grid": "4x3", "dwell": "4s", "length": "30s", "transition": "mix 3s"}

Weights = dict[str, float]


def at(seconds: float) -> Instant:
    return Instant(OPENING + seconds)


def wall(
    rundown: list[dict[str, Any]], count: int = 40, hours: float = 0.2, closings: tuple[tuple[float, float], ...] = ()
) -> tuple[Plan, Control]:
    open_calendar = calendar(2, hours, closings=closings)
    made = planned(situation(show(rundown), open_calendar, photos(count)), Showings((), ()), Programme(1e9))
    return Plan(made, open_calendar, SLATE, CANVAS), control(open_calendar)


def name(layer: Layer) -> str:
    match layer.tile:
        case PhotoTile(medium=medium):
            return medium[-4:]
        case TextTile(texts=texts):
            return "+".join(language for language, _ in texts)
        case BlackTile():
            return "black"
        case ClipTile(medium=medium, frame=frame):
            return f"{medium[-4:]}:{frame}"
        case MessageTile(medium=medium) | WordsTile(words=(medium, *_)):
            return medium[-4:]
        case WordsTile():
            return "words"


def weights(picture: Picture, x: int = 10, y: int = 10) -> Weights:
    """How much each tile counts for in a pixel; what is missing to 1 is black."""
    seen: Weights = {}
    for layer in picture.layers:
        r = layer.rect
        if r.x <= x < r.x + r.width and r.y <= y < r.y + r.height:
            assert 0.0 <= layer.opacity <= 1.0
            seen = {tile: weight * (1 - layer.opacity) for tile, weight in seen.items()}
            seen[name(layer)] = seen.get(name(layer), 0.0) + layer.opacity
    return {tile: weight for tile, weight in seen.items() if weight > 1e-9 and tile != "black"}


def same(one: Weights, other: Weights) -> bool:
    return all(abs(one.get(tile, 0.0) - other.get(tile, 0.0)) < 1e-6 for tile in {*one, *other})


def mixed(one: Weights, other: Weights, share: float) -> Weights:
    return {t: one.get(t, 0.0) * (1 - share) + other.get(t, 0.0) * share for t in {*one, *other}}


def centres() -> list[tuple[int, int]]:
    return [(r.x + r.width // 2, r.y + r.height // 2) for r in cells(CANVAS, 4, 3)]


def standing(plan: Plan, seconds: float) -> dict[int | None, str]:
    found = on_air(plan, control(plan.calendar), at(seconds))
    assert found is not None
    return {s.cell: (s.medium or "")[-4:] for s in found[1]}


# For every instant ------------------------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(
    seconds=st.one_of(st.floats(-DAY, 3 * DAY), st.floats(0, 720)),
    pressed=st.lists(
        st.tuples(st.sampled_from(["hold", "resume", "take", "rejoin", *Cover]), st.floats(0, 900)), max_size=4
    ),
    audience=st.sampled_from(Audience),
    empty=st.booleans(),
)
def test_there_is_a_picture_of_every_instant(
    seconds: float, pressed: list[tuple[str, float]], audience: Audience, empty: bool
) -> None:
    plan, control_ = THE_WALL
    plan = replace(plan, showings=Showings((), ())) if empty else plan
    for command, moment in sorted(pressed, key=lambda press: press[1]):
        control_ = carried_out(plan, control_, command, at(moment))
    picture = picture_at(plan, control_, at(seconds), audience)
    for x, y in centres():
        assert sum(weights(picture, x, y).values()) <= 1 + 1e-9
    if not plan.calendar.is_open(at(seconds)) and control_.cover is not Cover.SLATE and seconds > 1000:
        assert all(not weights(picture, x, y) for x, y in centres())
    assert picture == picture_at(plan, control_, at(seconds), audience)


def carried_out(plan: Plan, control_: Control, command: str, now: Instant) -> Control:
    match command:
        case "hold":
            return hold(control_, plan.calendar, now)
        case "resume":
            return resume(control_, plan.calendar, now)
        case "take":
            return take(control_, plan.calendar, plan.showings, now)
        case "rejoin":
            return rejoin(control_, plan.calendar, now, MIX)
        case _:
            return covered(control_, Cover(command), now)


THE_WALL = wall([TITLE, MOSAIC, PHOTO], closings=((300.0, 360.0),))
INTO_A_MOSAIC, OUT_OF_A_MOSAIC = wall([TITLE, MOSAIC]), wall([MOSAIC, TITLE])


@pytest.mark.parametrize("seconds", [-1.0, 0.0, 300.0, 359.9, 720.0, 5000.0])
def test_outside_the_window_and_in_closings_it_is_black(seconds: float) -> None:
    assert not weights(picture_at(*THE_WALL, at(seconds)))


@pytest.mark.parametrize(("seconds", "share"), [(1.5, 0.5), (3.0, 1.0), (298.5, 0.5), (361.5, 0.5), (718.5, 0.5)])
def test_the_window_fades_in_from_its_opening_and_out_to_its_close(seconds: float, share: float) -> None:
    assert sum(weights(picture_at(*THE_WALL, at(seconds))).values()) == pytest.approx(share)


def test_inside_the_window_with_nothing_planned_the_slate_stands() -> None:
    plan, control_ = wall([TITLE])
    assert weights(picture_at(replace(plan, showings=Showings((), ())), control_, at(30))) == {"en": 1.0}


def test_a_wall_whose_planner_is_gone_plays_the_last_hour_again() -> None:
    short = planned(situation(show([PHOTO]), calendar(1, 4.0), photos(40)), Showings((), ()), Programme(5000.0))
    plan = Plan(short, calendar(1, 4.0), SLATE, CANVAS)
    later = weights(picture_at(plan, control(plan.calendar), at(short.end + 100.0)))
    assert same(later, weights(picture_at(plan, control(plan.calendar), at(short.end - 3500.0))))
    assert later


# Transitions ------------------------------------------------------------------------------------------------------


def test_a_cut_is_there_at_once() -> None:
    plan, control_ = wall([{**PHOTO, "transition": "cut"}])
    assert weights(picture_at(plan, control_, at(8.0))) == {standing(plan, 8)[None]: 1.0}


def test_a_mix_goes_over_evenly() -> None:
    plan, control_ = wall([PHOTO])
    one, other = standing(plan, 7)[None], standing(plan, 9)[None]
    seen = weights(picture_at(plan, control_, at(8.5)))
    assert same(seen, {one: 2 / 3, other: 1 / 3})


@pytest.mark.parametrize(("seconds", "who", "share"), [(8.5, 7, 0.5), (9.0, 9, 0.0), (9.5, 9, 0.5), (10.0, 9, 1.0)])
def test_a_dip_goes_through_black(seconds: float, who: float, share: float) -> None:
    plan, control_ = wall([{**PHOTO, "transition": "dip 2s"}])
    seen = weights(picture_at(plan, control_, at(seconds)))
    assert same(seen, {standing(plan, who)[None]: share})


def test_a_place_that_dips_within_a_mosaic_is_black_and_not_what_was_there_before_the_mosaic() -> None:
    plan, control_ = wall([TITLE, {**MOSAIC, "dwell": "2s", "length": "20s", "transition": "dip 2s"}])
    changes = sorted((s.start, s.cell) for s in plan.showings if s.cell is not None and 6 < s.start < 20)
    start, cell = changes[0]
    assert same(weights(picture_at(plan, control_, at(start + 1.0)), *centres()[cell]), {})


@given(st.floats(6.0, 9.0))
@settings(max_examples=20, deadline=None)
def test_a_mosaic_mixes_in_as_a_whole(seconds: float) -> None:
    plan, control_ = INTO_A_MOSAIC
    picture = picture_at(plan, control_, at(seconds))
    share = (seconds - 6.0) / 3.0
    for cell, (x, y) in enumerate(centres()):
        assert same(weights(picture, x, y), {"en": 1 - share, standing(plan, 9.5)[cell]: share})


@given(st.floats(36.0, 39.0))
@settings(max_examples=20, deadline=None)
def test_a_block_that_goes_while_its_places_are_still_mixing_is_mixed_away_as_it_stood(seconds: float) -> None:
    # A take 1 s after a place began to change: the picture left behind holds two photos, and mixes away whole.
    plan, control_ = OUT_OF_A_MOSAIC
    block = plan.showings.blocks[0]
    start = min(s.start for place in plan.showings.places(block).values() for s in place[1:])
    moment = start + 1.0
    left = picture_at(plan, control_, at(moment))
    assert any(len(weights(left, x, y)) == 2 for x, y in centres())
    taken = take(control_, plan.calendar, plan.showings, at(moment))
    share = (seconds - 36.0) / 1.5
    picture = picture_at(plan, taken, at(moment + seconds - 36.0))
    for x, y in centres():
        expected = mixed(weights(left, x, y), {"en": 1.0}, min(1.0, share))
        assert same(weights(picture, x, y), {tile: weight for tile, weight in expected.items() if weight > 1e-9})


def test_a_place_that_changes_mixes_and_the_others_stand() -> None:
    plan, control_ = wall([MOSAIC])
    block = plan.showings.blocks[0]
    changes = sorted((s.start, s.cell or 0) for place in plan.showings.places(block).values() for s in place[1:])
    start, cell = changes[0]
    picture = picture_at(plan, control_, at(start + 0.3))
    x, y = centres()[cell]
    assert same(
        weights(picture, x, y), {standing(plan, start - 0.1)[cell]: 0.9, standing(plan, start + 0.1)[cell]: 0.1}
    )
    x, y = centres()[(cell + 1) % 12]
    assert len(weights(picture, x, y)) == 1


# Titles and slates ------------------------------------------------------------------------------------------------


def test_a_title_in_seven_languages_is_set_three_at_a_time_within_its_dwell() -> None:
    text = dict.fromkeys(("en", "pl", "he", "de", "fr", "it", "es"), "x")
    plan, control_ = wall([{**TITLE, "text": text, "dwell": "9s", "transition": "cut"}])
    pages = [weights(picture_at(plan, control_, at(100 * 9 - 900 + seconds))) for seconds in (2.9999, 5.9, 8.9)]
    assert [list(page) for page in pages] == [["en+pl+he"], ["de+fr+it"], ["es"]]


def test_a_slate_in_many_languages_turns_its_pages() -> None:
    plan, control_ = wall([TITLE])
    text = tuple((language, "x") for language in ("en", "pl", "he", "de"))
    plan = replace(plan, slate=Slate(text), showings=Showings((), ()))
    seen = {tile for seconds in range(3, 40) for tile in weights(picture_at(plan, control_, at(seconds)))}
    assert seen == {"en+pl+he", "de"}


# Hold, resume, take, rejoin ---------------------------------------------------------------------------------------


def test_a_hold_stops_what_would_come_and_resume_goes_on_from_there() -> None:
    plan, control_ = wall([PHOTO])
    held = hold(control_, plan.calendar, at(5.0))
    first = weights(picture_at(plan, held, at(5.0)))
    assert weights(picture_at(plan, held, at(400.0))) == first
    gone_on = resume(held, plan.calendar, at(400.0))
    assert weights(picture_at(plan, gone_on, at(402.9))) == first
    assert weights(picture_at(plan, gone_on, at(405.0))) == {standing(plan, 10)[None]: 1.0}


def test_a_hold_lets_a_mix_finish_and_resume_does_not_jump_back() -> None:
    plan, control_ = wall([PHOTO])
    new = standing(plan, 9)[None]
    held = hold(control_, plan.calendar, at(8.5))
    assert weights(picture_at(plan, held, at(8.5)))[new] == pytest.approx(1 / 3)
    assert weights(picture_at(plan, held, at(9.0)))[new] == pytest.approx(2 / 3)
    assert weights(picture_at(plan, held, at(10.0))) == {new: 1.0}
    gone_on = resume(held, plan.calendar, at(60.0))
    assert weights(picture_at(plan, gone_on, at(60.0))) == {new: 1.0}
    assert weights(picture_at(plan, gone_on, at(60.1))) == {new: 1.0}


def test_hold_and_resume_within_a_mix_lose_none_of_it() -> None:
    plan, control_ = wall([PHOTO])
    new = standing(plan, 9)[None]
    pressed = resume(hold(control_, plan.calendar, at(8.3)), plan.calendar, at(8.6))
    shares = [weights(picture_at(plan, pressed, at(8.6 + i / 10)))[new] for i in range(9)]
    assert shares == sorted(shares)
    assert shares[0] == pytest.approx(0.4)


def test_take_mixes_from_what_stood_there_to_the_next_cue() -> None:
    plan, control_ = wall([PHOTO, TITLE])
    old = standing(plan, 4)[None]
    taken = take(control_, plan.calendar, plan.showings, at(4.0))
    assert weights(picture_at(plan, taken, at(4.0))) == {old: 1.0}
    assert same(weights(picture_at(plan, taken, at(4.5))), {old: 2 / 3, "en": 1 / 3})
    assert weights(picture_at(plan, taken, at(5.5))) == {"en": 1.0}
    assert weights(picture_at(plan, taken, at(9.9))) == {"en": 1.0}


def test_take_in_a_hold_goes_on_to_the_next_cue_and_holds_there() -> None:
    plan, control_ = wall([PHOTO, TITLE])
    held = hold(control_, plan.calendar, at(4.0))
    taken = take(held, plan.calendar, plan.showings, at(50.0))
    assert weights(picture_at(plan, taken, at(51.5))) == {"en": 1.0}
    assert weights(picture_at(plan, taken, at(500.0))) == {"en": 1.0}


def test_rejoin_brings_back_the_picture_of_the_untouched_clock() -> None:
    plan, control_ = wall([PHOTO, TITLE])
    pressed = take(hold(control_, plan.calendar, at(4.0)), plan.calendar, plan.showings, at(50.0))
    back = rejoin(pressed, plan.calendar, at(100.0), MIX)
    for seconds in (101.6, 130.0, 333.3, 719.0):
        assert same(weights(picture_at(plan, back, at(seconds))), weights(picture_at(plan, control_, at(seconds))))
    assert same(weights(picture_at(plan, back, at(100.0))), weights(picture_at(plan, pressed, at(100.0))))


@pytest.mark.parametrize("change", ["mix 3s", "dip 3s"])
@pytest.mark.parametrize("passed", [0.2, 0.75, 1.3])
def test_a_mix_into_a_place_that_is_changing_itself_weighs_both_right(change: str, passed: float) -> None:
    plan, control_ = wall([TITLE, {**MOSAIC, "transition": change}])
    start, cell = min((s.start, s.cell or 0) for s in plan.showings if s.cell is not None and s.start > 6)
    back = rejoin(hold(control_, plan.calendar, at(4.0)), plan.calendar, at(start + 1.0), MIX)
    moment = at(start + 1.0 + passed)
    x, y = centres()[cell]
    expected = mixed({"en": 1.0}, weights(picture_at(plan, control_, moment), x, y), passed / 1.5)
    assert same(weights(picture_at(plan, back, moment), x, y), expected)


def test_a_hold_lets_a_block_that_is_coming_up_finish() -> None:
    plan, control_ = INTO_A_MOSAIC
    held = hold(control_, plan.calendar, at(7.5))
    assert same(weights(picture_at(plan, held, at(8.25))), {"en": 0.25, standing(plan, 7)[0]: 0.75})
    assert same(weights(picture_at(plan, held, at(60.0))), {standing(plan, 7)[0]: 1.0})


def test_a_hold_left_over_ends_at_the_next_opening() -> None:
    plan, control_ = wall([PHOTO])
    held = hold(control_, plan.calendar, at(100.0))
    assert programme_time(held.anchor, plan.calendar, at(DAY + 8.0)) == pytest.approx(108.0)
    assert weights(picture_at(plan, held, at(DAY + 8.0))) == weights(picture_at(plan, control_, at(108.0)))


# Covers -----------------------------------------------------------------------------------------------------------


def test_blackout_and_lights_take_half_a_second_each() -> None:
    plan, control_ = wall([PHOTO])
    dark = covered(control_, Cover.BLACKOUT, at(4.0))
    sums = [sum(weights(picture_at(plan, dark, at(4.0 + s))).values()) for s in (0.0, 0.25, 0.5, 100.0)]
    assert sums == pytest.approx([1.0, 0.5, 0.0, 0.0])
    lit = covered(dark, Cover.NONE, at(20.0))
    sums = [sum(weights(picture_at(plan, lit, at(20.0 + s))).values()) for s in (0.0, 0.25, 0.5)]
    assert sums == pytest.approx([0.0, 0.5, 1.0])


def test_the_slate_shows_at_any_hour_and_mixes_over_the_programme() -> None:
    plan, control_ = wall([PHOTO])
    asked = covered(control_, Cover.SLATE, at(4.0))
    assert same(weights(picture_at(plan, asked, at(4.25))), {standing(plan, 4)[None]: 0.5, "en": 0.5})
    for seconds in (-1000.0, 5.0, 5000.0, 3 * DAY):
        assert weights(picture_at(plan, replace(asked, covered_at=at(-2000)), at(seconds))) == {"en": 1.0}


def test_from_the_slate_to_blackout_the_programme_does_not_look_through() -> None:
    plan, control_ = wall([PHOTO])
    slate = covered(control_, Cover.SLATE, at(4.0))
    dark = covered(slate, Cover.BLACKOUT, at(20.0))
    assert same(weights(picture_at(plan, dark, at(20.25))), {"en": 0.5})


def test_the_programme_goes_on_beneath_a_cover() -> None:
    plan, control_ = wall([PHOTO])
    lit = covered(covered(control_, Cover.BLACKOUT, at(4.0)), Cover.NONE, at(100.0))
    assert weights(picture_at(plan, lit, at(104.0))) == weights(picture_at(plan, control_, at(104.0)))


def test_the_streams_own_slate_is_not_the_walls() -> None:
    plan, control_ = wall([PHOTO])
    control_ = replace(control_, stream_cover=Cover.SLATE)
    assert weights(picture_at(plan, control_, at(4.0), Audience.STREAM)) == {"en": 1.0}
    assert "en" not in weights(picture_at(plan, control_, at(4.0)))


# Removals ---------------------------------------------------------------------------------------------------------


def barred(plan: Plan, tail: str, since: float) -> Plan:
    return replace(plan, barred={m.sha256: at(since) for m in photos(40) if m.sha256.endswith(tail)})


def test_what_is_removed_goes_within_half_a_second_to_what_stood_there_before() -> None:
    plan, control_ = wall([PHOTO])
    before, gone = standing(plan, 4)[None], standing(plan, 12)[None]
    removed = barred(plan, gone, 12.0)
    assert same(weights(picture_at(removed, control_, at(12.25))), {gone: 0.5, before: 0.5})
    assert weights(picture_at(removed, control_, at(12.5))) == {before: 1.0}


def test_what_is_removed_from_a_mosaic_leaves_its_place_alone() -> None:
    plan, control_ = wall([MOSAIC])
    gone = standing(plan, 3.0)[5]
    removed = barred(plan, gone, 3.0)
    assert same(weights(picture_at(removed, control_, at(3.25)), *centres()[5]), {gone: 0.5})
    picture = picture_at(removed, control_, at(3.6))
    seen = [weights(picture, x, y) for x, y in centres()]
    assert seen[5] == {}
    assert [list(w) for i, w in enumerate(seen) if i != 5] == [[standing(plan, 3.0)[i]] for i in range(12) if i != 5]


def test_what_is_removed_just_as_the_next_one_comes_fades_all_the_same() -> None:
    plan, control_ = wall([PHOTO])
    before, gone, new = (standing(plan, seconds)[None] for seconds in (4, 12, 20))
    seen = weights(picture_at(barred(plan, gone, 16.0), control_, at(16.3)))
    assert same(seen, {new: 0.2, gone: 0.8 * 0.4, before: 0.8 * 0.6})


def test_where_nothing_else_is_allowed_the_slate_comes_full_screen() -> None:
    plan, control_ = wall([PHOTO])
    first = standing(plan, 4)[None]
    assert same(weights(picture_at(barred(plan, first, 4.0), control_, at(4.25))), {first: 0.5, "en": 0.5})
    assert weights(picture_at(barred(plan, first, 4.0), control_, at(4.5))) == {"en": 1.0}


@given(seconds=st.floats(0, 700), number=st.integers(0, 39), since=st.floats(0, 690))
@settings(max_examples=80, deadline=None)
def test_what_is_removed_is_seen_nowhere_after_half_a_second(seconds: float, number: int, since: float) -> None:
    plan, control_ = THE_WALL
    gone = photos(40)[number].sha256
    taken = take(control_, plan.calendar, plan.showings, at(min(seconds, since)))
    picture = picture_at(replace(plan, barred={gone: at(since)}), taken, at(max(seconds, since + 0.5)))
    assert all(not (isinstance(x.tile, PhotoTile) and x.tile.medium == gone and x.opacity > 0) for x in picture.layers)


def test_a_removed_slate_picture_gives_way_to_the_slates_text() -> None:
    plan, control_ = wall([PHOTO])
    plan = replace(plan, slate=Slate((("en", "x"),), photos(1)[0].sha256), showings=Showings((), ()))
    assert weights(picture_at(plan, control_, at(10))) == {"0000": 1.0}
    assert weights(picture_at(replace(plan, barred={photos(1)[0].sha256: at(5)}), control_, at(10))) == {"en": 1.0}


def test_the_first_block_of_an_evening_comes_up_with_the_windows_fade_alone() -> None:
    plan, control_ = THE_WALL
    assert plan.showings.blocks[0].transition == CUT
    assert weights(picture_at(plan, control_, at(0.3))) == {"en": pytest.approx(0.1)}


def test_calendars_without_evenings_are_black_for_ever() -> None:
    plan, control_ = THE_WALL
    assert picture_at(replace(plan, calendar=Calendar()), control_, at(10)).layers == ()
