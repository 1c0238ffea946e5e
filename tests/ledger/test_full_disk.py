from pathlib import Path

import pytest

from projector.errors import LedgerFault
from projector.ledger.database import BALLAST, Connection, Ledger


def _full_twice_then_free(folder: Path) -> tuple[Ledger, list[int]]:
    ledger = Ledger(folder / "ledger.db", "CREATE TABLE IF NOT EXISTS t (x BLOB);")
    pages = ledger.connection.execute("PRAGMA page_count").fetchone()[0]
    ledger.connection.execute(f"PRAGMA max_page_count={pages}")  # the disk is full
    return ledger, [pages]


def test_a_command_still_commits_on_a_full_disk_by_giving_up_the_ballast(tmp_path: Path) -> None:
    (tmp_path / BALLAST).write_bytes(b"\0" * 1000)
    ledger, _ = _full_twice_then_free(tmp_path)

    def work(connection: Connection) -> str:
        if not (tmp_path / BALLAST).exists():  # room, now that the ballast is gone
            connection.execute("PRAGMA max_page_count=1000000")
        connection.execute("INSERT INTO t VALUES (zeroblob(100000))")
        return "done"

    assert ledger.durably(work) == "done"
    assert not (tmp_path / BALLAST).exists()
    assert ledger.connection.execute("SELECT count(*) FROM t").fetchone() == (1,)


def test_without_ballast_a_full_disk_is_a_fault(tmp_path: Path) -> None:
    ledger, _ = _full_twice_then_free(tmp_path)
    with pytest.raises(LedgerFault):
        ledger.durably(lambda connection: connection.execute("INSERT INTO t VALUES (zeroblob(100000))"))
