"""Whether everybody will have been shown, by when, and until when somebody new still can be."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from projector.clock import Instant, Seconds
from projector.show.standing import COMMITTED


@dataclass(frozen=True, slots=True)
class Shown:
    """One showing of a photo to come: when it begins, and when it stands at full opacity."""

    medium: str
    start: Instant
    full: Instant


@dataclass(frozen=True, slots=True)
class Coverage:
    """Counts are of showings, past and planned. `all_shown_by`: None where somebody is never shown."""

    photos_shown: int
    photos_never_shown: int
    min_showings: int
    max_showings: int
    all_shown_by: Instant | None
    last_entry: Instant | None

    @property
    def fits(self) -> bool:
        """Whether everybody is shown."""
        return self.photos_never_shown == 0


def coverage(photos: Collection[str], aired: Mapping[str, int], planned: Iterable[Shown]) -> Coverage:
    """What the plan comes to, for photos that may be shown. `planned` in order of start."""
    counts = Counter({sha: aired.get(sha, 0) for sha in photos})
    first: dict[str, Instant] = {}
    last: Instant | None = None
    for shown in planned:
        if shown.medium in counts:
            counts[shown.medium] += 1
            first.setdefault(shown.medium, shown.full)
        last = shown.start
    never = sum(n == 0 for n in counts.values())
    new = [at for sha, at in first.items() if aired.get(sha, 0) == 0]
    # What comes in must be taken before the last photo's place is committed.
    entry = Instant(last - COMMITTED) if last is not None and never == 0 else None
    return Coverage(
        photos_shown=len(counts) - never,
        photos_never_shown=never,
        min_showings=min(counts.values(), default=0),
        max_showings=max(counts.values(), default=0),
        all_shown_by=None if never else max(new, default=None),
        last_entry=entry,
    )


def shorter(dwell: Seconds, never: int, shown: int) -> Seconds:
    """A dwell at which as many more would be shown as are not, with a twentieth to spare, to the half second below."""
    needed = dwell * shown / (shown + never) * 0.95
    return Seconds(int(needed * 2) / 2)
