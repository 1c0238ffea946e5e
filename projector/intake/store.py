"""The store: renditions by the hash of their own bytes, `<root>/ab/<sha256>.jpg`, `.mp4` or `.wav`."""

import hashlib
import os
import shutil
from pathlib import Path

from projector.errors import RenditionFault

PICTURE = ".jpg"
SUFFIXES = (PICTURE, ".mp4", ".wav")


class Store:
    """Renditions below `root`; those that are not there are looked for below `base`, which is never written.

    What lies in `root/tmp` when a store is opened for writing (`clean`) was left by a run that ended midway.
    """

    def __init__(self, root: Path, base: Path | None = None) -> None:
        self.root = root
        self.base = base
        self.temporary = root / "tmp"
        self._checked: dict[Path, tuple[int, int, int]] = {}

    def clean(self) -> None:
        """Make the folders, and throw away what an earlier run left unfinished. For the one who writes here."""
        self.temporary.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left in self.temporary.iterdir():
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)

    def add(self, temporary: Path, sha: str | None = None) -> str:
        """Move a finished file into the store, its ending kept; its hash. What is in the store survives a power cut.

        Whoever has hashed and synced a long file already says its hash; whoever reads it checks that.
        """
        if sha is None:
            with temporary.open("rb") as file:
                sha = hashlib.file_digest(file, "sha256").hexdigest()
                os.fsync(file.fileno())
        place = self._below(self.root, sha, temporary.suffix or PICTURE)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary.replace(place)
        _sync_folder(place.parent)
        return sha

    def path(self, sha: str, suffix: str = PICTURE) -> Path:
        """Where a rendition is, or, when it is nowhere, where it would be."""
        place = self._below(self.root, sha, suffix)
        if self.base is None or place.exists():
            return place
        lent = self._below(self.base, sha, suffix)
        return lent if lent.exists() else place

    def read(self, sha: str, suffix: str = PICTURE) -> bytes:
        """The bytes of a rendition. Raises RenditionFault where it is missing or is not what intake wrote."""
        try:
            raw = self.path(sha, suffix).read_bytes()
        except OSError as error:
            raise RenditionFault(f"rendition {sha[:12]} cannot be read: {error.strerror}") from error
        if hashlib.sha256(raw).hexdigest() != sha:
            raise RenditionFault(f"rendition {sha[:12]} is damaged")
        return raw

    def checked(self, sha: str, suffix: str = PICTURE) -> Path:
        """The path of a rendition whose bytes are those that intake wrote. Reads all of it, once: not for a render thread.

        Raises RenditionFault where it is missing or damaged.
        """
        place = self.path(sha, suffix)
        try:
            with place.open("rb") as file:
                status = os.fstat(file.fileno())
                mark = (status.st_size, status.st_mtime_ns, status.st_ino)
                if self._checked.get(place) != mark:
                    if hashlib.file_digest(file, "sha256").hexdigest() != sha:
                        raise RenditionFault(f"rendition {sha[:12]} is damaged")
                    self._checked[place] = mark
        except OSError as error:
            raise RenditionFault(f"rendition {sha[:12]} cannot be read: {error.strerror}") from error
        return place

    def held(self) -> set[str]:
        """The hashes of all renditions that are there, by their names alone."""
        roots = [self.root] if self.base is None else [self.root, self.base]
        files = (file for root in roots for file in root.glob("[0-9a-f][0-9a-f]/*.*"))
        return {file.stem for file in files if file.suffix in SUFFIXES}

    @staticmethod
    def _below(root: Path, sha: str, suffix: str) -> Path:
        return root / sha[:2] / f"{sha}{suffix}"


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
