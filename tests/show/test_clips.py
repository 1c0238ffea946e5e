"""Interviews and messages in the plan and in the picture: whole clips, at the frame that the instant names."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projector.clock import Instant, Programme, Seconds
from projector.show.control import Control, hold, rejoin, resume, take
from projector.show.media import Kind, Medium, Subtitle
from projector.show.picture import ClipTile, MessageTile, PhotoTile, Picture, Size
from projector.show.picture_at import Plan, Slate, picture_at
from projector.show.planner import extend, plan
from projector.show.showings import How, Showing, Showings, Shows, Transition
from tests.show.shows import (
    OPENING,
    across,
    breaks_of,
    calendar,
    clips,
    control,
    doubles,
    gaps,
    messages,
    photos,
    show,
    situation,
)

NOTHING = Showings((), ())
ALL = Programme(1e9)
CANVAS = Size(1920, 1080)
INTERVIEW = {"cue": "interview"}
PHOTO = {"cue": "photo", "count": 2, "dwell": "8s"}
MIX = Transition(How.MIX, Seconds(1.5))


def planned(rundown: list[dict[str, Any]], media: list[Medium], hours: float = 0.5, **more: Any) -> Showings:
    return plan(situation(show(rundown), calendar(2, hours, **more), media), NOTHING, ALL)


def wall(rundown: list[dict[str, Any]], media: list[Medium], hours: float = 0.5, **keys: Any) -> tuple[Plan, Control]:
    open_calendar = calendar(2, hours, fade=0.0)
    made = plan(situation(show(rundown, **keys), open_calendar, media), NOTHING, ALL)
    known = {medium.sha256: medium for medium in media if medium.clip or medium.message}
    return Plan(made, open_calendar, Slate((("en", "We Remember"),)), CANVAS, media=known), control(open_calendar)


def at(seconds: float) -> Instant:
    return Instant(OPENING + seconds)


def clip_in(picture: Picture) -> ClipTile:
    found = [layer.tile for layer in picture.layers if isinstance(layer.tile, ClipTile)]
    assert len(found) == 1
    return found[0]


def of_clips(made: Showings) -> list[Showing]:
    return sorted((s for s in made if s.medium and s.medium.startswith("c")), key=lambda s: s.start)


def test_a_clip_stands_as_long_as_it_is_and_a_still_its_dwell() -> None:
    made = planned([INTERVIEW, PHOTO], [*clips(20.0, 33.4), *photos(10)])
    lengths = {s.medium: round(s.end - s.start, 6) for s in made if s.medium}
    by_clip = {m.sha256: lengths[m.sha256] for m in clips(20.0, 33.4)}
    assert list(by_clip.values()) == [20.0, 33.4]
    first = made.blocks[0]
    assert (first.cue, round(first.end - first.start, 6)) in {("interview", 20.0), ("interview", 33.4)}
    assert [block.cue for block in made.blocks[:4]] == ["interview", "photo", "interview", "photo"]


def test_the_least_shown_interview_comes_next_and_count_takes_several() -> None:
    made = planned([{"cue": "interview", "count": 3}], clips(10.0, 10.0, 10.0, 10.0))
    order = [s.medium for s in of_clips(made)]
    assert len({*order[:4]}) == 4
    assert {*order[:4]} == {*order[4:8]}
    assert all(one != other for one, other in pairwise(order[:180]))  # of one evening


def test_an_interview_can_be_asked_for_by_its_file() -> None:
    made = planned([{"cue": "interview", "file": "interviews/01.mp4"}], clips(10.0, 12.0))
    assert {s.medium for s in of_clips(made)} == {clips(10.0, 12.0)[1].sha256}


def test_where_chooses_among_interviews_and_messages() -> None:
    where = {"where": {"country": ["NO"]}}
    made = planned([INTERVIEW | where, {"cue": "message", **where}], [*clips(10.0, 12.0), *messages(2)])
    assert {s.medium for s in made if s.medium} == {clips(10.0, 12.0)[1].sha256}


def test_an_interview_that_does_not_fit_is_passed_over_until_it_does() -> None:
    media = [*clips(500.0), *photos(10)]
    closings = ((300.0, 400.0),)
    made = planned([INTERVIEW, PHOTO], media, 0.4, closings=closings)
    assert next(s.start for s in of_clips(made)) >= 300.0
    assert {block.cue for block in made.blocks if block.end <= 300.0} == {"photo"}
    assert across(made, breaks_of(calendar(2, 0.4, closings=closings))) == []


def test_a_long_interview_that_never_fits_leaves_its_time_to_shorter_ones() -> None:
    made = planned([INTERVIEW], clips(4000.0, 50.0), 0.5)
    assert {s.medium for s in of_clips(made)} == {clips(4000.0, 50.0)[1].sha256}


def test_where_nothing_fits_any_more_the_slate_stands_until_the_close() -> None:
    made = planned([INTERVIEW], clips(700.0), 0.5)
    first = [block for block in made.blocks if block.start < 1800.0]
    assert [block.shows for block in first] == [Shows.MEDIA, Shows.MEDIA, Shows.SLATE]
    assert first[-1].end == 1800.0
    second = [block for block in made.blocks if block.start >= 1800.0]
    assert [block.shows for block in second] == [Shows.MEDIA, Shows.MEDIA, Shows.SLATE]


def test_a_transition_is_never_longer_than_its_clip() -> None:
    made = planned([INTERVIEW, PHOTO], [*clips(0.8), *photos(4)])
    assert all(max(b.transition.seconds, b.inner.seconds) < 0.8001 for b in made.blocks if b.cue == "interview")


def test_consent_has_to_reach_to_the_clips_end() -> None:
    media = clips(60.0, 20.0)
    ends = {media[0].sha256: at(50.0), media[1].sha256: at(50.0)}
    made = plan(situation(show([INTERVIEW]), calendar(1, 0.5), media, expires=ends), NOTHING, ALL)
    assert [(s.medium, s.start) for s in of_clips(made)] == [(media[1].sha256, 0.0), (media[1].sha256, 20.0)]


def test_what_is_on_air_goes_on_whole_when_all_is_planned_anew() -> None:
    media = clips(400.0, 300.0)
    start = situation(show([INTERVIEW]), calendar(1, 1.0), media)
    made = plan(start, NOTHING, ALL)
    first = of_clips(made)[0]
    again = plan(replace(start, now=at(100.0)), made, ALL)
    assert of_clips(again)[0] == first
    assert gaps(again, 0.0, 3600.0) == []


lengths = st.lists(st.sampled_from([2.0, 7.5, 20.0, 61.2, 300.0, 1200.0]), max_size=5)
cues = st.sampled_from(
    [INTERVIEW, INTERVIEW | {"count": 2}, {"cue": "message", "dwell": "9s"}, PHOTO, {"cue": "title", "text": {"en": "x"}},
     {"cue": "mosaic", "grid": "3x2", "dwell": "6s", "length": "40s"}]
)  # fmt: skip
closings = st.lists(st.floats(30, 1500), max_size=4, unique=True).map(
    lambda at: tuple(zip(sorted(at)[::2], sorted(at)[1::2], strict=False))
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(cues, min_size=1, max_size=5), lengths, st.integers(0, 12), st.integers(0, 4), closings, st.floats(0, 1500)
)
def test_every_second_is_covered_no_clip_is_cut_and_none_is_twice_at_once(
    rundown: list[dict[str, Any]], seconds: list[float], pictures: int, words: int,
    shut: tuple[tuple[float, float], ...], now: float,
) -> None:  # fmt: skip
    media = [*clips(*seconds), *photos(pictures), *messages(words)]
    open_calendar = calendar(2, 0.5, closings=shut)
    start = situation(show(rundown), open_calendar, media)
    breaks = breaks_of(open_calendar)
    first = plan(start, NOTHING, Programme(1700.0))
    later = replace(start, now=at(now))
    anew = plan(later, first, ALL)
    longer = extend(start, first, ALL)
    own = {m.sha256: m.clip.seconds for m in media if m.clip}
    for made in (first, anew, longer):
        assert gaps(made, 0.0, None) == []
        assert across(made, breaks) == []
        assert doubles(made) == []
        for s in of_clips(made):
            whole = own[s.medium or ""]
            assert s.end - s.start >= whole - 1e-5
    assert anew.end >= breaks[-1] - 1e-5
    assert longer.end >= breaks[-1] - 1e-5


def test_the_frame_is_the_one_that_the_instant_names() -> None:
    plan_, operator = wall([INTERVIEW, PHOTO], [*clips(20.0), *photos(4)])
    frames = [clip_in(picture_at(plan_, operator, at(s))).frame for s in (0.0, 0.039, 0.04, 10.0, 19.99)]
    assert frames == [0, 0, 1, 250, 499]
    assert clip_in(picture_at(plan_, operator, at(20.5))).frame == 499  # its last, while the photo comes up over it


def test_the_frame_stands_still_in_a_hold_and_goes_on_from_there() -> None:
    plan_, operator = wall([INTERVIEW, PHOTO], [*clips(20.0), *photos(4)])
    held = hold(operator, plan_.calendar, at(8.0))
    assert {clip_in(picture_at(plan_, held, at(s))).frame for s in (8.0, 9.0, 17.0)} == {200}
    on = resume(held, plan_.calendar, at(18.0))
    assert clip_in(picture_at(plan_, on, at(19.0))).frame == 225


def test_after_a_rejoin_the_clip_is_where_the_clock_alone_would_have_it() -> None:
    plan_, operator = wall([INTERVIEW, PHOTO], [*clips(60.0), *photos(4)])
    taken = take(operator, plan_.calendar, plan_.showings, at(5.0))
    assert any(isinstance(x.tile, PhotoTile) for x in picture_at(plan_, taken, at(9.0)).layers)
    back = rejoin(taken, plan_.calendar, at(10.0), MIX)
    assert clip_in(picture_at(plan_, back, at(20.0))).frame == 500


def test_a_clip_with_words_makes_room_for_them_all_the_time() -> None:
    said = (Subtitle(Seconds(2.0), Seconds(4.0), "Placeholder subtitle"),)
    upright = [
        replace(m, clip=replace(m.clip, width=720, height=1280), subtitles=(("en", said),))
        for m in clips(20.0)
        if m.clip
    ]
    plan_, operator = wall([INTERVIEW], upright, subtitles=["pl", "en"])
    silent, speaking = (clip_in(picture_at(plan_, operator, at(s))) for s in (1.0, 3.0))
    assert silent.place == speaking.place
    assert silent.caption is None
    assert speaking.caption is not None
    words, band = speaking.caption
    assert (words.subtitles, words.over) == ((("en", "Placeholder subtitle"),), False)
    assert band.x >= speaking.place.x + speaking.place.width
    unasked, _ = wall([INTERVIEW | {"subtitles": ["he"]}], upright)
    assert clip_in(picture_at(unasked, operator, at(3.0))).caption is None


def test_a_message_shows_who_says_it_and_turns_its_pages() -> None:
    media = messages(1, ("en", "pl", "he", "de", "fr"))
    plan_, operator = wall([{"cue": "message", "dwell": "10s"}], media)
    pages = [
        [x.tile.texts for x in picture_at(plan_, operator, at(s)).layers if isinstance(x.tile, MessageTile)]
        for s in (3.0, 8.0)
    ]
    assert [[language for language, _ in texts] for texts in (pages[0][-1], pages[1][-1])] == [
        ["en", "pl", "he"],
        ["de", "fr"],
    ]
    tile = next(x.tile for x in picture_at(plan_, operator, at(3.0)).layers if isinstance(x.tile, MessageTile))
    assert (tile.who, tile.role) == ("Placeholder", ("not a person",))


def test_a_message_may_be_a_clip_or_a_picture() -> None:
    picture = replace(photos(1)[0], kind=Kind.MESSAGE, file="messages/a.jpg")
    media = [picture, *clips(20.0, kind=Kind.MESSAGE)]
    plan_, operator = wall([{"cue": "message", "dwell": "8s"}], media)
    lengths = sorted(round(s.end - s.start, 3) for s in plan_.showings if s.start < 20)
    assert lengths == [8.0, 20.0]
    tiles = {type(x.tile) for s in (4.0, 12.0, 24.0) for x in picture_at(plan_, operator, at(s)).layers}
    assert tiles == {ClipTile, PhotoTile}
