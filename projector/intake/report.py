"""What intake says of itself: where it stands, and what one run of it came to."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Progress:
    """Where intake stands.

    `done` of the `total` files read in this run are dealt with; `settling` are still changing; `taken` and `refused`
    count the files of the folder. `idle`: there is nothing to do now but to wait. `missing`: the folder is not there.
    `full`: the disk is, nearly, and nothing more is made. `clips` are at work, which may take long: path, and how far
    each is, from 0 to 1.
    """

    total: int
    done: int
    settling: int
    taken: int
    refused: int
    idle: bool
    missing: bool
    full: bool
    clips: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What one run came to, counted in files. `refused` has all that cannot be used, with the reason.

    `waiting` were still changing at its end, or could not be made for want of room.
    """

    taken: int
    unchanged: int
    removed: int
    refused: tuple[tuple[str, str], ...]
    waiting: tuple[str, ...]
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """As FORMATS section 5 has it, and `waiting` besides."""
        return {
            "taken": self.taken,
            "unchanged": self.unchanged,
            "removed": self.removed,
            "refused": [{"file": file, "reason": reason} for file, reason in self.refused],
            "waiting": list(self.waiting),
            "seconds": self.seconds,
        }
