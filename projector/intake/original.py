"""A producer's file, read once: what is hashed is what is decoded, and nothing but a regular file is opened."""

import hashlib
import os
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from projector.errors import MediumRefused
from projector.intake.sizes import Mark

MOST_BYTES = 200_000_000
SPARE = 1_000_000_000  # bytes that copying leaves free
FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Unreadable(MediumRefused):
    """The file could not be read just now; it may be when the reason is gone, though the file does not change."""


@dataclass(frozen=True, slots=True)
class Original:
    """The bytes of a file, their hash, and its mark after the last of them was read."""

    raw: bytes
    sha256: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Copied:
    """The hash of a file that was copied, and its mark after the last byte was."""

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


def copy_original(path: Path, into: Path, most: int, told: Callable[[float], None] = lambda _: None) -> Copied:
    """Copy a regular file of at most `most` bytes to a new one while hashing it; `told` hears which part is done.

    Raises what `read_original` does, and Unreadable where there is no room for the copy.
    """
    try:
        handle = os.open(path, FLAGS)
        try:
            status = os.fstat(handle)
            _check(status, most)
            _check_room(into.parent, status.st_size)
            sha = _copy(handle, into, status.st_size, told)
            return Copied(sha, mark_of(os.fstat(handle)))
        finally:
            os.close(handle)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Unreadable(f"cannot be read: {(error.strerror or 'unknown fault').lower()}") from error


def _check_room(folder: Path, size: int) -> None:
    """Room for the copy and for what is made of it, which is rarely larger."""
    free = shutil.disk_usage(folder).free
    if free < 2 * size + SPARE:
        need = (2 * size + SPARE) / 1e9
        raise Unreadable(f"waits for room: {need:.1f} GB are needed to take it, {free / 1e9:.1f} GB are free")


def _copy(handle: int, into: Path, size: int, told: Callable[[float], None]) -> str:
    """The hash of what was copied: `size` bytes at most; one that grows meanwhile is found out by its mark."""
    sha = hashlib.sha256()
    copied = 0
    with into.open("xb") as file:
        while copied < size and (part := os.read(handle, min(size - copied, 1 << 22))):
            sha.update(part)
            file.write(part)
            copied += len(part)
            told(copied / size)
    return sha.hexdigest()


def _check(status: os.stat_result, most: int) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise MediumRefused("is not a file but something special (a pipe, a device or a folder)")
    if status.st_size > most:
        size, unit = (1_000_000, "MB") if most < 1_000_000_000 else (1_000_000_000, "GB")
        large = f"{status.st_size / size:.0f} {unit}, the limit is {most / size:g} {unit}"
        raise MediumRefused(f"is too large: {large}; save it smaller")


def _read(handle: int, most: int) -> bytes:
    """The bytes of an open file; one that grows meanwhile is cut at the limit and found out by its mark."""
    parts: list[bytes] = []
    room = most
    while room > 0 and (part := os.read(handle, min(room, 1 << 22))):
        parts.append(part)
        room -= len(part)
    return b"".join(parts)
