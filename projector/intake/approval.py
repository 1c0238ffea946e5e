"""What `approvals.jsonl` says while the folder itself is the approval: withdrawals, and what undoes them."""

import json
from dataclasses import dataclass
from pathlib import Path

MOST_BYTES = 200_000_000


@dataclass(frozen=True, slots=True)
class Changes:
    """Media, by hash, whose latest line has become one or the other since the last look."""

    withdrawn: tuple[str, ...] = ()
    approved: tuple[str, ...] = ()


class Withdrawals:
    """Follows the file. Latest is the greatest `at`; at a tie withdrawn wins; the order in the file means nothing."""

    def __init__(self, media: Path) -> None:
        self._file = media / "approvals.jsonl"
        self._mark: tuple[int, int] | None = None
        self._known: dict[str, str] = {}

    def changes(self) -> Changes:
        """What is new in the file. A line that cannot be read counts for nothing; a line that is gone undoes nothing."""
        try:
            stat = self._file.stat()
            mark = (stat.st_size, stat.st_mtime_ns)
            if mark == self._mark or stat.st_size > MOST_BYTES:
                return Changes()
            text = self._file.read_bytes()
        except OSError:
            return Changes()
        self._mark = mark
        latest: dict[str, tuple[str, bool]] = {}
        for line in text.splitlines():
            said = _said(line)
            if said is not None:
                medium, at, withdrawn = said
                latest[medium] = max(latest.get(medium, ("", False)), (at, withdrawn))
        now = {medium: "withdrawn" if withdrawn else "approved" for medium, (_, withdrawn) in latest.items()}
        new = {medium: said for medium, said in now.items() if self._known.get(medium) != said}
        # Approvals of what was never withdrawn say nothing here.
        approved = tuple(m for m, said in new.items() if said == "approved" and m in self._known)
        self._known |= {m: said for m, said in now.items() if said == "withdrawn" or m in self._known}
        return Changes(tuple(m for m, said in new.items() if said == "withdrawn"), approved)


def _said(line: bytes) -> tuple[str, str, bool] | None:
    """Medium, when, and whether it is withdrawn."""
    try:
        said = json.loads(line)
        medium, at, decision = said["sha256"], said["at"], said["decision"]
    except (ValueError, KeyError, TypeError):
        return None
    if not (isinstance(medium, str) and isinstance(at, str) and decision in {"approved", "withdrawn", "forgotten"}):
        return None
    return medium, at, decision != "approved"
