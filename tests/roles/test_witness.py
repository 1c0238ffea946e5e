"""Airings are told from what was really drawn, not from the plan."""

from dataclasses import replace
from typing import Any

from projector.clock import Instant, Machine, Programme, ShowClock
from projector.ledger.airings import Ended, Opened
from projector.ledger.view import View
from projector.roles.witness import Witness, media_of
from projector.show.control import Control, Cover, covered, hold, resume, take
from projector.show.frame import Frame
from projector.show.picture import Picture, Size
from projector.show.picture_at import Plan, Slate, picture_at
from projector.show.planner import plan
from projector.show.showings import Showings
from tests.show.shows import OPENING, calendar, clips, control, photos, show, situation

CANVAS = Size(1920, 1080)
RUNDOWN: list[dict[str, Any]] = [
    {"cue": "photo", "count": 2, "dwell": "8s", "transition": "mix 1.5s"},
    {"cue": "title", "text": {"en": "We Remember"}, "dwell": "6s"},
    {"cue": "mosaic", "grid": "3x2", "dwell": "8s", "length": "30s"},
]


def at(seconds: float) -> Instant:
    return Instant(OPENING + seconds)


def seen(control_: Control | None = None, *, empty: bool = False) -> View:
    open_calendar = calendar(1, 0.05)
    made = plan(situation(show(RUNDOWN), open_calendar, photos(20)), Showings((), ()), Programme(1e9))
    slate = Slate((("en", "We Remember"),))
    planned = Plan(Showings((), ()) if empty else made, open_calendar, slate, CANVAS)
    frame = Frame("Test", "Europe/Warsaw", CANVAS, open_calendar, slate, Size(400, 300))
    return View(
        frame,
        planned,
        control_ or control(open_calendar),
        ShowClock(at(0), Machine(0.0)),
        rehearsal=False,
        renditions={},
    )


def saw(witness: Witness, view: View, seconds: float) -> list[Opened | Ended]:
    return witness.saw(view, picture_at(view.plan, view.control, at(seconds)), at(seconds))


def medium(view: View, seconds: float) -> str | None:
    return next(s.medium for s in view.plan.showings if s.start <= seconds < s.end)


def test_a_photo_opens_at_the_flip_that_first_shows_it_and_ends_at_the_first_without_it() -> None:
    view, witness = seen(), Witness()
    (first,) = saw(witness, view, 0.5)
    assert isinstance(first, Opened)
    assert (first.what, first.cue, first.medium, first.cell) == ("medium", "photo", medium(view, 0.5), None)
    assert (first.shown_start, first.planned_start, first.planned_end) == (at(0.5), at(0), at(8))
    assert saw(witness, view, 7.9) == []
    events = saw(witness, view, 8.5)
    assert events[0] == Ended(first.key, at(8.5), "plan")
    assert isinstance(events[1], Opened)
    assert events[1].medium == medium(view, 8.5)


def test_it_is_at_full_opacity_once_its_transition_is_over() -> None:
    view, witness = seen(), Witness()
    saw(witness, view, 7.0)
    second = saw(witness, view, 8.5)[1]
    assert isinstance(second, Opened)
    assert abs(second.full_from - at(9.5)) < 1e-3


def test_each_place_of_a_mosaic_has_its_airing() -> None:
    view, witness = seen(), Witness()
    opened = [event for event in saw(witness, view, 24.0) if isinstance(event, Opened)]
    assert sorted(event.cell for event in opened if event.cell is not None) == list(range(6))
    assert len(media_of(witness.on_air)) == 6


def test_what_was_planned_and_is_not_in_the_picture_is_not_on_air() -> None:
    view, witness = seen(), Witness()
    picture = picture_at(view.plan, view.control, at(24.0))
    drawn = Picture(tuple(layer for layer in picture.layers if layer.rect.x > 0))
    opened = witness.saw(view, drawn, at(24.0))
    assert sorted(event.cell or 0 for event in opened if isinstance(event, Opened)) == [1, 2, 4, 5]


def test_a_blackout_ends_what_stood_there_and_says_so() -> None:
    view, witness = seen(), Witness()
    saw(witness, view, 4.0)
    dark = replace(view, control=covered(view.control, Cover.BLACKOUT, at(5.0)))
    ended, black = saw(witness, dark, 5.1)
    assert isinstance(ended, Ended)
    assert ended.by == "blackout"
    assert isinstance(black, Opened)
    assert (black.what, black.medium) == ("black", None)
    lit = replace(view, control=covered(dark.control, Cover.NONE, at(6.0)))
    assert [event.what for event in saw(witness, lit, 6.1) if isinstance(event, Opened)] == ["medium"]


def test_why_an_airing_ended_is_told() -> None:
    view = seen()
    reasons = []
    for changed, seconds in (
        (replace(view, plan=replace(view.plan, barred={medium(view, 4.0) or "": at(5.0)})), 5.6),
        (replace(view, control=covered(view.control, Cover.SLATE, at(5.0))), 5.6),
        (replace(view, control=take(view.control, view.plan.calendar, view.plan.showings, at(5.0))), 5.1),
        (view, 180.0),
        (view, 8.1),
    ):
        witness = Witness()
        saw(witness, view, 4.0)
        reasons += [event.by for event in saw(witness, changed, seconds) if isinstance(event, Ended)]
    assert reasons == ["remove", "slate", "take", "close", "plan"]


def test_with_nothing_planned_the_slate_is_on_air() -> None:
    (slate,) = saw(Witness(), seen(empty=True), 4.0)
    assert isinstance(slate, Opened)
    assert slate.what == "slate"


def test_outside_the_window_nothing_is_on_air() -> None:
    assert saw(Witness(), seen(), -5.0) == []


def test_a_wall_that_ends_cleanly_ends_what_stands_at_its_last_flip() -> None:
    view, witness = seen(), Witness()
    saw(witness, view, 4.0)
    saw(witness, view, 6.0)
    (ended,) = witness.end("plan")
    assert (ended.at, ended.by) == (at(6.0), "plan")
    assert witness.on_air == []


def with_clip() -> View:
    view, media = seen(), clips(20.0)
    made = plan(situation(show([{"cue": "interview"}]), view.plan.calendar, media), Showings((), ()), Programme(100.0))
    return replace(view, plan=replace(view.plan, showings=made, media={m.sha256: m for m in media}))


def test_a_clip_counts_from_its_first_frame_and_for_nine_tenths_of_itself() -> None:
    view, witness = with_clip(), Witness()
    (first,) = saw(witness, view, 0.5)
    assert isinstance(first, Opened)
    assert (first.full_from, first.dwell, first.part) == (at(0.5), 20.0, 0.9)


def test_a_clip_that_is_held_is_not_being_shown() -> None:
    view, witness = with_clip(), Witness()
    saw(witness, view, 1.0)
    held = replace(view, control=hold(view.control, view.plan.calendar, at(5.0)))
    for second in (6.0, 7.0, 30.0):
        saw(witness, held, second)
    on = replace(view, control=resume(held.control, view.plan.calendar, at(30.0)))
    saw(witness, on, 31.0)
    (ended, _) = saw(witness, on, 45.5)
    assert isinstance(ended, Ended)
    assert ended.still == 25.0
