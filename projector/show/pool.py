"""The media of one cue, least shown first.

A medium with n showings gets another only when none that is eligible has fewer. Order among equals is by a hash of
(seed, n, medium), so that a new arrival takes a place and keeps the order of all others; `spread` chooses among equals.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from heapq import heapify, heappop, heappush

from projector.clock import Programme
from projector.show.media import Medium

NEVER = Programme(float("inf"))
# A country that makes up more than this part of the equals is taken where it can be, or only it would be left at the end.
COMMON = 0.2

Fact = str | None
Entry = tuple[bytes, str]
Found = tuple[Fact, Entry]


@dataclass(slots=True)
class Tally:
    """How often each medium is shown, planned ones included, and until when it is on the wall (a mix away included)."""

    shown: dict[str, int] = field(default_factory=dict)
    busy: dict[str, Programme] = field(default_factory=dict)

    def count(self, medium: str) -> int:
        return self.shown.get(medium, 0)

    def free_at(self, medium: str) -> Programme:
        return self.busy.get(medium, Programme(-1.0))


@dataclass(frozen=True, slots=True)
class Choice:
    """A medium, or none: then `at` is when the one whose turn it is will have left the wall (NEVER: not foreseeable)."""

    medium: Medium | None
    at: Programme


class Pool:
    """The eligible media of one cue. `fact` is what neighbours should differ in; `expires` the last moment of a medium."""

    def __init__(
        self,
        media: Iterable[Medium],
        tally: Tally,
        seed: str,
        fact: Callable[[Medium], Fact] = lambda _: None,
        expires: Mapping[str, Programme] | None = None,
    ) -> None:
        self._media = {medium.sha256: medium for medium in media}
        self._tally = tally
        self._seed = seed.encode()
        self._facts = {sha: fact(medium) for sha, medium in self._media.items()}
        self._expires = expires or {}
        self._levels: dict[int, dict[Fact, list[Entry]]] = {}
        for sha in self._media:
            self._levels.setdefault(tally.count(sha), {}).setdefault(self._facts[sha], []).append(self._entry(sha))
        for groups in self._levels.values():
            for group in groups.values():
                heapify(group)

    def __len__(self) -> int:
        return len(self._media)

    def fact(self, medium: str) -> Fact:
        """What a medium's neighbours should differ in; None when it is not known, or not of this pool."""
        return self._facts.get(medium)

    def choose(self, at: Programme, until: Programme, penalties: Mapping[Fact, int], last: str | None = None) -> Choice:
        """The medium to be put up at `at`, to stand until `until` at least, where something must be put up.

        One that is only just leaving the wall is taken before one that has been shown more often; `last`, which stood
        in this very place, only when there is no other. `penalties` says how ill each fact would sit here.
        """
        for count in self._counts():
            free, leaving = self._best(count, at, until, penalties)
            found = free or (leaving if leaving is not None and leaving[1][1] != last else None)
            if found is not None:
                return self._taken(count, found, at)
        for count in self._counts():
            _, leaving = self._best(count, at, until, penalties)
            if leaving is not None:
                return self._taken(count, leaving, at)
        return Choice(None, NEVER)

    def await_turn(self, at: Programme, until: Programme, penalties: Mapping[Fact, int]) -> Choice:
        """As `choose`, where what stands may stay: one that is just leaving the wall is waited for."""
        for count in self._counts():
            free, leaving = self._best(count, at, until, penalties)
            if free is not None:
                return self._taken(count, free, at)
            if leaving is not None:
                return Choice(None, self._tally.free_at(leaving[1][1]))
        return Choice(None, NEVER)

    def _counts(self) -> Iterator[int]:
        """The levels from the lowest up, those that come to be on the way included."""
        count = -1
        while higher := [level for level in self._levels if level > count]:
            count = min(higher)
            yield count

    def _best(
        self, count: int, at: Programme, until: Programme, penalties: Mapping[Fact, int]
    ) -> tuple[Found | None, Found | None]:
        """Of one level, the best that is free, and the first to be free of those that are leaving the wall."""
        groups = self._levels[count]
        total = sum(map(len, groups.values()))
        best: tuple[int, int, Entry] | None = None
        found: Found | None = None
        leaving: list[tuple[Programme, Entry, Fact]] = []
        for fact in list(groups):
            share = len(groups[fact]) / total
            head = self._head(count, fact, at, until, leaving)
            if head is None:
                continue
            rank = (penalties.get(fact, 0), -int(share * 20) if share > COMMON and fact is not None else 0, head)
            if best is None or rank < best:
                best, found = rank, (fact, head)
        if not groups:
            self._levels.pop(count, None)
        first = min(leaving, key=lambda x: x[:2], default=None)
        return found, None if first is None else (first[2], first[1])

    def _head(
        self, count: int, fact: Fact, at: Programme, until: Programme, leaving: list[tuple[Programme, Entry, Fact]]
    ) -> Entry | None:
        """The first entry of a group that is free, mending on the way what other pools have changed."""
        groups = self._levels[count]
        group = groups[fact]
        aside: list[Entry] = []
        head = None
        while group and head is None:
            entry = group[0]
            if self._tally.count(entry[1]) != count:
                heappop(group)
                self._push(entry[1])
            elif self._expires.get(entry[1], NEVER) < until:
                heappop(group)
            elif (free_at := self._tally.free_at(entry[1])) > at:
                aside.append(heappop(group))
                if free_at < NEVER:
                    leaving.append((free_at, entry, fact))
            else:
                head = entry
        for entry in aside:
            heappush(group, entry)
        if not group:
            groups.pop(fact, None)
        return head

    def _taken(self, count: int, found: Found, at: Programme) -> Choice:
        fact, entry = found
        group = self._levels[count][fact]
        if group[0] == entry:
            heappop(group)
        else:
            group.remove(entry)
            heapify(group)
        if not group:
            del self._levels[count][fact]
        if not self._levels[count]:
            del self._levels[count]
        medium = entry[1]
        self._tally.shown[medium] = self._tally.count(medium) + 1
        self._push(medium)
        return Choice(self._media[medium], at)

    def _push(self, medium: str) -> None:
        level = self._levels.setdefault(self._tally.count(medium), {})
        heappush(level.setdefault(self._facts[medium], []), self._entry(medium))

    def _entry(self, medium: str) -> Entry:
        key = b"%b:%d:%b" % (self._seed, self._tally.count(medium), medium.encode())
        return blake2b(key, digest_size=8).digest(), medium


def neighbours(cell: int, columns: int, rows: int) -> Iterator[tuple[int, int]]:
    """The cells round a cell, each with how close a neighbour it is: 4 beside, above and below, 2 at the corners."""
    row, column = divmod(cell, columns)
    for dr in (-1, 0, 1):
        for dc in (-1, 0, 1):
            r, c = row + dr, column + dc
            if (dr or dc) and 0 <= r < rows and 0 <= c < columns:
                yield r * columns + c, 4 if 0 in (dr, dc) else 2
