"""What becomes of a file once it was read: taken with what lies beside it, or refused with a reason."""

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from projector.clock import Instant
from projector.errors import MediumRefused, PlaylistFaults
from projector.intake.beside import beside
from projector.intake.original import Unreadable, read_original
from projector.intake.register import Register
from projector.intake.scan import Found
from projector.intake.sizes import Made
from projector.intake.store import Store
from projector.ledger.media import FileRow, MediumRow, Rendition, State
from projector.show.folders import Form, kind_of, reader_of
from projector.show.lacking import Lacks
from projector.show.media import Facts
from projector.show.message import parse_message

log = logging.getLogger(__name__)

COPYING = "is still being copied"
MOST_WORDS = 256_000  # bytes of a message
UNREAD = -1  # the mtime in the row of a file that could not be opened: no file has it, so it is tried again


class Taking:
    """Puts rows into the register and copies into the store. `instant` is show time, `lacks` knows the fonts."""

    def __init__(
        self, register: Register, store: Store, media: Path, instant: Callable[[], Instant], lacks: Lacks
    ) -> None:
        self._register = register
        self._store = store
        self._media = media
        self._instant = instant
        self._lacks = lacks
        self.newly: set[str] = set()

    def keep(self, path: str, made: Made) -> bool:
        """Move the copies made of a file into the store and note its medium; False where the disk would not have it."""
        try:
            for copy in made.copies:
                size = copy.path.stat().st_size
                rendition = Rendition(self._store.add(copy.path, copy.sha256), copy.size.width, copy.size.height, size)
                self._register.add_rendition(made.sha256, copy.kind, rendition)
        except OSError as error:
            log.warning("copies cannot be put into the store: %s", error.strerror)
            return False
        width, height = made.size.width, made.size.height
        row = MediumRow(made.sha256, kind_of(path), width, height, self._instant(), made.clip, made.made_for)
        self._register.add(row)
        return True

    def accept(self, found: Found, sha256: str, last: Facts | None) -> None:
        """Take a file of known bytes, unless what lies beside it cannot be read. `last` is what was last known of it."""
        if reader_of(found.path) is Form.WORDS:
            self.read_words(found)
            return
        said = beside(self._media, found, last, self._lacks)
        state = State.REFUSED if said.fault else State.TAKEN
        kind = kind_of(found.path)
        row = FileRow(found.path, *found.mark, sha256, kind, state, said.fault, said.mark, said.facts)
        self._set(replace(row, subtitles=said.subtitles, seen=said.seen))

    def read_words(self, found: Found) -> None:
        """Read a message in words, and take it or refuse it."""
        path, kind = found.path, kind_of(found.path)
        try:
            original = read_original(self._media / path, MOST_WORDS)
        except FileNotFoundError:
            return
        except MediumRefused as error:
            self.refuse(found, str(error), again=isinstance(error, Unreadable))
            return
        row = FileRow(path, *original.mark, original.sha256, kind, State.REFUSED)
        try:
            message, facts = parse_message(original.raw, path, self._lacks)
        except PlaylistFaults as error:
            self._set(replace(row, reason="; ".join(map(str, error.faults))))
            return
        self._register.add(MediumRow(original.sha256, kind, 0, 0, self._instant(), message=message))
        self._set(replace(row, state=State.TAKEN, facts=facts))

    def _set(self, row: FileRow) -> None:
        before = self._register.get(row.path)
        if row.state is State.REFUSED:
            self.newly.discard(row.path)
        elif before is None or (before.sha256, before.mtime_ns) != (row.sha256, row.mtime_ns):
            self.newly.add(row.path)
        self._register.set(row)

    def refuse(self, found: Found, reason: str, *, again: bool = False) -> None:
        """Refuse a file; `again`: it is to be tried again though it does not change."""
        size, mtime_ns, inode = found.mark
        seen = found.sidecar[:2] if found.sidecar else None
        self.newly.discard(found.path)
        mark = (size, UNREAD if again else mtime_ns, inode)
        row = FileRow(found.path, *mark, None, kind_of(found.path), State.REFUSED, reason, seen, seen=found.seen)
        self._register.set(row)

    def wait(self, found: Found) -> None:
        """Note a file that is still changing, so that whoever wonders where it is can see."""
        self._register.set(FileRow(found.path, *found.mark, None, kind_of(found.path), State.WAITING, COPYING))
