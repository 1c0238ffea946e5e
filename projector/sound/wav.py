"""The house's PCM: plain RIFF, signed 16 bit, stereo, 48 kHz. Read by mapping it, written so that a crash leaves it whole."""

import struct
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from projector.errors import RenditionFault

RATE = 48_000
CHANNELS = 2
FRAME_BYTES = 4
HEADER_BYTES = 44
MOST_BYTES = 0xFFFF_FFFF - HEADER_BYTES

Pcm = npt.NDArray[np.int16]
"""Samples, shape (frames, 2)."""

_FORMAT = (1, CHANNELS, RATE, RATE * FRAME_BYTES, FRAME_BYTES, 16)


def open_pcm(path: Path) -> Pcm:
    """The samples of a WAV file, mapped, not read. Raises RenditionFault where it is not the house's PCM."""
    try:
        with path.open("rb") as file:
            offset, length = _find_samples(file)
        there = (path.stat().st_size - offset) // FRAME_BYTES
        frames = min(length // FRAME_BYTES, there)
        if frames <= 0:
            raise RenditionFault(f"the sound {path.name[:12]} is empty")
        return np.memmap(path, dtype="<i2", mode="r", offset=offset, shape=(frames, CHANNELS))
    except (OSError, struct.error) as error:
        raise RenditionFault(f"the sound {path.name[:12]} cannot be read: {error}") from error


def _find_samples(file: IO[bytes]) -> tuple[int, int]:
    """Where the samples begin, and how many bytes there are; chunks that say other things are passed over."""
    riff, _, wave = struct.unpack("<4sI4s", file.read(12))
    suits = False
    while riff == b"RIFF" and wave == b"WAVE":
        name, length = struct.unpack("<4sI", file.read(8))
        if name == b"fmt ":
            suits = struct.unpack("<HHIIHH", file.read(16)) == _FORMAT
            file.seek(length - 16, 1)
        elif name == b"data":
            if suits:
                return file.tell(), length
            break
        else:
            file.seek(length + length % 2, 1)
    raise RenditionFault("a sound of the store is not a WAV file of 16 bit, stereo, 48 kHz")


def header(size: int) -> bytes:
    """The 44 bytes before `size` bytes of samples."""
    size = min(size, MOST_BYTES)
    return struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", size + 36, b"WAVE", b"fmt ", 16, *_FORMAT, b"data", size)


def write_wav(path: Path, samples: Pcm) -> None:
    """A whole WAV file at once."""
    path.write_bytes(header(samples.nbytes) + samples.astype("<i2").tobytes())
