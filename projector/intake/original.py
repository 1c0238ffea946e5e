"""A producer's file, read once: what is hashed is what is decoded, and nothing but a regular file is opened."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from projector.errors import MediumRefused
from projector.intake.sizes import Mark

MOST_BYTES = 200_000_000
FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Unreadable(MediumRefused):
    """The file could not be read just now; it may be when the reason is gone, though the file does not change."""


@dataclass(frozen=True, slots=True)
class Original:
    """The bytes of a file, their hash, and its mark after the last of them was read."""

    raw: bytes
    sha256: str
    mark: Mark


def mark_of(status: os.stat_result) -> Mark:
    """What says that a file has not changed."""
    return status.st_size, status.st_mtime_ns, status.st_ino


def read_original(path: Path, most: int = MOST_BYTES) -> Original:
    """Read a whole regular file of at most `most` bytes.

    Raises MediumRefused for a link, a special file or one that is too large, Unreadable where reading fails, and
    FileNotFoundError where it is gone.
    """
    try:
        handle = os.open(path, FLAGS)
        try:
            _check(os.fstat(handle), most)
            raw = _read(handle, most)
            return Original(raw, hashlib.sha256(raw).hexdigest(), mark_of(os.fstat(handle)))
        finally:
            os.close(handle)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Unreadable(f"cannot be read: {(error.strerror or 'unknown fault').lower()}") from error


def _check(status: os.stat_result, most: int) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise MediumRefused("is not a file but something special (a pipe, a device or a folder)")
    if status.st_size > most:
        size = status.st_size / 1_000_000
        raise MediumRefused(f"is too large: {size:.0f} MB, the limit is {most / 1_000_000:g} MB; save it smaller")


def _read(handle: int, most: int) -> bytes:
    """The bytes of an open file; one that grows meanwhile is cut at the limit and found out by its mark."""
    parts: list[bytes] = []
    room = most
    while room > 0 and (part := os.read(handle, min(room, 1 << 22))):
        parts.append(part)
        room -= len(part)
    return b"".join(parts)
