"""Intake's own memory of the ledger's `files`, and the changes not written down yet. Intake alone writes them."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

from projector.intake.scan import Found
from projector.ledger.database import Ledger
from projector.ledger.media import Changes, FileRow, MediumRow, Rendition, State, files, write
from projector.show.folders import form_of


class Register:
    """The rows of `files` by path, as they will be once `flush` has written them."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._rows = {row.path: row for row in files(ledger)}
        self._by_inode = {row.inode: row.path for row in self._rows.values()}
        self._states = Counter(row.state for row in self._rows.values())
        self._unwritten: dict[str, FileRow | None] = {}
        self._media: dict[str, MediumRow] = {}
        self._renditions: list[tuple[str, str, Rendition]] = []

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def get(self, path: str) -> FileRow | None:
        """The row of a path."""
        return self._rows.get(path)

    def same_bytes(self, found: Found) -> FileRow | None:
        """The row of a file that has not changed since it was dealt with, whatever became of its sidecar."""
        row = self._rows.get(found.path)
        if row is None or row.state is State.WAITING or (row.size, row.mtime_ns, row.inode) != found.mark:
            return None
        return row

    def unchanged(self, found: Found) -> bool:
        """Whether neither a file nor what lies beside it has changed, by their marks."""
        row = self.same_bytes(found)
        if row is None or row.seen != found.seen:
            return False
        return row.sidecar == (found.sidecar[:2] if found.sidecar else None)

    def moved(self, found: Found, media: Path) -> FileRow | None:
        """The row of a file that now goes by another name: the same size, mtime and inode, and its old name is gone."""
        before = self._rows.get(self._by_inode.get(found.mark[2], ""))
        if before is None or before.sha256 is None or (before.size, before.mtime_ns, before.inode) != found.mark:
            return None
        same = before.path == found.path or form_of(before.path) is not form_of(found.path)
        return None if same or (media / before.path).exists() else before

    def set(self, row: FileRow) -> None:
        """Put a row, in place of the path's old one."""
        before = self._rows.get(row.path)
        if before == row:
            return
        if before is not None:
            self._states[before.state] -= 1
        self._states[row.state] += 1
        self._rows[row.path] = self._unwritten[row.path] = row
        self._by_inode[row.inode] = row.path

    def doubt(self, reasons: Collection[str]) -> None:
        """Take what was refused for one of these reasons for changed, so that it is looked at anew."""
        for path, row in self._rows.items():
            if row.state is State.REFUSED and any(reason in row.reason for reason in reasons):
                # Bytes that are known to be sound need not be read again: what lies beside them is.
                self._rows[path] = replace(row, sidecar=(-1, -1)) if row.sha256 else replace(row, mtime_ns=-1)

    def drop(self, path: str) -> None:
        """Strike a path out."""
        row = self._rows.pop(path)
        self._states[row.state] -= 1
        self._unwritten[path] = None
        if self._by_inode.get(row.inode) == path:
            del self._by_inode[row.inode]

    def add(self, medium: MediumRow) -> None:
        """Note a medium. A picture that is known already keeps its row; a clip or a message is what it is now."""
        if medium.clip is None and medium.message is None:
            self._media.setdefault(medium.sha256, medium)
        else:
            self._media[medium.sha256] = medium

    def add_rendition(self, medium: str, kind: str, rendition: Rendition) -> None:
        """Note a copy of a medium, in place of an earlier one of its kind."""
        self._renditions.append((medium, kind, rendition))

    @property
    def unwritten(self) -> int:
        """How many rows wait to be written."""
        return len(self._unwritten) + len(self._media) + len(self._renditions)

    def count(self, state: State) -> int:
        """How many files are in a state."""
        return self._states[state]

    def refused(self) -> list[tuple[str, str]]:
        """Path and reason of every file that cannot be used, by path."""
        return sorted((row.path, row.reason) for row in self._rows.values() if row.state is State.REFUSED)

    def flush(self) -> None:
        """Write down what waits. Raises LedgerFault, and then still holds it."""
        rows = [row for row in self._unwritten.values() if row is not None]
        gone = [path for path, row in self._unwritten.items() if row is None]
        write(self._ledger, Changes(rows, list(self._media.values()), self._renditions, gone))
        self._unwritten, self._media, self._renditions = {}, {}, []
