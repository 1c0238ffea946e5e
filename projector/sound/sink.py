"""Where sound goes: what every sink promises, and the one that is a file."""

import json
from pathlib import Path
from typing import Protocol

from projector.clock import Machine, Seconds, ShowClock
from projector.errors import Missing
from projector.sound.mixer import BLOCK
from projector.sound.wav import HEADER_BYTES, RATE, Pcm, header

# The wall draws the picture of the instant at which it will be flipped, and it stands for a frame of the clip: half of one
# at 25 a second later it is seen on the whole. What is heard waits for it. A projector's own delay is the site's to
# measure; this is the computer's.
PICTURE_LATENCY = Seconds(0.020)
# A sink that nobody has fed for so long (a suspended process) goes on with the present instead of catching up.
GIVEN_UP = Seconds(1.0)
HEADER_EVERY = RATE // 4


class Sink(Protocol):
    """Takes blocks of BLOCK frames, one after the other. All of it belongs to one thread.

    `latency` is how long after it was rendered a block is heard; `underruns` the blocks that came too late.
    """

    name: str
    latency: Seconds
    underruns: int

    def due(self, now: Machine) -> Machine | None:
        """When the first sample of the next block will be heard; None while no block is wanted yet.

        Raises Missing when the sink is gone.
        """

    def put(self, block: Pcm) -> None:
        """The block that was due. Raises Missing when the sink is gone."""

    def said(self) -> dict[str, str | float]:
        """Figures for the role's health, over and above the common ones."""

    def close(self) -> None:
        """Let go of it."""


class FileSink:
    """A WAV file, in real time by the machine's clock: the counterpart of a device where there is none.

    Never writes over a file: `a.wav`, then `a-2.wav` after a restart. In `a.wav.json` beside it, and in the role's
    health, stand the machine time at which its first sample is heard, and the show time which that sample is of.
    """

    latency = Seconds(BLOCK / RATE)

    def __init__(self, path: Path, now: Machine, clock: ShowClock) -> None:
        self.underruns = 0
        self._first, self._frames, self._head_at = now, 0, 0
        try:
            self.path = _unused(path.absolute())
            self._file = self.path.open("xb")
            self._file.write(header(0))
            self.name = f"file {self.path}"
            beside = self.path.with_name(self.path.name + ".json")
            beside.write_text(json.dumps(self._times(clock) | {"picture_latency": PICTURE_LATENCY}), encoding="utf-8")
        except OSError as error:
            raise _unwritten(path, error) from error
        self._said = self._times(clock)

    def due(self, now: Machine) -> Machine | None:
        at = Machine(self._first + self._frames / RATE)
        if now - at > GIVEN_UP:
            self._skip(now)
            return self.due(now)
        return at if at <= now else None

    def put(self, block: Pcm) -> None:
        try:
            self._file.write(block.astype("<i2").tobytes())
            self._frames += len(block)
            if self._frames >= self._head_at:
                self._write_head()
        except OSError as error:
            raise _unwritten(self.path, error) from error

    def said(self) -> dict[str, str | float]:
        return self._said

    def close(self) -> None:
        self._write_head()
        self._file.close()

    def _times(self, clock: ShowClock) -> dict[str, str | float]:
        show = clock.at(Machine(self._first - PICTURE_LATENCY))
        return {"file": str(self.path), "first_machine": self._first, "first_show": show}

    def _skip(self, now: Machine) -> None:
        """Silence for the time in which nobody fed it, so that every sample stays at its time."""
        blocks = int((now - self._first) * RATE) // BLOCK - self._frames // BLOCK
        self.underruns += blocks
        self._frames += blocks * BLOCK
        self._file.seek(HEADER_BYTES + self._frames * 4)

    def _write_head(self) -> None:
        """Say how much there is, so that a file that is left in the middle can be read to there."""
        self._head_at = self._frames + HEADER_EVERY
        self._file.flush()
        at = self._file.tell()
        self._file.seek(0)
        self._file.write(header(at - HEADER_BYTES))
        self._file.seek(at)
        self._file.flush()


def _unused(path: Path) -> Path:
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return free


def _unwritten(path: Path, error: OSError) -> Missing:
    return Missing(
        f"the sound cannot be written to {path}: {error.strerror}", "Make room there, or choose another file"
    )
