"""Single frames of clips, as the players' rings hold them: I420, rows from the top, no padding."""

import subprocess
from fractions import Fraction
from io import BytesIO
from pathlib import Path

from PIL import Image

from projector.clock import Seconds
from projector.errors import Missing, RenditionFault
from projector.render.ring import Shape
from projector.show.media import Clip

DECODED_WITHIN = Seconds(30.0)
INSTALL = "Install it: apt install ffmpeg"

# BT.709 in limited range, from full-range RGB: the rows give luma and the two of chroma.
_LUMA = (0.2126, 0.7152, 0.0722)
_MATRIX = (
    *(219 / 255 * part for part in _LUMA), 16.0,
    *(224 / 255 * part / 1.8556 for part in (-0.2126, -0.7152, 0.9278)), 128.0,
    *(224 / 255 * part / 1.5748 for part in (0.7874, -0.7152, -0.0722)), 128.0,
)  # fmt: skip


def frame_of(path: Path, clip: Clip, number: int) -> bytes:
    """Exactly that frame of a house copy. Raises Missing without ffmpeg, RenditionFault where the copy has no such frame."""
    shape = Shape(clip.width, clip.height)
    # Half a frame before it, so that no rounding puts the place behind it; from the keyframe before that it is decoded.
    place = float(max(Fraction(0), number - Fraction(1, 2)) / clip.rate)
    command = ["ffmpeg", "-v", "error", "-nostdin", "-protocol_whitelist", "file", "-f", "mov", "-ss", f"{place:.6f}"]
    command += ["-i", f"file:{path}", "-map", "0:v:0", "-frames:v", "1", "-fps_mode", "passthrough"]
    command += ["-f", "rawvideo", "-pix_fmt", "yuv420p", "pipe:1"]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=DECODED_WITHIN, check=False
        )
    except FileNotFoundError as error:
        raise Missing("ffmpeg is not on this machine, and a frame of a clip is decoded by it", INSTALL) from error
    except subprocess.TimeoutExpired as error:
        raise RenditionFault(f"frame {number} of {path.name[:12]} was not decoded in {DECODED_WITHIN:g} s") from error
    if len(done.stdout) != shape.bytes:
        raise RenditionFault(f"the clip {path.name[:12]} gives no frame {number} of {clip.width}x{clip.height}")
    return done.stdout


def still_frame(jpeg: bytes, clip: Clip) -> bytes:
    """A still as a frame of its clip. Raises RenditionFault where it cannot be decoded."""
    try:
        with Image.open(BytesIO(jpeg), formats=("JPEG",)) as image:
            whole = image.convert("RGB").resize((clip.width, clip.height), Image.Resampling.LANCZOS)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise RenditionFault(f"the still of a clip cannot be decoded: {error}") from error
    luma, blue, red = whole.convert("RGB", _MATRIX).split()
    half = Shape(clip.width, clip.height).chroma
    return b"".join((luma.tobytes(), *(plane.resize(half, Image.Resampling.BOX).tobytes() for plane in (blue, red))))
