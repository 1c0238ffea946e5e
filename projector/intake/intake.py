"""Folder to media: what is found, settled, decoded and written down, in turns that never block."""

import logging
import shutil
import time
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from projector.clock import Instant, Machine, Seconds, machine_now
from projector.intake.demand import Demand
from projector.intake.register import Register
from projector.intake.rounds import Rounds
from projector.intake.scan import Found, look, look_at_slate, root_of
from projector.intake.sidecars import beside
from projector.intake.sizes import Made, MadeCopy, Wants
from projector.intake.stability import Stability
from projector.intake.store import Store
from projector.intake.watch import Watch
from projector.intake.workers import Gone, Known, Outcome, Refused, Workers
from projector.ledger.database import Ledger
from projector.ledger.media import FileRow, MediumRow, Rendition, State
from projector.show.media import Kind

log = logging.getLogger(__name__)

LEAST_FREE = 2_000_000_000
FLUSH_ROWS = 200
FLUSH_EVERY = Seconds(0.5)
PATIENCE = Seconds(10.0)
NOTED = Seconds(2.0)  # a file that takes longer to settle is written down as waiting
COPYING = "is still being copied"
UNREAD = -1  # the mtime of a row that is to be tried again, though its file does not change


@dataclass(frozen=True, slots=True)
class Progress:
    """Where intake stands. `done` of `total` files of this run are dealt with; `settling` are still changing."""

    total: int
    done: int
    settling: int
    taken: int
    refused: int
    idle: bool
    missing: bool
    full: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What one run of `ingest` came to; counts are of files. `waiting` were still changing at its end."""

    taken: int
    unchanged: int
    removed: int
    refused: tuple[tuple[str, str], ...]
    waiting: tuple[str, ...]
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """As FORMATS section 5 has it."""
        refused = [{"file": file, "reason": reason} for file, reason in self.refused]
        return asdict(self) | {"refused": refused, "waiting": list(self.waiting)}


@dataclass(slots=True)
class Settling:
    """A file that is still changing: since when it is known, and when to look again."""

    since: Machine
    due: Machine


class Intake:
    """Takes the photos of a media folder into the ledger and the store, for as long as `step` is called.

    `extras` are pictures for the slate, by absolute path. `instant` is show time, `system` the system's clock. Without a
    watch, changes are found by going round only. It moves, changes and deletes nothing in the folder.
    """

    def __init__(
        self,
        ledger: Ledger,
        store: Store,
        media: Path,
        wants: Wants,
        workers: Workers,
        *,
        extras: Collection[Path] = (),
        watch: Watch | None = None,
        instant: Callable[[], Instant] | None = None,
        system: Callable[[], float] = time.time,
        least_free: int = LEAST_FREE,
    ) -> None:
        self._store = store
        self._media = media
        self._workers = workers
        self._watch = watch
        self._instant = instant or (lambda: Instant(system()))
        self._system = system
        self._least_free = least_free
        self._register = Register(ledger)
        self._demand = Demand(ledger, store, wants)
        self._rounds = Rounds(media, extras)
        self._stability = Stability()
        self._settling: dict[str, Settling] = {}
        self._ready: deque[str] = deque()
        self._at_work: dict[str, Found] = {}
        self._held: list[str] = []
        self._flushed = Machine(0.0)
        self._room_due = Machine(0.0)
        self._full = self._missing = False
        self._rounds_done = self._total = self._done = self._removed = 0
        self._newly: set[str] = set()

    def want(self, wants: Wants) -> None:
        """The show was edited: copies that are now too small are made again by and by."""
        self._demand.change(wants)

    def step(self, now: Machine) -> Progress:
        """One turn: find, settle, hear the workers, give them more, write down. Takes some 20 ms at most."""
        self._go_round(now)
        for path in [path for path, settling in self._settling.items() if now >= settling.due]:
            self._look_again(path, now)
        for path, outcome in self._workers.turn(now, self._demand.decide):
            self._finish(path, outcome, now)
        self._begin(now)
        self._write(now)
        return self.progress()

    def progress(self) -> Progress:
        """Where intake stands now."""
        count = self._register.count()
        waits = self._rounds_done == 0 or self._rounds.going or self._at_work or self._register.unwritten
        idle = not waits and (self._full or not (self._ready or self._demand))
        return Progress(
            self._total, self._done, len(self._settling), count.taken, count.refused, idle, self._missing, self._full
        )

    def ingest(self, report: Callable[[Progress], None], clock: Callable[[], Machine] = machine_now) -> Report:
        """Run until nothing is left; a file that is still changing is waited for, but not longer than ten seconds."""
        start = clock()
        idle_since: Machine | None = None
        while True:
            now = clock()
            progress = self.step(now)
            report(progress)
            idle_since = (idle_since if idle_since is not None else now) if progress.idle else None
            if idle_since is not None and (not progress.settling or now - idle_since > PATIENCE):
                return self._report(Seconds(now - start))
            self._workers.wait(Seconds(0.02))

    def _report(self, seconds: Seconds) -> Report:
        unchanged = self._register.count().taken - len(self._newly)
        waiting = sorted({*self._settling, *self._ready})
        refused = tuple(self._register.refused())
        return Report(len(self._newly), unchanged, self._removed, refused, tuple(waiting), round(seconds, 3))

    def _go_round(self, now: Machine) -> None:
        if root_of(self._media) is None:
            self._without_folder()
            return
        self._missing = False
        for hint in self._watch.turn(now) if self._watch else ():
            gone = self._rounds.hint(hint, now) if hint is not None else self._rounds.ask(now)
            if gone is not None:
                self._gone(gone, now)
        for found in self._rounds.turn(now):
            self._notice(found, now)
        if self._rounds.finished != self._rounds_done:
            self._rounds_done = self._rounds.finished
            for path in self._rounds.missing(self._register):
                self._drop(path)

    def _without_folder(self) -> None:
        """A folder that is not there (a disk unplugged) takes nothing away: what it held stays as it was."""
        if not self._missing:
            log.warning("the media folder is not there; what was taken from it stays")
        self._missing = True
        self._rounds_done = self._rounds_done or -1

    def _gone(self, path: str, now: Machine) -> None:
        if self._register.get(path) is not None:
            self._drop(path)
        elif any(known.startswith(path + "/") for known in self._register):
            self._rounds.ask(now)
        self._settling.pop(path, None)

    def _drop(self, path: str) -> None:
        self._removed += 1
        self._newly.discard(path)
        self._register.drop(path)
        self._settling.pop(path, None)
        self._stability.forget(self._media / path)

    def _notice(self, found: Found, now: Machine) -> None:
        path = found.path
        if self._register.unchanged(found):
            self._settling.pop(path, None)
        elif found.reason:
            # What passes by in a moment (an editor's test file) is not worth a word.
            if abs(self._system() - found.mark[1] / 1e9) > 1.0:
                self._refuse(found, found.reason)
        elif path not in self._at_work and path not in self._settling and not self._unreadable_still(found):
            self._settling[path] = Settling(now, now)
            self._settle(found, now)

    def _unreadable_still(self, found: Found) -> bool:
        row = self._register.get(found.path)
