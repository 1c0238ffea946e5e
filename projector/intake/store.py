"""The store: renditions by the hash of their own bytes, `<root>/ab/<sha256>.jpg`."""

import hashlib
import os
from pathlib import Path

from projector.errors import RenditionFault


class Store:
    """Renditions below `root`; those that are not there are looked for below `base`, which is never written.

    What lies in `root/tmp` when a store is opened for writing (`clean`) was left by a run that ended midway.
    """

    def __init__(self, root: Path, base: Path | None = None) -> None:
        self.root = root
        self.base = base
        self.temporary = root / "tmp"

    def clean(self) -> None:
        """Make the folders, and throw away what an earlier run left unfinished. For the one who writes here."""
        self.temporary.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left in self.temporary.iterdir():
            left.unlink(missing_ok=True)

    def add(self, temporary: Path) -> str:
        """Move a finished file into the store; its hash. What is in the store afterwards survives a power cut."""
        with temporary.open("rb") as file:
            sha = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        place = self._below(self.root, sha)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary.replace(place)
        _sync_folder(place.parent)
        return sha

    def path(self, sha: str) -> Path:
        """Where a rendition is, or, when it is nowhere, where it would be."""
        place = self._below(self.root, sha)
        if self.base is None or place.exists():
            return place
        lent = self._below(self.base, sha)
        return lent if lent.exists() else place

    def read(self, sha: str) -> bytes:
        """The bytes of a rendition. Raises RenditionFault where it is missing or is not what intake wrote."""
        try:
            raw = self.path(sha).read_bytes()
        except OSError as error:
            raise RenditionFault(f"rendition {sha[:12]} cannot be read: {error.strerror}") from error
        if hashlib.sha256(raw).hexdigest() != sha:
            raise RenditionFault(f"rendition {sha[:12]} is damaged")
        return raw

    def held(self) -> set[str]:
        """The hashes of all renditions that are there, by their names alone."""
        roots = [self.root] if self.base is None else [self.root, self.base]
        return {file.stem for root in roots for file in root.glob("[0-9a-f][0-9a-f]/*.jpg")}

    @staticmethod
    def _below(root: Path, sha: str) -> Path:
        return root / sha[:2] / f"{sha}.jpg"


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
