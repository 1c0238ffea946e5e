"""What becomes of a file once it was read: taken with its sidecar's facts, or refused with a reason."""

import logging
from collections.abc import Callable
from pathlib import Path

from projector.clock import Instant
from projector.intake.register import Register
from projector.intake.scan import Found
from projector.intake.sidecars import beside
from projector.intake.sizes import Made
from projector.intake.store import Store
from projector.ledger.media import FileRow, MediumRow, Rendition, State
from projector.show.media import Facts, Kind

log = logging.getLogger(__name__)

COPYING = "is still being copied"
UNREAD = -1  # the mtime in the row of a file that could not be opened: no file has it, so it is tried again


class Taking:
    """Puts rows into the register and copies into the store. `instant` is show time."""

    def __init__(self, register: Register, store: Store, media: Path, instant: Callable[[], Instant]) -> None:
        self._register = register
        self._store = store
        self._media = media
        self._instant = instant
        self.newly: set[str] = set()

    def keep(self, path: str, made: Made) -> bool:
        """Move the copies made of a file into the store and note its medium; False where the disk would not have it."""
        try:
            for copy in made.copies:
                size = copy.path.stat().st_size
                rendition = Rendition(self._store.add(copy.path), copy.size.width, copy.size.height, size)
                self._register.add_rendition(made.sha256, copy.kind, rendition)
        except OSError as error:
            log.warning("copies cannot be put into the store: %s", error.strerror)
            return False
        width, height = made.size.width, made.size.height
        self._register.add(MediumRow(made.sha256, kind_of(path), width, height, self._instant()))
        return True

    def accept(self, found: Found, sha256: str, last: Facts | None) -> None:
        """Take a file of known bytes, unless its sidecar cannot be read. `last` is what was last known of these bytes."""
        seen = found.sidecar[:2] if found.sidecar else None
        said = beside(self._media, found.path, seen, last)
        state = State.REFUSED if said.fault else State.TAKEN
        before = self._register.get(found.path)
        row = FileRow(found.path, *found.mark, sha256, kind_of(found.path), state, said.fault, said.mark, said.facts)
        if state is State.REFUSED:
            self.newly.discard(found.path)
        elif before is None or (before.sha256, before.mtime_ns) != (sha256, found.mark[1]):
            self.newly.add(found.path)
        self._register.set(row)

    def refuse(self, found: Found, reason: str, *, again: bool = False) -> None:
        """Refuse a file; `again`: it is to be tried again though it does not change."""
        size, mtime_ns, inode = found.mark
        seen = found.sidecar[:2] if found.sidecar else None
        self.newly.discard(found.path)
        mark = (size, UNREAD if again else mtime_ns, inode)
        self._register.set(FileRow(found.path, *mark, None, kind_of(found.path), State.REFUSED, reason, seen))

    def wait(self, found: Found) -> None:
        """Note a file that is still changing, so that whoever wonders where it is can see."""
        self._register.set(FileRow(found.path, *found.mark, None, kind_of(found.path), State.WAITING, COPYING))


def kind_of(path: str) -> Kind:
    """A photo, or, by its absolute path, a picture for the slate."""
    return Kind.SLATE if path.startswith("/") else Kind.PHOTO
