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
EXACT = 1e-6
# A country that makes up more than this part of the equals is taken where it can be, or only it would be left at the end.
COMMON = 0.2

Fact = str | None
Entry = tuple[bytes, str]
Found = tuple[Fact, Entry]


@dataclass(slots=True)
class Tally:
    """How often each medium is shown, planned ones included, and until when it is on the wall.

    `ends` is when its place becomes another's, `busy` when it has mixed away; `journal` names what has changed, for pools.
    """

    shown: dict[str, int] = field(default_factory=dict)
    busy: dict[str, Programme] = field(default_factory=dict)
    ends: dict[str, Programme] = field(default_factory=dict)
    journal: list[str] = field(default_factory=list)

    def count(self, medium: str) -> int:
        return self.shown.get(medium, 0)

    def free_at(self, medium: str) -> Programme:
        return self.busy.get(medium, Programme(-1.0))

    def again(self, medium: str) -> None:
        """A medium is shown once more."""
        self.shown[medium] = self.count(medium) + 1
        self.journal.append(medium)

    def stands(self, medium: str, end: Programme, mix: float = 0.0) -> None:
        """A medium is on the wall until `end`, and for `mix` more beneath what comes after it."""
        self.ends[medium] = end
        self.busy[medium] = Programme(end + mix)
        self.journal.append(medium)

    def is_leaving(self, medium: str, at: Programme) -> bool:
        """Whether a medium that is on the wall at `at` only mixes away: its place is another's."""
        return self.ends.get(medium, NEVER) <= at + EXACT


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
        # Of each level (a number of showings): how many media it has of each fact, and those that may be free.
        self._sizes: dict[int, dict[Fact, int]] = {}
        self._heaps: dict[int, dict[Fact, list[Entry]]] = {}
        self._level: dict[str, int] = {}
        self._heaped: dict[str, int] = {}
        self._read = len(tally.journal)
        for sha in self._media:
            count = self._level[sha] = self._heaped[sha] = tally.count(sha)
            self._resize(count, self._facts[sha], 1)
            self._heaps.setdefault(count, {}).setdefault(self._facts[sha], []).append(self._entry(sha))
        for groups in self._heaps.values():
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
        self._catch_up()
        for count in self._counts():
            free, leaving = self._best(count, at, until, penalties)
            found = free or (leaving if leaving is not None and leaving[1][1] != last else None)
            if found is not None:
                return self._taken(found, at)
        for count in self._counts():
            _, leaving = self._best(count, at, until, penalties)
            if leaving is not None:
                return self._taken(leaving, at)
        return Choice(None, NEVER)

    def await_turn(self, at: Programme, until: Programme, penalties: Mapping[Fact, int]) -> Choice:
        """As `choose`, where what stands may stay: one that is just leaving the wall is waited for."""
        self._catch_up()
        for count in self._counts():
            free, leaving = self._best(count, at, until, penalties)
            if free is not None:
                return self._taken(free, at)
            if leaving is not None:
                return Choice(None, self._tally.free_at(leaving[1][1]))
        return Choice(None, NEVER)

    def spare(self, is_free: Callable[[str], bool], until: Programme, penalties: Mapping[Fact, int]) -> Medium | None:
        """The medium for a hole in what is settled; `is_free` says who is nowhere else in that time. Looks at everybody."""
        self._catch_up()
        free = (
            (count, penalties.get(self._facts[sha], 0), self._entry(sha))
            for sha, count in self._level.items()
            if self._expires.get(sha, NEVER) >= until and is_free(sha)
        )
        best = min(free, default=None)
        return None if best is None else self._taken((None, best[2]), until).medium

    def _counts(self) -> Iterator[int]:
        """The levels from the lowest up, those that come to be on the way included."""
        count = -1
        while higher := [level for level in self._heaps if level > count]:
            count = min(higher)
            yield count

    def _best(
        self, count: int, at: Programme, until: Programme, penalties: Mapping[Fact, int]
    ) -> tuple[Found | None, Found | None]:
        """Of one level, the best that is free, and the first to be free of those that are leaving the wall."""
        total = sum(self._sizes.get(count, {}).values())
        best: tuple[int, int, Entry] | None = None
        found: Found | None = None
        leaving: list[tuple[Programme, Entry, Fact]] = []
        for fact in list(self._heaps[count]):
            share = self._sizes.get(count, {}).get(fact, 0) / max(1, total)
            head = self._head(count, fact, at, until, leaving)
            if head is None:
                continue
            rank = (penalties.get(fact, 0), -int(share * 20) if share > COMMON and fact is not None else 0, head)
            if best is None or rank < best:
                best, found = rank, (fact, head)
        if not self._heaps[count]:
            del self._heaps[count]
        first = min(leaving, key=lambda x: x[:2], default=None)
        return found, None if first is None else (first[2], first[1])

    def _head(
        self, count: int, fact: Fact, at: Programme, until: Programme, leaving: list[tuple[Programme, Entry, Fact]]
    ) -> Entry | None:
        """The first entry of a group that is free. What stands on the wall is left out until the tally says more of it."""
        group = self._heaps[count][fact]
        aside: list[Entry] = []
        head = None
        while group and head is None:
            medium = group[0][1]
            if self._level.get(medium) != count:
                heappop(group)
            elif self._expires.get(medium, NEVER) < until:
                heappop(group)
                self._resize(self._level.pop(medium), fact, -1)
            elif self._tally.free_at(medium) <= at:
                head = group[0]
            elif self._tally.is_leaving(medium, at):
                leaving.append((self._tally.free_at(medium), group[0], fact))
                aside.append(heappop(group))
            elif self._tally.free_at(medium) < NEVER:
                aside.append(heappop(group))
            else:
                heappop(group)
                del self._heaped[medium]
        for entry in aside:
            heappush(group, entry)
        if not group:
            del self._heaps[count][fact]
        return head

    def _taken(self, found: Found, at: Programme) -> Choice:
        medium = found[1][1]
        self._tally.again(medium)
        return Choice(self._media[medium], at)

    def _catch_up(self) -> None:
        """Take in what has changed since the last choice, through whichever pool."""
        journal = self._tally.journal
        for medium in journal[self._read :]:
            if medium in self._level:
                self._file(medium)
        self._read = len(journal)

    def _file(self, medium: str) -> None:
        """Put a medium where it belongs now; what it leaves behind elsewhere is dropped when it is come upon."""
        old, count, fact = self._level[medium], self._tally.count(medium), self._facts[medium]
        if old != count:
            self._resize(old, fact, -1)
            self._resize(count, fact, 1)
            self._level[medium] = count
        if self._heaped.get(medium) != count and self._tally.free_at(medium) < NEVER:
            self._heaped[medium] = count
            heappush(self._heaps.setdefault(count, {}).setdefault(fact, []), self._entry(medium))

    def _resize(self, count: int, fact: Fact, by: int) -> None:
        level = self._sizes.setdefault(count, {})
        level[fact] = level.get(fact, 0) + by
        if level[fact] == 0:
            del level[fact]
        if not level:
            del self._sizes[count]

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
