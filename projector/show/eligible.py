"""Who may stand on the wall: consent, approval, removals; and for each who may not, why."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from projector.clock import Instant
from projector.show.media import Kind, Medium
from projector.show.rundown import Show


@dataclass(frozen=True)
class Eligible:
    """The media that may be shown, the last moment of those whose consent ends, and why the others may not."""

    media: tuple[Medium, ...]
    expires: Mapping[str, Instant] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)


def eligible(
    media: Iterable[Medium], show: Show, barred: Collection[str], now: Instant, *, rehearsal: bool
) -> Eligible:
    """Sort out who may be shown at `now`."""
    may: list[Medium] = []
    expires: dict[str, Instant] = {}
    refused: dict[str, str] = {}
    for medium in media:
        if medium.kind is Kind.SLATE:
            continue
        if medium.facts.until is not None:
            expires[medium.sha256] = _end_of(medium, show)
        reason = _why_not(medium, show, barred, rehearsal=rehearsal)
        if reason is None and expires.get(medium.sha256, now + 1) <= now:
            reason = f"its consent ended on {medium.facts.until}"
        if reason is None:
            may.append(medium)
        else:
            refused[medium.sha256] = reason
    return Eligible(tuple(may), expires, refused)


def _why_not(medium: Medium, show: Show, barred: Collection[str], *, rehearsal: bool) -> str | None:
    wall = medium.facts.wall
    if medium.sha256 in barred:
        return "it was removed; `projector restore` lets it be shown again"
    if show.approval == "signed":
        return "the show wants signed approvals, and signatures are not read yet"
    if wall is False:
        return "its sidecar says consent: {wall: false}"
    if wall is None and show.consent == "required":
        return "the show says consent: required, and its sidecar does not say consent: {wall: true}"
    if medium.facts.placeholder and not rehearsal:
        return "it is a placeholder, and placeholders are for rehearsals"
    return None


def _end_of(medium: Medium, show: Show) -> Instant:
    """The end of the last day of a medium's consent, in the show's zone."""
    until = medium.facts.until
    if until is None:
        return Instant(float("inf"))
    return Instant(datetime.combine(until + timedelta(days=1), time(), show.zone).timestamp())
