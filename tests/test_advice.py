"""What `plan` says of interviews that will not be shown, and why."""

from pathlib import Path
from typing import Any

from projector.advice import advice
from projector.clock import Programme
from projector.outlook import Outlook
from projector.show.coverage import coverage
from projector.show.eligible import Eligible
from projector.show.media import Medium
from projector.show.planner import plan
from projector.show.showings import Showings
from projector.showfile import ShowFile
from tests.show.shows import OPENING, calendar, clips, control, show, situation

HALF_AN_HOUR = 1800.0


def said(rundown: list[dict[str, Any]], media: list[Medium], aired: dict[str, int] | None = None) -> list[str]:
    """The advice for half an hour on each of two evenings."""
    open_calendar = calendar(2, 0.5)
    made = plan(situation(show(rundown), open_calendar, media), Showings((), ()), Programme(1e9))
    file = ShowFile(Path("show.yaml"), b"", show(rundown))
    seen = Outlook(
        file, open_calendar, control(open_calendar), OPENING, False, tuple(media), Eligible(tuple(media)), aired or {},
        made, {},
    )  # fmt: skip
    rows = list(seen.rows())
    return advice(seen, coverage([], {}, []), rows)


def test_an_interview_that_fits_into_no_evening_is_named_with_its_length_and_the_room() -> None:
    (line,) = said([{"cue": "interview"}], clips(HALF_AN_HOUR + 60, 100.0))
    assert line.startswith("interviews/00.mp4 will never be shown: it lasts 31 min, and the wall is open for 30 min")


def test_an_interview_that_nothing_asks_for_is_named() -> None:
    (line,) = said([{"cue": "interview", "file": "interviews/01.mp4"}], clips(50.0, 100.0))
    assert line.startswith("interviews/00.mp4 is asked for by no cue")


def test_an_interview_for_which_too_little_is_ever_left_is_named() -> None:
    title = {"cue": "title", "text": {"en": "We Remember"}, "dwell": "8s"}
    (line,) = said([title, {"cue": "interview"}], clips(HALF_AN_HOUR - 5, 10.0))
    assert line.startswith("interviews/00.mp4 will never be shown: what is left before each break is too short for it")


def test_what_is_shown_or_has_been_is_not_named() -> None:
    long = clips(HALF_AN_HOUR + 60)
    assert said([{"cue": "interview"}], clips(60.0, 100.0)) == []
    assert said([{"cue": "interview"}], long, {long[0].sha256: 1}) == []
