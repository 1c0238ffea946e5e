"""Facts of a sidecar as JSON text, and what several sidecars of the same bytes say together."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from projector.show.media import Facts

WORDS = ("name", "country", "language", "credit")
CONSENT = ("wall", "stream")


def text_of(facts: Facts) -> str:
    """The facts that are given, as JSON with sorted keys; `facts_from` reads them back the same."""
    given: dict[str, Any] = {key: getattr(facts, key) for key in (*WORDS, *CONSENT) if getattr(facts, key) is not None}
    if facts.caption:
        given["caption"] = facts.caption
    if facts.until is not None:
        given["until"] = facts.until.isoformat()
    if facts.placeholder:
        given["placeholder"] = True
    return json.dumps(given, ensure_ascii=False, sort_keys=True)


def facts_from(text: str) -> Facts:
    """Facts from the JSON that `text_of` wrote."""
    given: dict[str, Any] = json.loads(text)
    if "caption" in given:
        given["caption"] = tuple((language, words) for language, words in given["caption"])
    if "until" in given:
        given["until"] = date.fromisoformat(given["until"])
    return Facts(**given)


def restrictions(facts: Facts) -> Facts:
    """What outlives a sidecar that has vanished: its consent, and that it is a placeholder; no words."""
    return Facts(wall=facts.wall, stream=facts.stream, until=facts.until, placeholder=facts.placeholder)


def merged(all_facts: Sequence[Facts]) -> Facts:
    """What several sidecars of the same bytes say: the words of the first, the narrowest consent of all.

    Expects at least one. A sidecar that does not say beside one that says yes leaves it unsaid: the show's default
    then decides, which may be no.
    """
    first, *others = all_facts
    if not others:
        return first
    return replace(
        first,
        wall=_narrowest(facts.wall for facts in all_facts),
        stream=_narrowest(facts.stream for facts in all_facts),
        until=min((facts.until for facts in all_facts if facts.until is not None), default=None),
        placeholder=any(facts.placeholder for facts in all_facts),
    )


def _narrowest(said: Iterable[bool | None]) -> bool | None:
    answers = set(said)
    if False in answers:
        return False
    return None if None in answers else True
