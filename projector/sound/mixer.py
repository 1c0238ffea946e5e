"""The mixer: voices of the instant → samples, with no click whatever happens, and bit for bit where nothing does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from projector.show.sound import FADE, Voice
from projector.sound.wav import CHANNELS, RATE, Pcm

# 10 ms: the grain in which gains are asked for and commands are obeyed.
BLOCK = 480
# Within this of its place a voice plays on as it is, bit for bit; a device's clock trembles by less.
LET_BE = int(0.005 * RATE)
# Farther from its place than this it goes there at once, by a cross-fade; nearer, it runs a little faster or slower.
NUDGED = int(0.015 * RATE)
NUDGE = 0.01
CLOSE = 24
CROSS = 0.020

Samples = npt.NDArray[np.float32]
Tapes = Callable[[str], Pcm | None]
"""The samples of a medium, or None while they are not at hand. Must not block."""


@dataclass(slots=True)
class _Run:
    """A voice as it is being played: the next sample of its tape, its gain now, and whether it is being brought to its place."""

    voice: Voice
    tape: Pcm
    cursor: int
    gain: float = 0.0
    hurried: bool = False
    nudged: bool = False
    released: bool = False

    def off(self, wanted: int) -> int:
        """How many samples it is ahead of its place."""
        return self.cursor - wanted

    def ramp(self, target: float, frames: int) -> Samples:
        """Its gain over a block, moving towards the target no faster than a fade does."""
        most = frames / RATE / (CROSS if self.hurried else FADE)
        end = self.gain + min(most, max(-most, target - self.gain))
        ramp = np.linspace(self.gain, end, frames + 1, dtype=np.float32)[1:]
        if end == target:
            self.hurried = False
        self.gain = end
        return ramp

    def read(self, wanted: int, frames: int) -> Samples:
        """The block's samples, a little stretched while the voice is away from its place."""
        off = self.off(wanted)
        self.nudged = abs(off) > (CLOSE if self.nudged else LET_BE)
        step = frames - max(-int(frames * NUDGE), min(int(frames * NUDGE), off)) if self.nudged else frames
        samples = _cut(self.tape, self.cursor, step + 1 if self.nudged else frames)
        self.cursor += step
        if not self.nudged:
            return samples
        places = np.arange(frames) * (step / frames)
        return np.stack([np.interp(places, np.arange(step + 1), samples[:, c]) for c in range(CHANNELS)], 1).astype(
            np.float32
        )


class Mixer:
    """Plays voices: each block continues the one before it. It belongs to one thread."""

    def __init__(self, tapes: Tapes) -> None:
        self._tapes = tapes
        self._runs: list[_Run] = []
        self.moves = 0

    @property
    def sounding(self) -> list[Voice]:
        """The voices that are being played, those that are fading out too."""
        return [run.voice for run in self._runs]

    def block(self, voices: Sequence[Voice], frames: int = BLOCK) -> Pcm:
        """The next `frames` samples, shape (frames, 2). `voices` are those of the instant at which the block ends."""
        wanted = self._assigned(voices, frames)
        total = np.zeros((frames, CHANNELS), dtype=np.float32)
        gains = np.zeros(frames, dtype=np.float32)
        for run in self._runs:
            place = wanted.get(id(run), run.cursor)
            ramp = run.ramp(0.0 if run.released else run.voice.gain, frames)
            total += run.read(place, frames) * ramp[:, None]
            gains += ramp
        self._runs = [run for run in self._runs if run.gain > 0 or not run.released]
        # Commands that come late can make two fades overlap: together they are no louder than one.
        if gains.max(initial=0.0) > 1.0:
            total /= np.maximum(gains, 1.0)[:, None]
        return np.rint(total).astype(np.int16)

    def _assigned(self, voices: Sequence[Voice], frames: int) -> dict[int, int]:
        """Each voice to the run that is at its place, or a new one; where each run should be. What has no voice goes out."""
        free = [run for run in self._runs if not run.released]
        wanted: dict[int, int] = {}
        for voice in voices:
            place = round(voice.position * RATE) - frames
            run = min((r for r in free if _same(r.voice, voice)), key=lambda r: abs(r.off(place)), default=None)
            if run is not None and abs(run.off(place)) <= NUDGED:
                free.remove(run)
                run.voice = voice
            else:
                run = self._begun(voice, place, moved=run)
            if run is not None:
                wanted[id(run)] = place
        for run in free:
            run.released = True
        return wanted

    def _begun(self, voice: Voice, place: int, moved: _Run | None) -> _Run | None:
        """A new run; one that takes over from another of the same showing does so by a short cross-fade."""
        tape = self._tapes(voice.medium)
        if tape is None or voice.going:
            return None
        run = _Run(voice, tape, place, hurried=moved is not None)
        if moved is not None:
            self.moves += 1
            moved.hurried = True
        self._runs.append(run)
        return run


def _same(one: Voice, other: Voice) -> bool:
    return (one.medium, one.showing) == (other.medium, other.showing)


def _cut(tape: Pcm, start: int, frames: int) -> Samples:
    """Samples of a tape, with silence before its beginning and after its end."""
    out = np.zeros((frames, CHANNELS), dtype=np.float32)
    first, last = max(0, start), min(len(tape), start + frames)
    if first < last:
        out[first - start : last - start] = tape[first:last]
    return out
