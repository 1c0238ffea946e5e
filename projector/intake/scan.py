"""The truth about the media folder: what lies in it, by stat alone. Nothing is opened, no link is followed."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from projector.intake.names import (
    SIDECAR,
    is_beside,
    passing,
    passing_folder,
    readable,
    speaks_of,
    takes_subtitles,
    why_not,
)
from projector.intake.sizes import Mark
from projector.show.folders import FOLDERS, SUBTITLES, Form, ending, form_of

Subtitled = tuple[tuple[str, Mark], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A name below the media folder: relative and `/`-separated, with the marks of the file and of its sidecar.

    `subtitles` are the files of a clip's subtitles that lie beside it, by name, each with its mark. `reason` says why
    it cannot be a medium, where its name or its kind alone says so. `unlisted`: a folder whose contents are not known,
    since it could not be read.
    """

    path: str
    mark: Mark
    sidecar: Mark | None = None
    reason: str = ""
    unlisted: bool = False
    subtitles: Subtitled = ()

    @property
    def seen(self) -> tuple[tuple[str, int, int], ...]:
        """The subtitles' marks as the ledger has them."""
        return tuple((name, mark[0], mark[1]) for name, mark in self.subtitles)


def walk(media: Path, below: str | None = None) -> Iterator[Found]:
    """Everything in the folders of media and their sub-folders, or below one of them, each folder in order of name.

    A folder that is gone is empty.
    """
    folders = [below] if below is not None else list(reversed(FOLDERS))
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(media / folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            reason = f"the folder cannot be read: {(error.strerror or 'unknown fault').lower()}"
            yield Found(readable(folder), (0, 0, 0), reason=reason, unlisted=True)
            continue
        yield from _in_folder(folder, entries)
        inner = [
            entry.name for entry in entries if entry.is_dir(follow_symlinks=False) and not passing_folder(entry.name)
        ]
        folders += [f"{folder}/{name}" for name in reversed(inner)]


def look(media: Path, path: str) -> Found | None:
    """One name as it is now, or None where nothing of that name is there, or nothing that concerns us by itself."""
    status = _lstat(media / path)
    folder, _, name = path.rpartition("/")
    if status is None or stat.S_ISDIR(status.st_mode) or passing(name) or is_beside(path):
        return None
    sidecar = _lstat(media / f"{path}{SIDECAR}")
    subtitles = _beside_clip(media, folder, name) if takes_subtitles(path) else ()
    return _found(path, status, sidecar, subtitles)


def clips_of(media: Path, path: str) -> list[str]:
    """The clips, by path, that a file of subtitles belongs to."""
    folder, _, name = path.rpartition("/")
    clips = [clip for clip in _names(media / folder) if form_of(clip) is Form.CLIP and speaks_of(name, clip)]
    return [f"{folder}/{clip}" for clip in clips]


def look_at_slate(path: Path) -> Found:
    """The slate's picture, named by its absolute path. A link is followed: it is the producer's own file that names it."""
    try:
        status = path.stat()
    except OSError:
        return Found(str(path), (0, 0, 0), reason="there is no such file")
    return Found(str(path), _mark(status), reason=_by_kind(status))


def count(media: Path, folder: str) -> int:
    """How many files lie below a folder of media, what lies beside them and passing names left out."""
    number = 0
    for _, folders, names in os.walk(media / folder):
        folders[:] = [name for name in folders if not passing_folder(name)]
        number += sum(not passing(name) and not is_beside(f"{folder}/{name}") for name in names)
    return number


def root_of(media: Path) -> tuple[int, int] | None:
    """What says that the media folder is the same one as before: its device and inode; None when it is not there."""
    try:
        status = media.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISDIR(status.st_mode) else None


def _in_folder(folder: str, entries: list[os.DirEntry[str]]) -> Iterator[Found]:
    by_name = {entry.name: entry for entry in entries if not entry.is_dir(follow_symlinks=False)}
    words = [name for name in by_name if ending(name) in SUBTITLES and not passing(name)]
    for name, entry in by_name.items():
        path = f"{folder}/{name}"
        if passing(name) or is_beside(path):
            continue
        status = _status(entry)
        beside = by_name.get(name + SIDECAR)
        subtitles = ((n, _status(by_name[n])) for n in words if speaks_of(n, name)) if takes_subtitles(path) else ()
        if status is not None:
            marks = tuple((n, _mark(found)) for n, found in subtitles if found is not None)
            yield _found(path, status, _status(beside) if beside else None, marks)


def _beside_clip(media: Path, folder: str, name: str) -> Subtitled:
    words = [n for n in _names(media / folder) if not passing(n) and speaks_of(n, name)]
    found = ((n, _lstat(media / folder / n)) for n in words)
    return tuple((n, _mark(status)) for n, status in found if status is not None and not stat.S_ISDIR(status.st_mode))


def _names(folder: Path) -> list[str]:
    """What lies in a folder, in order; nothing where it cannot be read."""
    try:
        return sorted(entry.name for entry in folder.iterdir())
    except OSError:
        return []


def _found(path: str, status: os.stat_result, sidecar: os.stat_result | None, subtitles: Subtitled = ()) -> Found:
    reason = _by_kind(status) or why_not(path)
    mark = _mark(sidecar) if sidecar and form_of(path) is not Form.WORDS else None
    return Found(readable(path), _mark(status), mark, reason, subtitles=subtitles)


def _by_kind(status: os.stat_result) -> str:
    if stat.S_ISREG(status.st_mode):
        return ""
    if stat.S_ISLNK(status.st_mode):
        return "is a link; put the file itself here"
    return "is not a file but something special (a pipe, a device or a folder)"


def _mark(status: os.stat_result) -> Mark:
    return status.st_size, status.st_mtime_ns, status.st_ino


def _status(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        return entry.stat(follow_symlinks=False)
    except OSError:
        return None  # gone since the folder was listed


def _lstat(path: Path) -> os.stat_result | None:
    try:
        return path.lstat()
    except OSError:
        return None
