"""The folder of placeholder media: what an earlier sample left there, and what must not be touched."""

import os
import re
from collections.abc import Callable
from pathlib import Path

from projector.errors import UsageError

Files = tuple[tuple[Path, Callable[[], bytes]], ...]
"""The files of one placeholder, relative to the media folder, in the order in which they are written."""

_MADE_HERE = b"# Made by `projector sample`: a placeholder, not a"
_NAMES = {
    "photos": re.compile(r"placeholder-\d{3,}-[\w-]+\.(?:jpg|jpeg|png|webp)(?:\.yaml)?"),
    "interviews": re.compile(r"placeholder-\d{2,}-[\w-]+\.(?:mp4|mp4\.yaml|\w\w\.srt|\w\w\.vtt)"),
    "messages": re.compile(r"placeholder-\d{2,}-[\w-]+\.(?:yaml|jpg|jpg\.yaml)"),
}
_SUBTITLES = {".srt", ".vtt"}


def made_here(what: str) -> str:
    """The first line of every sidecar of a sample, which says `what` it is not: "photograph", "interview"."""
    return f"{_MADE_HERE.decode()} {what}.\n"


def earlier(folder: Path, kind: str, *, strict: bool) -> set[Path]:
    """The files that an earlier sample left in the folder of a kind of media.

    Raises UsageError when there is one that no sample has made, if `strict`; else that one is passed over.
    """
    found = {path for path in (folder / kind).rglob("*") if not path.is_dir() and path.name != ".gitkeep"}
    strange = {path for path in found if not _is_made_here(path, _NAMES[kind])}
    if strange and strict:
        raise UsageError(
            f"{min(strange)} is not a placeholder, and samples do not mix with it; give a folder of their own"
        )
    return found - strange


def write(path: Path, content: bytes) -> None:
    """Put a file in its place at once and whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _is_made_here(path: Path, name: re.Pattern[str]) -> bool:
    if not name.fullmatch(path.name) or path.is_symlink():
        return False
    return _says_so(_sidecar_of(path))


def _sidecar_of(path: Path) -> Path:
    """The file that says of a file that it is a placeholder; a message says it itself."""
    if path.suffix == ".yaml":
        return path
    if path.suffix in _SUBTITLES:
        return path.with_name(f"{path.name.partition('.')[0]}.mp4.yaml")
    return path.with_name(f"{path.name}.yaml")


def _says_so(sidecar: Path) -> bool:
    if sidecar.is_symlink() or not sidecar.is_file():
        return False
    with sidecar.open("rb") as file:
        return file.read(len(_MADE_HERE)) == _MADE_HERE
