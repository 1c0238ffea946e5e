"""Who may stand on the wall, and why the others may not."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from projector.clock import Instant
from projector.show.eligible import Eligible, eligible
from projector.show.media import Facts, Kind, Medium, Message
from tests.show.shows import OPENING, messages, photos, show

TITLE = [{"cue": "title", "text": {"en": "We Remember"}}]


def sorted_out(
    facts: Facts, *, rehearsal: bool = False, now: float = OPENING, removed: bool = False, **keys: Any
) -> Eligible:
    medium = replace(photos(1)[0], facts=facts)
    barred = {medium.sha256} if removed else set()
    return eligible([medium], show(TITLE, **keys), barred, Instant(now), rehearsal=rehearsal)


@pytest.mark.parametrize(
    ("facts", "keys", "may"),
    [
        (Facts(), {}, True),
        (Facts(wall=True), {"consent": "required"}, True),
        (Facts(stream=False), {}, True),
        (Facts(wall=False), {}, False),
        (Facts(), {"consent": "required"}, False),
        (Facts(stream=True), {"consent": "required"}, False),
        (Facts(placeholder=True), {}, False),
        (Facts(), {"approval": "signed"}, False),
    ],
)
def test_consent_decides(facts: Facts, keys: dict[str, Any], may: bool) -> None:
    found = sorted_out(facts, **keys)
    assert bool(found.media) is may
    assert bool(found.refused) is not may


def test_placeholders_are_for_rehearsals() -> None:
    assert sorted_out(Facts(placeholder=True), rehearsal=True).media


def test_what_was_removed_may_not_and_the_reason_says_how_to_bring_it_back() -> None:
    found = sorted_out(Facts(wall=True), removed=True)
    assert not found.media
    assert "projector restore" in next(iter(found.refused.values()))


def test_consent_holds_until_the_end_of_its_last_day_in_the_shows_zone() -> None:
    facts = Facts(until=date(2027, 1, 25))
    midnight = datetime.fromisoformat("2027-01-26T00:00:00+01:00").timestamp()
    before, after = sorted_out(facts, now=midnight - 1), sorted_out(facts, now=midnight)
    assert before.media
    assert list(before.expires.values()) == [midnight]
    assert not after.media
    assert "2027-01-25" in next(iter(after.refused.values()))


def test_a_slates_picture_is_not_among_the_media() -> None:
    slate = Medium("f" * 64, "/x/candle.png", Kind.SLATE)
    found = eligible([slate], show(TITLE), (), OPENING, rehearsal=False)
    assert (found.media, found.refused) == ((), {})


def with_portrait(portrait: Medium | None) -> Eligible:
    """A message that names a portrait, which is there or not."""
    words = Message((("en", "Placeholder"),), portrait="messages/portraits/a.jpg")
    message = replace(messages(1)[0], message=words, portrait=portrait.sha256 if portrait else None)
    media = [message, portrait] if portrait else [message]
    barred = {portrait.sha256} if portrait and portrait.facts.credit == "removed" else set()
    return eligible(media, show(TITLE), barred, OPENING, rehearsal=False)


def portrait_of(**facts: Any) -> Medium:
    return replace(photos(1)[0], kind=Kind.MESSAGE, file="messages/portraits/a.jpg", facts=Facts(**facts))


def test_a_portrait_is_shown_with_its_message_and_not_by_itself() -> None:
    found = with_portrait(portrait_of())
    assert [medium.message is not None for medium in found.media] == [True]
    assert found.portraits == {portrait_of().sha256}
    assert not found.refused


@pytest.mark.parametrize(
    ("portrait", "reason"),
    [
        (None, "its portrait messages/portraits/a.jpg is not there"),
        (portrait_of(wall=False), "consent: {wall: false}"),
        (portrait_of(credit="removed"), "it was removed"),
        (portrait_of(placeholder=True), "placeholder"),
        (portrait_of(until=date(2020, 1, 1)), "its consent ended"),
    ],
)
def test_a_message_whose_portrait_may_not_be_shown_is_not_shown(portrait: Medium | None, reason: str) -> None:
    found = with_portrait(portrait)
    assert not found.media
    assert reason in found.refused[messages(1)[0].sha256]
