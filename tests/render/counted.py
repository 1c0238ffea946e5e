"""House copies whose frames can be told apart by a program: 16 squares along the top, bit 0 first, say a frame's number."""

import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import pytest

from projector.render.ring import Shape
from projector.show.media import Clip

SIDE = 16
BITS = 16


def clip_of(frames: int, rate: Fraction = Fraction(25), width: int = 320, height: int = 180) -> Clip:
    return Clip(width, height, rate, frames)


def make(path: Path, clip: Clip, first: int = 0) -> Path:
    """A house copy of moving test picture; the number of its first frame is `first`."""
    if shutil.which("ffmpeg") is None:
        pytest.skip("not on this machine: ffmpeg")
    rate, size = f"{clip.rate.numerator}/{clip.rate.denominator}", f"{clip.width}x{clip.height}"
    group = str(round(clip.rate))
    strip = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{SIDE * BITS}x{SIDE}", "-r", rate, "-i", "-"]
    chain = "[1][0]overlay=0:0:shortest=1,format=yuv420p[v]"
    command = ["ffmpeg", "-y", "-v", "error", *strip, "-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate}"]
    command += ["-f", "lavfi", "-i", "sine=r=48000", "-filter_complex", chain, "-map", "[v]", "-map", "2:a"]
    command += ["-t", str(float(clip.seconds)), "-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", "-bf", "0"]
    command += ["-g", group, "-keyint_min", group, "-sc_threshold", "0", "-flags", "+cgop", "-c:a", "aac"]
    command += ["-frames:v", str(clip.frames), "-movflags", "+faststart", str(path)]
    numbers = b"".join(_strip(first + number) for number in range(clip.frames))
    subprocess.run(command, input=numbers, check=True)
    return path


def _strip(number: int) -> bytes:
    return b"".join((b"\xff" if number >> bit & 1 else b"\x00") * SIDE for bit in range(BITS)) * SIDE


def number_in(frame: bytes | memoryview, shape: Shape) -> int:
    """The number that an I420 frame says it has."""
    row = SIDE // 2 * shape.width
    return sum((frame[row + bit * SIDE + SIDE // 2] > 128) << bit for bit in range(BITS))


def number_on(rgb: bytes, width: int, x: int = 0, y: int = 0) -> int:
    """The number that a picture drawn at its own size at (x, y) of a canvas says it has."""
    row = 3 * ((y + SIDE // 2) * width + x)
    return sum((rgb[row + 3 * (bit * SIDE + SIDE // 2)] > 128) << bit for bit in range(BITS))


def require_vlc() -> None:
    """Skip where libVLC is not."""
    try:
        import vlc  # noqa: PLC0415  that is the question
    except (ImportError, OSError, AttributeError) as error:
        pytest.skip(f"libVLC is not on this machine: {error}")
    assert vlc.libvlc_get_version()
