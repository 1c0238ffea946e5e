"""What the room hears: a pure function of the instant, with a fade wherever something begins or ends."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projector.clock import Instant, Programme, Seconds
from projector.show.calendar import Calendar, Evening
from projector.show.control import Control, Cover, covered, hold, programme_time, reanchored, rejoin, resume, take
from projector.show.media import Clip, Kind, Medium
from projector.show.picture import ClipTile, Layer, Size
from projector.show.picture_at import Plan, Slate, picture_at
from projector.show.showings import Block, How, Showing, Showings, Shows, Transition
from projector.show.sound import FADE, Voice, coming, sound_at
from tests.show.shows import OPENING, calendar, control

MIX = Transition(How.MIX, Seconds(1.5))
LENGTH = 12.0
# The loop: title 0 to 4, clip a 4 to 16, clip b 16 to 28, silent clip 28 to 40, title 40 to 100, then a once more.
CLIPS = {"a": True, "b": True, "silent": False}
ORDER = (("title", 4.0), ("a", LENGTH), ("b", LENGTH), ("silent", LENGTH), ("title", 60.0), ("a", LENGTH))

Command = Callable[[Plan, Control, Instant], Control]
COMMANDS: dict[str, Command] = {
    "hold": lambda plan, c, now: hold(c, plan.calendar, now),
    "resume": lambda plan, c, now: resume(c, plan.calendar, now),
    "take": lambda plan, c, now: take(c, plan.calendar, plan.showings, now),
    "rejoin": lambda plan, c, now: rejoin(c, plan.calendar, now, MIX),
    "slate": lambda _, c, now: covered(c, Cover.SLATE, now),
    "blackout": lambda _, c, now: covered(c, Cover.BLACKOUT, now),
    "lights": lambda _, c, now: covered(c, Cover.NONE, now),
}


def at(seconds: float) -> Instant:
    return Instant(OPENING + seconds)


def medium(name: str) -> Medium:
    clip = Clip(640, 360, Fraction(25), int(LENGTH * 25), sound=CLIPS[name])
    return Medium(name, f"interviews/{name}.mp4", Kind.INTERVIEW, clip=clip)


def plan(open_calendar: Calendar | None = None) -> Plan:
    blocks, showings, start = [], [], 0.0
    for ident, (name, length) in enumerate(ORDER, 1):
        shows = Shows.TEXT if name == "title" else Shows.MEDIA
        begin, end = Programme(start), Programme(start + length)
        blocks.append(Block(ident, "interview", ident, shows, begin, end, MIX, dwell=Seconds(length)))
        showings.append(Showing(ident, ident, None, None if name == "title" else name, begin, end))
        start += length
    media = {name: medium(name) for name in CLIPS}
    slate = Slate((("en", "We Remember"),))
    return Plan(Showings(blocks, showings), open_calendar or calendar(2, 0.1), slate, Size(640, 360), media=media)


def after(script: list[tuple[float, str]]) -> tuple[Plan, list[tuple[float, Control]]]:
    """Control's versions, by the second at which each came."""
    one = plan()
    said = control(one.calendar)
    versions = [(-1e9, said)]
    for seconds, command in script:
        said = COMMANDS[command](one, said, at(seconds))
        versions.append((seconds, said))
    return one, versions


def heard(one: Plan, versions: list[tuple[float, Control]], seconds: float) -> tuple[Voice, ...]:
    said = next(c for since, c in reversed(versions) if since <= seconds)
    return sound_at(one, said, at(seconds))


def only(voices: tuple[Voice, ...]) -> Voice:
    assert len(voices) == 1, voices
    return voices[0]


def gains(one: Plan, versions: list[tuple[float, Control]], times: list[float]) -> list[float]:
    return [round(sum(v.gain for v in heard(one, versions, t)), 6) for t in times]


def test_a_clip_sounds_from_its_first_sample_to_its_last_with_a_fade_at_each_end() -> None:
    one, versions = after([])
    assert heard(one, versions, 3.99) == ()
    assert gains(one, versions, [4.0, 4.15, 4.3, 10.0, 15.7, 15.85]) == [0, 0.5, 1, 1, 1, 0.5]
    voice = only(heard(one, versions, 9.25))
    assert (voice.medium, voice.showing) == ("a", 2)
    assert voice.position == pytest.approx(5.25, abs=1e-6)


def test_a_clip_without_sound_a_title_and_a_photo_are_silent() -> None:
    one, versions = after([])
    assert [heard(one, versions, t) for t in (2.0, 30.0, 60.0)] == [(), (), ()]


def test_a_hold_fades_while_the_clip_goes_on_and_a_resume_comes_in_where_it_was_held() -> None:
    one, versions = after([(9.0, "hold"), (19.0, "resume")])
    fading = only(heard(one, versions, 9.15))
    assert (fading.position, fading.gain) == pytest.approx((5.15, 0.5))
    assert heard(one, versions, 9.3) == heard(one, versions, 14.0) == ()
    back = only(heard(one, versions, 19.15))
    assert (back.position, back.gain) == pytest.approx((5.15, 0.5))
    assert only(heard(one, versions, 20.0)).gain == 1


def test_a_take_fades_the_clip_from_where_it_was_and_brings_in_the_next_from_its_start() -> None:
    one, versions = after([(9.0, "take")])
    old, new = heard(one, versions, 9.1)
    assert (old.medium, new.medium) == ("a", "b")
    assert (old.position, old.gain) == pytest.approx((5.1, 2 / 3), abs=1e-5)
    assert (new.position, new.gain) == pytest.approx((0.1, 1 / 3), abs=1e-5)
    assert [v.medium for v in heard(one, versions, 9.31)] == ["b"]


def test_a_rejoin_within_one_clip_fades_from_the_one_place_to_the_other() -> None:
    one, versions = after([(8.0, "hold"), (10.0, "resume"), (13.0, "rejoin")])
    old, new = heard(one, versions, 13.1)
    assert old.showing == new.showing == 2
    assert (old.position, new.position) == pytest.approx((7.1, 9.1))


def test_a_take_within_a_hold_is_not_heard_until_it_is_resumed() -> None:
    one, versions = after([(9.0, "hold"), (12.0, "take"), (14.0, "resume")])
    assert all(v.going for t in range(200) for v in heard(one, versions, 12 + t / 100))
    coming_in = only(heard(one, versions, 14.15))
    assert coming_in.medium == "b"
    assert (coming_in.position, coming_in.gain) == pytest.approx((0.15, 0.5))


@pytest.mark.parametrize("cover", ["slate", "blackout"])
def test_a_cover_silences_and_lights_bring_the_sound_back_where_the_clip_then_is(cover: str) -> None:
    one, versions = after([(8.0, cover), (11.0, "lights")])
    assert gains(one, versions, [8.0, 8.15, 8.3, 10.0, 11.0, 11.15, 11.3]) == [1, 0.5, 0, 0, 0, 0.5, 1]
    assert only(heard(one, versions, 12.0)).position == pytest.approx(8.0)


def test_a_blackout_after_a_slate_is_not_heard() -> None:
    one, versions = after([(8.0, "slate"), (10.0, "blackout")])
    assert gains(one, versions, [10.0, 10.1, 10.2]) == [0, 0, 0]


def test_what_is_removed_fades_from_that_instant() -> None:
    one, versions = after([])
    barred = replace(one, barred={"a": at(9.0)})
    assert gains(barred, versions, [8.99, 9.0, 9.15, 9.3, 12.0, 17.0]) == [1, 1, 0.5, 0, 0, 1]


def test_the_operators_level_multiplies_and_is_never_more_than_full() -> None:
    one, versions = after([])
    for level, gain in ((0.25, 0.25), (0.0, 0.0), (3.0, 1.0)):
        said = [(-1e9, replace(versions[0][1], level=level))]
        assert gains(one, said, [10.0]) == [gain]


def test_outside_the_window_and_in_closings_it_is_silent_with_fades_at_their_edges() -> None:
    one = plan(Calendar([evening(fade=0.0, closing=(6.0, 8.0))]))
    versions = [(-1e9, control(one.calendar))]
    assert gains(one, versions, [-1, 5.7, 5.85, 6.0, 7.0, 8.0, 8.15, 8.3]) == [0, 1, 0.5, 0, 0, 0, 0.5, 1]
    assert only(heard(one, versions, 9.0)).position == pytest.approx(3.0)  # two seconds of it were closed
    assert gains(one, versions, [360.0, 361.0]) == [0, 0]


def evening(fade: float, closing: tuple[float, float]) -> Evening:
    shut = (at(closing[0]), at(closing[1]))
    return Evening(date(2027, 1, 15), at(0), at(360), Seconds(fade), (shut,))


def test_past_the_plans_end_the_replayed_clip_sounds_at_the_replayed_place() -> None:
    one, versions = after([])
    assert only(heard(one, versions, 112 + 9.25)).position == pytest.approx(5.25)


def test_an_edit_of_the_window_is_not_heard_neither_in_a_hold_nor_in_a_clip() -> None:
    one, versions = after([(9.0, "hold")])
    edited = reanchored(versions[-1][1], one.calendar, at(11.0))
    assert all(v.going for t in range(100) for v in sound_at(one, edited, at(11 + t / 100)))
    running = reanchored(versions[0][1], one.calendar, at(9.0))
    assert only(sound_at(one, running, at(9.01))).gain == 1


def test_what_is_coming_is_named_before_it_is_heard_and_silent_clips_are_not() -> None:
    one, versions = after([(9.0, "take")])
    before = versions[0][1]
    assert coming(one, before, at(0.0), Seconds(20.0)) == ["a", "b"]
    assert coming(one, before, at(30.0), Seconds(5.0)) == []
    assert coming(one, before, at(-5.0), Seconds(10.0)) == ["a"]
    assert set(coming(one, versions[1][1], at(9.1), Seconds(1.0))) == {"a", "b"}
    after_title, versions = after([(2.0, "take"), (10.0, "take")])
    assert set(coming(after_title, versions[2][1], at(10.1), Seconds(1.0))) == {"a", "b"}
    assert coming(after_title, versions[2][1], at(11.0), Seconds(1.0)) == ["b"]


SCRIPTS = st.lists(st.tuples(st.floats(1.6, 8.0), st.sampled_from(sorted(COMMANDS))), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(SCRIPTS)
def test_no_gain_ever_jumps_whatever_is_commanded(steps: list[tuple[float, str]]) -> None:
    """A sound that goes on moves no faster than a fade; what begins, ends or goes elsewhere does so in silence.

    Of what is going nothing is begun: whether it has been heard is the mixer's to know.
    """
    script, seconds = [], 0.0
    for gap, command in steps:
        seconds += gap
        script.append((seconds, command))
    one, versions = after(script)
    tick = 0.01
    for moment, _ in script:
        before = heard(one, versions, moment - 5 * tick)
        for step in range(-4, 50):
            now = heard(one, versions, moment + step * tick)
            most = tick / FADE + 1e-4
            assert sum(v.gain for v in now) <= 1 + 1e-6
            for voice in before:
                assert abs(voice.gain - next((v.gain for v in now if goes_on(voice, v, tick)), 0.0)) <= most
            for voice in (v for v in now if not v.going):
                assert abs(voice.gain - next((v.gain for v in before if goes_on(v, voice, tick)), 0.0)) <= most
            before = now


def goes_on(one: Voice, other: Voice, tick: float) -> bool:
    return one.showing == other.showing and abs(other.position - one.position - tick) < 1e-3


@settings(max_examples=100, deadline=None)
@given(SCRIPTS, st.floats(0.0, 60.0))
def test_what_is_heard_is_of_the_frame_that_is_seen(steps: list[tuple[float, str]], seconds: float) -> None:
    script, moment = [], 0.0
    for gap, command in steps:
        moment += gap
        script.append((moment, command))
    one, versions = after(script)
    said = next(c for since, c in reversed(versions) if since <= seconds)
    held = not said.anchor.running
    voices = sound_at(one, said, at(seconds))
    if not voices or held:  # in a hold the picture stands, and what is heard fades past it
        return
    layers: tuple[Layer, ...] = picture_at(one, said, at(seconds)).layers
    frames = {x.tile.showing: x.tile.frame for x in layers if isinstance(x.tile, ClipTile)}
    current = voices[-1]
    if current.going:  # the picture of what was left stands, too, while the next comes up over it
        return
    if programme_time(said.anchor, one.calendar, at(seconds)) >= 0 and current.showing in frames:
        assert abs(current.position * 25 - frames[current.showing]) <= 1.01
