"""Going round the media folder: the whole of it regularly, what a hint names at once, in slices that do not block."""

import os
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from pathlib import Path

from projector.clock import Machine, Seconds
from projector.intake.names import SIDECAR, is_sidecar, is_subtitles, readable
from projector.intake.scan import Found, clips_of, look, look_at_slate, walk
from projector.show.folders import FOLDERS

SLICE = 1000  # names a turn: some 10 ms

# A name costs some 10 µs: so a round takes at most 3 % of a processor, and a small folder is seen every two seconds.
NAMES_A_SECOND = 3000
SHORTEST = Seconds(2.0)
LONGEST = Seconds(60.0)


class Rounds:
    """Yields what is found, and knows, after a whole round, what was not.

    `extras` are absolute paths outside the folder, looked at on every round.
    """

    def __init__(self, media: Path, extras: Collection[Path] = ()) -> None:
        self.media = media
        self.extras = tuple(extras)
        self.finished = 0
        self._due = Machine(0.0)
        self._round: Iterator[Found] | None = None
        self._seen: set[str] = set()
        self._unlisted: list[str] = []
        self._side: deque[Iterator[Found]] = deque()

    def ask(self, now: Machine) -> None:
        """Have a whole round soon: something happened, and nobody can say what."""
        self._due = min(self._due, now)

    def hint(self, path: str) -> str | None:
        """Something happened to this absolute path: it is looked at on the next turn; a folder is walked.

        Returns the path, relative, of what is not there any more and has to be struck out.
        """
        inside = os.path.relpath(path, self.media)
        if inside.partition("/")[0] not in FOLDERS:
            return None
        if (self.media / inside).is_dir() and not (self.media / inside).is_symlink():
            self._side.append(walk(self.media, inside))
            return None
        if is_subtitles(inside):
            self._side.append(filter(None, (look(self.media, clip) for clip in clips_of(self.media, inside))))
        about = medium_of(inside)
        if (found := look(self.media, about)) is None:
            return about
        self._side.append(iter((found,)))
        return None

    def turn(self, now: Machine) -> Iterator[Found]:
        """The next slice of what is being gone through."""
        if self._round is None and now >= self._due:
            self._round = self._whole()
            self._seen, self._unlisted = set(), []
        while self._side:
            hinted = list(islice(self._side[0], SLICE))
            yield from hinted
            if len(hinted) == SLICE:
                return
            self._side.popleft()
        if self._round is not None:
            yield from self._slice(self._round, now)

    def missing(self, known: Iterable[str]) -> list[str]:
        """Of the paths known, those that the whole round did not find, and that are not there now.

        To be asked when `finished` has moved. What lies in a folder that could not be read is not missing.
        """
        away = [path for path in known if path not in self._seen and not path.startswith(tuple(self._unlisted))]
        return [path for path in away if not self._there(path)]

    def _whole(self) -> Iterator[Found]:
        yield from map(look_at_slate, self.extras)
        yield from walk(self.media)

    def _slice(self, whole: Iterator[Found], now: Machine) -> Iterator[Found]:
        number = 0
        for found in islice(whole, SLICE):
            number += 1
            self._seen.add(found.path)
            if found.unlisted:
                self._unlisted.append(found.path + "/")
            yield found
        if number < SLICE:
            self._round = None
            self._due = Machine(now + min(LONGEST, max(SHORTEST, len(self._seen) / NAMES_A_SECOND)))
            self.finished += 1

    def _there(self, path: str) -> bool:
        """Whether a path came to be behind the round's back; the slate's former picture counts as gone."""
        return not path.startswith("/") and look(self.media, path) is not None


def medium_of(path: str) -> str:
    """The medium that a path is about: itself, or the one whose sidecar it is."""
    return readable(path) if not is_sidecar(path.rpartition("/")[2]) else readable(path)[: -len(SIDECAR)]
