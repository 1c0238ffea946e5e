"""The files that are still changing, and when to look at each again; a photo settles together with its sidecar."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from projector.clock import Machine, Seconds
from projector.intake.scan import SIDECAR, Found
from projector.intake.stability import Stability
from projector.ledger.media import FileRow

LONG = Seconds(2.0)


@dataclass(slots=True)
class _Wait:
    since: Machine
    due: Machine


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
        """Whether a file and its sidecar have stopped changing; what has is forgotten, what has not is kept.

        `same` is the row of a file whose bytes are known: then only a sidecar of another mark has to settle.
        """
        path, wall_clock = self._media / found.path, self._system()
        picture = same is not None or self._stability.settled(path, found.mark, now, wall_clock)
        known = found.sidecar is None or (same is not None and same.sidecar == found.sidecar[:2])
        words = known or self._stability.settled(_beside(path), found.sidecar or found.mark, now, wall_clock)
        if picture and words:
            self.forget(found.path)
            return True
        wait = self._waits.setdefault(found.path, _Wait(now, now))
        wait.due = max(self._stability.due(_beside(path), now) if not words else now, self._stability.due(path, now))
        return False

    def forget(self, path: str) -> None:
        """A file is settled, or gone."""
        self._waits.pop(path, None)
        self._stability.forget(self._media / path)
        self._stability.forget(_beside(self._media / path))


def _beside(path: Path) -> Path:
    return path.with_name(path.name + SIDECAR)
