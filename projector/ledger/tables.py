"""The whole ledger, opened with all its tables."""

from pathlib import Path

from projector.ledger import airings, clock, control, edition, health, looks, media, media_tables, revisions, showings
from projector.ledger.database import Ledger

SCHEMA = "\n".join(
    part.SCHEMA for part in (revisions, media, showings, airings, control, clock, edition, health, looks)
)


def open_ledger(path: Path) -> Ledger:
    """The ledger at `path`, made if it is not there; an older one is brought up to these tables."""
    ledger = Ledger(path, SCHEMA)
    media_tables.upgrade(ledger)
    airings.upgrade(ledger)
    return ledger
