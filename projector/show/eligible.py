"""Who may stand on the wall: consent, approval, removals; and for each who may not, why."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from projector.clock import Instant
from projector.show.media import Kind, Medium
from projector.show.rundown import Show

NEVER = Instant(float("inf"))


@dataclass(frozen=True)
class Eligible:
    """The media that may be shown, the last moment of those whose consent ends, and why the others may not.

    `portraits` lie among the messages and are shown with those that name them, not by themselves.
    """

    media: tuple[Medium, ...]
    expires: Mapping[str, Instant] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    portraits: frozenset[str] = frozenset()


def eligible(
    media: Iterable[Medium], show: Show, barred: Collection[str], now: Instant, *, rehearsal: bool
) -> Eligible:
    """Sort out who may be shown at `now`."""
    media = list(media)
    portraits = _Portraits(media, show, barred, rehearsal=rehearsal)
    may: list[Medium] = []
    expires: dict[str, Instant] = {}
    refused: dict[str, str] = {}
    for medium in media:
        if medium.kind is Kind.SLATE or medium.sha256 in portraits.apart:
            continue
        end = min(_end_of(medium, show), portraits.end_of(medium))
        if end < NEVER:
            expires[medium.sha256] = end
        reason = _why_not(medium, show, barred, rehearsal=rehearsal) or portraits.why_not(medium)
        if reason is None and expires.get(medium.sha256, now + 1) <= now:
            reason = f"its consent ended on {medium.facts.until or 'the last day of its portrait'}"
        if reason is None:
            may.append(medium)
        else:
            refused[medium.sha256] = reason
    return Eligible(tuple(may), expires, refused, portraits.apart)


class _Portraits:
    """The pictures that messages name: a message with a portrait is shown with it or not at all."""

    def __init__(self, media: Iterable[Medium], show: Show, barred: Collection[str], *, rehearsal: bool) -> None:
        media = list(media)
        # By their bytes: a picture that lies in photos/ too goes by its name there.
        self._named = {m.portrait for m in media if m.portrait is not None}
        self.apart = frozenset(
            m.sha256 for m in media if m.kind is Kind.MESSAGE and m.message is None and m.sha256 in self._named
        )
        self._ends = {m.sha256: _end_of(m, show) for m in media if m.sha256 in self._named}
        self._refused = {
            m.sha256: _why_not(m, show, barred, rehearsal=rehearsal) for m in media if m.sha256 in self._named
        }

    def end_of(self, medium: Medium) -> Instant:
        """When the consent of a message's portrait ends."""
        return self._ends.get(medium.portrait or "", NEVER)

    def why_not(self, medium: Medium) -> str | None:
        """Why a message cannot be shown as it is."""
        if medium.message is None or medium.message.portrait is None:
            return None
        if medium.portrait is None:
            return f"its portrait {medium.message.portrait} is not there"
        refused = self._refused.get(medium.portrait)
        return f"its portrait {medium.message.portrait} may not be shown: {refused}" if refused else None


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
        return NEVER
    return Instant(datetime.combine(until + timedelta(days=1), time(), show.zone).timestamp())
