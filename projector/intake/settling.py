"""The files that are still changing, and when to look at each again; a medium settles with what lies beside it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from projector.clock import Machine, Seconds
from projector.intake.names import SIDECAR
from projector.intake.scan import Found
from projector.intake.sizes import Mark
from projector.intake.stability import Stability
from projector.ledger.media import FileRow

LONG = Seconds(2.0)


@dataclass(slots=True)
class _Wait:
    since: Machine
    due: Machine
    beside: set[Path] = field(default_factory=set)


class Settling:
    """Paths, relative to the media folder, that have not stopped changing. `system` is the system's clock."""

    def __init__(self, media: Path, system: Callable[[], float]) -> None:
        self._media = media
        self._system = system
        self._stability = Stability()
        self._waits: dict[str, _Wait] = {}

    def __len__(self) -> int:
        return len(self._waits)

    def __contains__(self, path: str) -> bool:
        return path in self._waits

    def paths(self) -> list[str]:
        """All that are still changing."""
        return list(self._waits)

    def due(self, now: Machine) -> list[str]:
        """Those at which it is time to look again."""
        return [path for path, wait in self._waits.items() if now >= wait.due]

    def long(self, path: str, now: Machine) -> bool:
        """Whether a file has been changing for so long that it is worth saying."""
        return path in self._waits and now - self._waits[path].since > LONG

    def settled(self, found: Found, same: FileRow | None, now: Machine) -> bool:
        """Whether a file and what lies beside it have stopped changing; what has is forgotten, what has not is kept.

        `same` is the row of a file whose bytes are known: then only words of another mark have to settle.
        """
        path, wall_clock = self._media / found.path, self._system()
        unsettled = [
            beside
            for beside, mark in self._unknown(found, same)
            if not self._stability.settled(beside, mark, now, wall_clock)
        ]
        if same is None and not self._stability.settled(path, found.mark, now, wall_clock):
            unsettled.append(path)
        wait = self._waits.setdefault(found.path, _Wait(now, now))
        wait.beside |= {beside for beside, _ in self._unknown(found, same)}
        if not unsettled:
            self.forget(found.path)
            return True
        wait.due = max(self._stability.due(one, now) for one in unsettled)
        return False

    def forget(self, path: str) -> None:
        """A file is settled, or gone."""
        wait = self._waits.pop(path, None)
        for one in (self._media / path, *(wait.beside if wait else ())):
            self._stability.forget(one)

    def _unknown(self, found: Found, same: FileRow | None) -> list[tuple[Path, Mark]]:
        """What lies beside a file and is not as it was when it was last read."""
        path = self._media / found.path
        words = [(path.with_name(name), mark) for name, mark in found.subtitles]
        known = {path.with_name(name): rest for name, *rest in same.seen} if same is not None else {}
        new = [(beside, mark) for beside, mark in words if known.get(beside) != [mark[0], mark[1]]]
        if found.sidecar is not None and (same is None or same.sidecar != found.sidecar[:2]):
            new.append((path.with_name(path.name + SIDECAR), found.sidecar))
        return new
