"""The ledger: one SQLite file in WAL mode, in which the roles meet.

Each module beside this one holds one group of tables: its `SCHEMA` and functions over a `Ledger`. Only they know SQL.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self, TypeVar

from projector.errors import LedgerFault

Connection = sqlite3.Connection
BUSY_SECONDS = 5.0
# A file beside the ledger that is given up on a full disk, so that a blackout or a removal still commits.
BALLAST = "ballast"
BALLAST_BYTES = 8_000_000

T = TypeVar("T")


class Ledger:
    """One connection to a ledger. It belongs to the thread that made it.

    Raises LedgerFault where the file cannot be opened. `schema` makes the tables where they are not there yet.
    """

    def __init__(self, path: Path, schema: str = "", *, read_only: bool = False) -> None:
        self.path = path
        try:
            uri = f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rwc'}"
            self.connection = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
            self.connection.execute("PRAGMA foreign_keys=ON")
            if not read_only:
                self.connection.execute("PRAGMA journal_mode=WAL")
                self.connection.execute("PRAGMA synchronous=NORMAL")
                if schema:
                    self.connection.executescript(schema)
        except sqlite3.Error as error:
            raise LedgerFault(f"the ledger {path} cannot be opened: {error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the file back."""
        self.connection.close()

    def version(self) -> int:
        """A number that moves when another connection has committed (2.6 µs)."""
        return int(self.connection.execute("PRAGMA data_version").fetchone()[0])

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view for several queries; within a transaction that is under way, its own."""
        if self.connection.in_transaction:
            yield self.connection
            return
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[Connection]:
        """One short write transaction; `durable` survives a power cut (control, removals, approvals)."""
        self.connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    def durably(self, work: Callable[[Connection], T]) -> T:
        """Do `work` in a transaction that survives a power cut; on a full disk the ballast is given up for it."""
        try:
            with self.write(durable=True) as connection:
                return work(connection)
        except LedgerFault:
            if not self._gave_way():
                raise
        with self.write(durable=True) as connection:
            return work(connection)

    def _gave_way(self) -> bool:
        ballast = self.path.parent / BALLAST
        try:
            ballast.unlink()
        except OSError:
            return False
        return True

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Connection]:
        try:
            self.connection.execute(begin)
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise LedgerFault(f"the ledger {self.path}: {error}") from error
