"""Worker processes that decode: several for pictures, one for clips, so that no photo waits behind an interview."""

import os
import sys
from collections.abc import Sequence
from multiprocessing.connection import wait
from pathlib import Path
from typing import Self

from projector.clock import Machine, Seconds
from projector.intake.pool import Decide, Gone, Known, Outcome, Pool, Refused, Trade
from projector.show.folders import Form

__all__ = ["DIED", "Decide", "Gone", "Known", "Outcome", "Refused", "Workers"]

MOST_WORKERS = 4
START = (sys.executable, "-P", "-s", "-m")
COMMAND = (*START, "projector.intake.worker")
AS_PICTURE = "save it again as JPEG or PNG"

PER_PICTURE = Seconds(60.0)
MEMORY = 3_000_000_000

# ffmpeg watches itself; this is for what is left, a disk that does not answer. Addresses are not memory: 8K takes many.
CLIPS = Trade(
    (*START, "projector.intake.clip_worker"), 16_000_000_000, Seconds(900.0), "save it again as MP4 (H.264)", tells=True
)

DIED = Trade(COMMAND, MEMORY, PER_PICTURE, AS_PICTURE).died


class Workers:
    """All decoders, driven by one thread that calls `begin`, `turn` and `wait`; none of them blocks on a decoder.

    `into` is where they write; it must be there. `command` starts one for pictures, given its socket and limits; the one
    for clips is started when the first clip comes. Raises Missing, from `turn`, when decoders do not start at all.
    """

    def __init__(
        self,
        into: Path,
        count: int | None = None,
        *,
        limit: Seconds = PER_PICTURE,
        memory: int = MEMORY,
        command: Sequence[str] = COMMAND,
        clips: Trade = CLIPS,
    ) -> None:
        pictures = Trade(tuple(command), memory, limit, AS_PICTURE)
        self._pictures = Pool(into, pictures, count or min(os.cpu_count() or 1, MOST_WORKERS))
        self._clips = Pool(into, clips, 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def free(self, form: Form = Form.PICTURE) -> int:
        """How many more jobs of a form would be begun at once."""
        return self._pool(form).free

    @property
    def busy(self) -> int:
        """How many jobs are not finished."""
        return self._pictures.busy + self._clips.busy

    @property
    def pids(self) -> list[int]:
        """The processes, for tests and for `status`."""
        return self._pictures.pids + self._clips.pids

    @property
    def shares(self) -> dict[str, float]:
        """How far each clip is that is at work, from 0 to 1, by key."""
        return self._clips.shares

    def begin(self, key: str, path: Path, form: Form = Form.PICTURE) -> None:
        """Have a file of a form read, and made into what `turn`'s `decide` says; its outcome comes from a later `turn`."""
        self._pool(form).begin(key, path)

    def turn(self, now: Machine, decide: Decide) -> list[tuple[str, Outcome]]:
        """Hear what there is to hear, end what hangs, start what waits: the outcomes that came in, by key."""
        return self._pictures.turn(now, decide) + self._clips.turn(now, decide)

    def wait(self, seconds: Seconds) -> None:
        """Rest until a worker has something to say, at most so long."""
        wait(self._pictures.lines + self._clips.lines, timeout=seconds)

    def cancel(self) -> None:
        """Forget all jobs: whoever asked for them is gone."""
        self._pictures.cancel()
        self._clips.cancel()

    def close(self) -> None:
        """End all workers, whatever they are at."""
        self._pictures.close()
        self._clips.close()

    def _pool(self, form: Form) -> Pool:
        return self._clips if form is Form.CLIP else self._pictures
