"""The sound of a clip: as long as its picture, 48 kHz, stereo, −23 LUFS (EBU R128), true peaks below −1 dBTP.

It is measured, made, and measured again: a plain gain where the peaks allow it, which changes nothing but the level;
else a limiter that looks ahead, at four times the rate. What is made is PCM, and the AAC beside it comes from that.
"""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from projector.errors import MediumRefused
from projector.intake.ffmpeg import SAVE_AGAIN, Progress, ffmpeg, run

TARGET = -23.0
CEILING = -1.0
OFF_AT_MOST = 0.3

# Below the absolute gate of the measure there is nothing to be heard: the clip is silent.
SILENT = -70.0
SAMPLE_RATE = 48_000
WAV_HEADER = 44
FRAME_BYTES = 4

# A limiter takes from the loudness that it is asked for; after so many corrections what is there is the best there is.
ROUNDS = 4
FAULTS_PASSED = 3

Heard = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Loudness:
    """What the measure says: LUFS over the whole, and the highest true peak in dBTP."""

    integrated: float
    peak: float

    @property
    def silent(self) -> bool:
        """Whether there is nothing to be heard, or too little to measure."""
        return not math.isfinite(self.integrated) or self.integrated <= SILENT

    @property
    def miss(self) -> float:
        """How far it is from what it should be, in LU; a peak that is too high weighs more than any of them."""
        return abs(self.integrated - TARGET) + 100 * max(0.0, self.peak - CEILING)


@dataclass(frozen=True, slots=True)
class Level:
    """What is done to the sound: a gain in dB, and a ceiling in dBTP for what would go beyond, None for no limiter."""

    gain: float
    ceiling: float | None = None


@dataclass(frozen=True, slots=True)
class Sound:
    """Where sound comes from: ffmpeg's options that open the file, the stream, and the filters that put it in step.

    `samples` is how long it is to be, a sample being one instant of both channels.
    """

    opening: tuple[str, ...]
    index: int
    zero: float
    samples: int

    @property
    def in_step(self) -> str:
        """Filters: from the start of the picture to its end, gaps filled, stereo."""
        return (
            f"asetpts=PTS-({self.zero:.6f}/TB),aresample={SAMPLE_RATE}:async=1:first_pts=0,"
            f"aformat=sample_fmts=fltp:channel_layouts=stereo,{self.fitted}"
        )

    @property
    def fitted(self) -> str:
        """Filters: exactly as long as the picture."""
        return f"atrim=end_sample={self.samples},apad=whole_len={self.samples}"


def made_sound(sound: Sound, into: Path, heard: Heard) -> bool:
    """Write the sound at the house's loudness as WAV (s16le, stereo, 48 kHz); whether there was any to be heard.

    Raises MediumRefused where the sound is damaged.
    """
    before = _measured(sound, heard)
    if before.silent:
        return False
    tried: dict[Level, float] = {}
    level = _first_level(before)
    while level not in tried and len(tried) < ROUNDS:
        _write(sound, level, into, heard)
        after = _measured(_made(into, sound.samples), heard)
        tried[level] = after.miss
        last, level = level, _corrected(level, after)
    best = min(tried, key=tried.__getitem__)
    if best != last:
        _write(sound, best, into, heard)
    return True


def _made(wav: Path, samples: int) -> Sound:
    return Sound(("-protocol_whitelist", "file", "-f", "wav", "-i", f"file:{wav}"), 0, 0.0, samples)


def _first_level(measured: Loudness) -> Level:
    gain = TARGET - measured.integrated
    return Level(gain, None if measured.peak + gain <= CEILING else CEILING - 0.2)


def _corrected(level: Level, after: Loudness) -> Level:
    """The level that would have met the target, or the same where it was met."""
    off = TARGET - after.integrated
    excess = after.peak - CEILING
    if level.ceiling is None:
        return replace(level, ceiling=CEILING - 0.2) if excess > 0 else level
    gain = level.gain + off if abs(off) > OFF_AT_MOST else level.gain
    return Level(gain, level.ceiling - excess - 0.1 if excess > 0 else level.ceiling)


def _filters(level: Level) -> str:
    volume = f"volume={level.gain:.3f}dB:precision=float"
    if level.ceiling is None:
        return volume
    highest = 10 ** (level.ceiling / 20)
    limiter = f"alimiter=limit={highest:.5f}:attack=5:release=50:level=disabled:latency=true"
    return f"{volume},aresample={4 * SAMPLE_RATE},{limiter},aresample={SAMPLE_RATE}"


def _write(sound: Sound, level: Level, into: Path, heard: Heard) -> None:
    chain = f"{sound.in_step},{_filters(level)},{sound.fitted}"
    plain = ("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact")
    _run(sound, (*_only(sound), "-af", chain, *plain, "-c:a", "pcm_s16le", "-f", "wav", f"file:{into}"), heard, "error")
    if into.stat().st_size != WAV_HEADER + FRAME_BYTES * sound.samples:
        raise MediumRefused(f"its sound changes its form midway; {SAVE_AGAIN}")


def _measured(sound: Sound, heard: Heard) -> Loudness:
    chain = f"{sound.in_step},loudnorm=I={TARGET}:TP={CEILING}:print_format=json"
    said = "\n".join(_run(sound, (*_only(sound), "-af", chain, "-f", "null", "-"), heard, "info"))
    # The log's prefix stands before the JSON, and what the run says at its end after it.
    start, end = said.rfind("{"), said.rfind("}")
    if not 0 <= start < end:
        raise MediumRefused(f"its sound cannot be decoded; {SAVE_AGAIN}")
    told: dict[str, str] = json.loads(said[start : end + 1])
    return Loudness(float(told["input_i"]), float(told["input_tp"]))


def _only(sound: Sound) -> tuple[str, ...]:
    return ("-map", f"0:{sound.index}", "-vn", "-dn", "-sn")


def _run(sound: Sound, rest: Sequence[str], heard: Heard, level: str) -> tuple[str, ...]:
    ended = run(ffmpeg(*sound.opening, *rest, level=level), Progress(heard).hear)
    if ended.code:
        raise MediumRefused(f"its sound cannot be decoded; {SAVE_AGAIN}")
    # One or two are the joints of an editor; more are gaps that everybody would hear.
    if ended.damaged[sound.index] > FAULTS_PASSED:
        raise MediumRefused(f"its sound is damaged in {ended.damaged[sound.index]} places; copy it again")
    return ended.complaints
