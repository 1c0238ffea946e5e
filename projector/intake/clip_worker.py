"""The worker for clips: it speaks as the one for pictures does (worker.py), and tells besides how far it is.

It copies the original while it hashes it, and only that private copy is ever opened by ffmpeg. Interviews are long:
there is no limit to the time; whoever hears nothing from it for minutes ends it.
"""

import hashlib
import os
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from projector.errors import MediumRefused, Missing
from projector.intake.clip import MadeClip, transcode
from projector.intake.confined import Task, attend, hear, tell
from projector.intake.ffmpeg import require_ffmpeg
from projector.intake.original import Copied, Unreadable, copy_original
from projector.intake.sizes import ON_THIS_MACHINE
from projector.show.picture import Size

MOST_WRITTEN = 64_000_000_000
MOST_BYTES = 60_000_000_000
COPYING = 0.05  # of the whole work
TOLD_EVERY = 0.2  # seconds


def serve(line: Connection, task: Task) -> None:
    """Copy, ask what is wanted of these bytes, make it, and say what came of it when nothing else is left behind."""
    private = Path(task["into"]) / f"{task['stem']}-original"
    try:
        outcome = _outcome(line, task, private)
    finally:
        private.unlink(missing_ok=True)
    if outcome is not None:
        tell(line, outcome)


def _outcome(line: Connection, task: Task, private: Path) -> dict[str, Any] | None:
    """What is to be told of a file; None where nobody listens any more."""
    told = _Told(line)
    source: Copied | None = None
    try:
        require_ffmpeg()
        source = copy_original(Path(task["path"]), private, MOST_BYTES, lambda part: told(part * COPYING))
        tell(line, {"hashed": source.sha256})
        answer = hear(line)
        if answer is None:
            return None
        made = _make(private, task["stem"], answer["wall"], told) if answer["make"] else {}
    except MediumRefused as error:
        again = isinstance(error, Unreadable)
        return {"refused": str(error), "mark": source.mark if source else None, "again": again}
    except Missing as error:
        return {"refused": f"{ON_THIS_MACHINE}: {error}"}
    except FileNotFoundError:
        if source is not None:
            raise  # not the original, but something that was made of it: a bug
        return {"gone": True}
    return {"sha256": source.sha256, "mark": source.mark, **made}


def _make(private: Path, stem: str, wall: list[int], told: Callable[[float], None]) -> dict[str, Any]:
    made = transcode(private, private.parent, stem, Size(*wall), lambda part: told(COPYING + (1 - COPYING) * part))
    clip = made.clip
    copies = [
        [kind, *((clip.width, clip.height) if kind != "sound" else (0, 0)), _sealed(path)]
        for kind, path in _parts(made).items()
    ]
    described = {"rate": str(clip.rate), "frames": clip.frames, "sound": clip.sound}
    return {"size": [clip.width, clip.height], "copies": copies, "clip": described, "made_for": wall}


def _parts(made: MadeClip) -> dict[str, Path]:
    parts = {"clip": made.video, "sound": made.sound, "first": made.first, "last": made.last}
    return {kind: path for kind, path in parts.items() if path is not None}


def _sealed(path: Path) -> str:
    """The hash of a file that is on the disk to stay. Done here: for hours of sound and picture it takes long."""
    with path.open("rb") as file:
        sha = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    return sha


class _Told:
    """Tells how far the work is, a few times a second at most."""

    def __init__(self, line: Connection) -> None:
        self._line = line
        self._at = 0.0

    def __call__(self, part: float) -> None:
        now = time.monotonic()
        if now - self._at >= TOLD_EVERY:
            self._at = now
            tell(self._line, {"progress": round(part, 4)})


if __name__ == "__main__":
    attend(sys.argv[1:], MOST_WRITTEN, serve, timed=False)
