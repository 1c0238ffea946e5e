"""The proof of a house copy: all of it decodes, every frame is where its number says, and its first and last as stills."""

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from PIL import Image

from projector.errors import MediumRefused
from projector.intake.ffmpeg import SAVE_AGAIN, ffmpeg, run

QUALITY = 92

# What a player's shader does with a house frame: only the matrix and the range, the transfer being the screen's own.
AS_SHOWN = "zscale=matrixin=bt709:rangein=limited:matrix=gbr:range=full,format=gbrp,format=rgb24"


@dataclass(slots=True)
class Frames:
    """Hears ffmpeg's list of decoded frames (framecrc), and counts those that are in their place."""

    rate: Fraction
    told: Callable[[int], None]
    step: Fraction = Fraction(1)
    count: int = 0
    astray: list[str] = field(default_factory=list)

    def hear(self, line: str) -> bool:
        """Take a line of the list: `#tb 0: 1/12800`, then `0, dts, pts, duration, size, sum`. To hear one is a step."""
        if line.startswith("#tb 0:"):
            self.step = Fraction(line.partition(":")[2].strip())
        elif not line.startswith("#"):
            pts = int(line.split(",")[2])
            if pts * self.step != self.count / self.rate and len(self.astray) < 3:
                self.astray.append(f"frame {self.count} at {float(pts * self.step):.4f} s")
            self.count += 1
            self.told(self.count)
        return True


def proven(video: Path, rate: Fraction, frames: int, stills: tuple[Path, Path], told: Callable[[int], None]) -> int:
    """Decode a house copy whole and write its first and last frame as JPEG; how many frames it has.

    `frames` is how many were put into it. Raises MediumRefused where it is not what it should be.
    """
    heard = Frames(rate, told)
    bare = tuple(still.with_suffix(".ppm") for still in stills)
    try:
        ended = run(_decoding(video, bare, frames), heard.hear)
        if ended.code or ended.damaged:
            raise MediumRefused(f"its copy does not decode to its end; {SAVE_AGAIN}")
        if heard.astray or heard.count != frames:
            raise MediumRefused(f"its copy came out uneven ({heard.count} frames of {frames}); {SAVE_AGAIN}")
        for pixels, still in zip(bare, stills, strict=True):
            _save(pixels, still)
    finally:
        for pixels in bare:
            pixels.unlink(missing_ok=True)
    return heard.count


def _decoding(video: Path, bare: tuple[Path, ...], frames: int) -> list[str]:
    """One decoding for all: the list of frames, the sound to nowhere, the two stills. Any fault ends it."""
    command = ["-xerror", "-err_detect", "explode", "-protocol_whitelist", "file", "-f", "mov", "-i", f"file:{video}"]
    timing = ["-fps_mode", "passthrough", "-enc_time_base", "-1"]
    outputs = ["-map", "0:v", *timing, "-f", "framecrc", "pipe:1", "-map", "0:a?", "-f", "null", "-"]
    for pixels, number in zip(bare, (0, frames - 1), strict=True):
        chosen = ["-vf", f"select=eq(n\\,{number}),{AS_SHOWN}", "-frames:v", "1", "-update", "1"]
        outputs += ["-map", "0:v", *chosen, "-f", "image2", f"file:{pixels}"]
    whole = ffmpeg(*command, *outputs)
    # The list of frames goes where progress would.
    at = whole.index("-progress")
    return whole[:at] + whole[at + 2 :]


def _save(pixels: Path, still: Path) -> None:
    with Image.open(pixels, formats=("PPM",)) as image:
        image.save(still, "JPEG", quality=QUALITY, subsampling="4:4:4")
