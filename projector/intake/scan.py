"""The truth about the media folder: what lies in it, by stat alone. Nothing is opened, no link is followed."""

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from projector.intake.sizes import Mark

EXTENSIONS = frozenset({"jpg", "jpeg", "png", "webp", "heic", "avif", "tiff"})
SIDECAR = ".yaml"
PHOTOS = "photos"

# What copying programs, editors, file managers and network disks leave or make (LIBRARIES section 3); all names that
# start with a dot besides.
PASSING = re.compile(
    r"^~.*\.tmp$|~$|^~\$|\.(tmp|temp|part|partial|filepart|crdownload|download|opdownload|swp|bak)$"
    r"|^(thumbs\.db|ehthumbs\.db|desktop\.ini|icon\r)$",
    re.IGNORECASE,
)
PASSING_FOLDERS = frozenset({"@eadir", "#recycle", "#snapshot", "lost+found", "__macosx", "$recycle.bin"})


@dataclass(frozen=True, slots=True)
class Found:
    """A name below the media folder: relative and `/`-separated, with the marks of the file and of its sidecar.

    `reason` says why it cannot be a photo, where its name or its kind alone says so. `unlisted`: a folder whose
    contents are not known, since it could not be read.
    """

    path: str
    mark: Mark
    sidecar: Mark | None = None
    reason: str = ""
    unlisted: bool = False


def photos(media: Path, below: str = PHOTOS) -> Iterator[Found]:
    """Everything in a folder of photos and its sub-folders, each in order of name. A folder that is gone is empty."""
    folders = [below]
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
    """One name as it is now, or None where nothing of that name is there, or nothing that concerns us."""
    status = _lstat(media / path)
    name = path.rpartition("/")[2]
    if status is None or stat.S_ISDIR(status.st_mode) or passing(name) or is_sidecar(name):
        return None
    sidecar = _lstat(media / f"{path}{SIDECAR}")
    return _found(path, name, status, sidecar)


def look_at_slate(path: Path) -> Found:
    """The slate's picture, named by its absolute path. A link is followed: it is the producer's own file that names it."""
    try:
        status = path.stat()
    except OSError:
        return Found(str(path), (0, 0, 0), reason="there is no such file")
    return Found(str(path), _mark(status), reason=_by_kind(status))


def count(media: Path, folder: str) -> int:
    """How many files lie below a folder of media, sidecars and passing names left out."""
    number = 0
    for _, folders, names in os.walk(media / folder):
        folders[:] = [name for name in folders if not passing_folder(name)]
        number += sum(not passing(name) and not is_sidecar(name) for name in names)
    return number


def root_of(media: Path) -> tuple[int, int] | None:
    """What says that the media folder is the same one as before: its device and inode; None when it is not there."""
    try:
        status = media.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISDIR(status.st_mode) else None


def passing(name: str) -> bool:
    """Whether a name is one that comes and goes by itself and is no medium."""
    return name.startswith(".") or PASSING.search(name) is not None


def is_sidecar(name: str) -> bool:
    """Whether a name is that of a sidecar, `X.EXT.yaml` with a photo's EXT; its photo may still be to come."""
    return name.endswith(SIDECAR) and name[: -len(SIDECAR)].rpartition(".")[2].lower() in EXTENSIONS


def passing_folder(name: str) -> bool:
    """Whether a folder is one that disks, archives and file managers keep for themselves."""
    return name.startswith(".") or name.lower() in PASSING_FOLDERS


def readable(path: str) -> str:
    """A path for people and for the ledger; bytes that are not UTF-8 are written out in hexadecimal."""
    return os.fsencode(path).decode("utf-8", errors="backslashreplace")


def _in_folder(folder: str, entries: list[os.DirEntry[str]]) -> Iterator[Found]:
    by_name = {entry.name: entry for entry in entries}
    for name, entry in by_name.items():
        if passing(name) or is_sidecar(name) or entry.is_dir(follow_symlinks=False):
            continue
        status = _status(entry)
        beside = by_name.get(name + SIDECAR)
        if status is not None:
            yield _found(f"{folder}/{name}", name, status, _status(beside) if beside else None)


def _found(path: str, name: str, status: os.stat_result, sidecar: os.stat_result | None) -> Found:
    reason = _by_kind(status) or _by_name(name)
    return Found(readable(path), _mark(status), _mark(sidecar) if sidecar else None, reason)


def _by_kind(status: os.stat_result) -> str:
    if stat.S_ISREG(status.st_mode):
        return ""
    if stat.S_ISLNK(status.st_mode):
        return "is a link; put the picture itself here"
    return "is not a file but something special (a pipe, a device or a folder)"


def _by_name(name: str) -> str:
    if not name.isprintable() and readable(name) != name:
        return "its name is not UTF-8; rename it"
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension in EXTENSIONS:
        return ""
    if extension == "yml":
        return "a sidecar's name ends in .yaml; rename it"
    return f"photos are {', '.join(sorted(EXTENSIONS))}; {f'.{extension}' if extension else 'a name without an ending'} is not"


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
