"""Folder to media: what is found, settled, decoded and written down, in turns that never block."""

import logging
import os
import shutil
import time
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

from projector.clock import Instant, Machine, Seconds, machine_now
from projector.intake.demand import Demand
from projector.intake.ready import Ready
from projector.intake.register import Register
from projector.intake.report import Progress, Report
from projector.intake.rounds import Rounds
from projector.intake.scan import Found, look, look_at_slate, root_of
from projector.intake.settling import Settling
from projector.intake.sizes import ON_THIS_MACHINE, Made, Mark, Wants
from projector.intake.store import Store
from projector.intake.taking import UNREAD, Taking
from projector.intake.watch import Watch
from projector.intake.workers import Known, Outcome, Refused, Workers
from projector.ledger.database import Ledger
from projector.ledger.media import State
from projector.show.folders import Form, reader_of
from projector.show.lacking import NO_FONT, Lacks, nothing_lacks

log = logging.getLogger(__name__)

LEAST_FREE = 2_000_000_000
FLUSH_ROWS = 200
FLUSH_EVERY = Seconds(0.5)
PATIENCE = Seconds(10.0)
REST = Seconds(60.0)  # before a clip for which there was no room is tried again: that may be gigabytes
MESSAGES_A_TURN = 3  # each is read, parsed and looked up in the fonts at once, in 1 to 5 ms


class Intake:
    """Takes what lies in a media folder into the ledger and the store, for as long as `step` is called.

    `extras` are pictures for the slate, by absolute path. `instant` is show time, `system` the system's clock. `lacks`
    gives the first character of a text in a language that no installed font has. Without a watch, changes are found by
    going round only. It moves, changes and deletes nothing in the folder.
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
        lacks: Lacks = nothing_lacks,
        least_free: int = LEAST_FREE,
    ) -> None:
        self._store = store
        self._media = media
        self._workers = workers
        workers.cancel()  # what an intake of another folder began would keep them for hours
        self._watch = watch
        self._system = system
        self._least_free = least_free
        self._register = Register(ledger)
        self._register.doubt((NO_FONT, ON_THIS_MACHINE))  # this may be another machine, or have what it lacked
        self._demand = Demand(ledger, store, wants)
        self._rounds = Rounds(media, extras)
        self._settling = Settling(media, system)
        self._taking = Taking(self._register, store, media, instant or (lambda: Instant(system())), lacks)
        self._ready = Ready()
        self._at_work: dict[str, Found] = {}
        self._made: list[str] = []
        self._held: dict[str, tuple[str, Found]] = {}
        self._read: dict[str, tuple[Mark, str]] = {}
        self._tried: dict[str, Machine] = {}
        self._flushed = self._room_due = Machine(0.0)
        self._full = self._missing = False
        self._rounds_done = self._total = self._done = self._removed = 0

    def want(self, wants: Wants) -> None:
        """The show was edited: copies that are now too small are made again by and by."""
        self._demand.change(wants)

    def step(self, now: Machine) -> Progress:
        """One turn: find, settle, hear the workers, give them more, write down. Takes some 20 ms at most.

        Raises LedgerFault where the ledger cannot be written (nothing is lost by it, the next turn tries again), and
        Missing where the workers do not start.
        """
        self._go_round(now)
        for path in self._settling.due(now):
            self._look_again(path, now)
        for path, outcome in self._workers.turn(now, self._demand.decide):
            self._finish(path, outcome, now)
        self._demand.turn()
        self._begin(now)
        self._write(now)
        return self._progress()

    def wait(self, seconds: Seconds) -> None:
        """Rest between turns, until a worker has something to say, at most so long."""
        self._workers.wait(seconds)

    def ingest(self, report: Callable[[Progress], None], clock: Callable[[], Machine] = machine_now) -> Report:
        """Run until nothing is left; a file that is still changing is waited for, but not longer than ten seconds."""
        start = clock()
        idle_since: Machine | None = None
        while True:
            now = clock()
            progress = self.step(now)
            report(progress)
            idle_since = (now if idle_since is None else idle_since) if progress.idle else None
            if idle_since is not None and (not progress.settling or now - idle_since > PATIENCE):
                return self._report(now - start)
            self.wait(Seconds(0.02))

    def _progress(self) -> Progress:
        at_it = self._rounds_done == 0 or self._at_work or self._register.unwritten
        idle = not at_it and (self._full or not (self._ready or self._held or self._demand))
        taken, refused = self._register.count(State.TAKEN), self._register.count(State.REFUSED)
        folder = (len(self._settling), taken, refused, idle, self._missing, self._full)
        return Progress(self._total, self._done, *folder, tuple(sorted(self._workers.shares.items())))

    def _report(self, seconds: float) -> Report:
        newly = len(self._taking.newly)
        unchanged = self._register.count(State.TAKEN) - newly
        waiting = tuple(sorted({*self._settling.paths(), *self._ready}))
        return Report(newly, unchanged, self._removed, tuple(self._register.refused()), waiting, round(seconds, 3))

    def _go_round(self, now: Machine) -> None:
        hints = self._watch.turn(now) if self._watch else []
        if None in hints:
            self._rounds.ask(now)
        gone = [self._rounds.hint(hint) for hint in hints if hint is not None]
        for found in self._rounds.turn(now):
            self._notice(found, now)
        # Only now: a file that was renamed has been found by its new name, and has lost nothing by it.
        for path in filter(None, gone):
            self._gone(path, now)
        if self._rounds.finished != self._rounds_done:
            self._rounds_done = self._rounds.finished
            self._strike_missing()

    def _strike_missing(self) -> None:
        """Strike out what a whole round did not find; but a folder that is gone (a disk unplugged) takes nothing away."""
        missing = root_of(self._media) is None
        if missing != self._missing:
            log.warning(
                "the media folder is %s", "not there; what was taken from it stays" if missing else "there again"
            )
        self._missing = missing
        for path in self._rounds.missing(self._register):
            if not missing or path.startswith("/"):
                self._drop(path)

    def _gone(self, path: str, now: Machine) -> None:
        if root_of(self._media) is None or self._see(path) is not None:
            return
        self._settling.forget(path)
        if self._register.get(path) is not None:
            self._drop(path)
        elif any(known.startswith(path + "/") for known in self._register):
            self._rounds.ask(now)

    def _drop(self, path: str) -> None:
        self._removed += 1
        self._taking.newly.discard(path)
        self._register.drop(path)
        self._settling.forget(path)

    def _see(self, path: str) -> Found | None:
        """A file as it is now. Absolute paths are those of the slate's pictures."""
        return look_at_slate(Path(path)) if path.startswith("/") else look(self._media, path)

    def _look_again(self, path: str, now: Machine) -> None:
        found = self._see(path)
        if found is None or found.reason or self._register.unchanged(found):
            self._settling.forget(path)
        else:
            self._settle(found, now)

    def _notice(self, found: Found, now: Machine) -> None:
        path = found.path
        if self._register.unchanged(found) or self._ready.get(path) == found:
            return
        if found.reason:
            # What passes by in a moment (an editor's test file) is not worth a word.
            if abs(self._system() - found.mark[1] / 1e9) > 1.0:
                self._taking.refuse(found, found.reason)
        elif path not in self._at_work and path not in self._settling and not self._unreadable_still(found, now):
            self._settle(found, now)

    def _unreadable_still(self, found: Found, now: Machine) -> bool:
        row = self._register.get(found.path)
        if row is None or row.mtime_ns != UNREAD:
            return False
        rests = now - self._tried.get(found.path, Machine(0.0)) < REST and row.size == found.mark[0]
        return rests or not os.access(self._media / found.path, os.R_OK)

    def _settle(self, found: Found, now: Machine) -> None:
        """Deal with a file if it has stopped changing; one whose bytes are known needs no reading."""
        same = self._register.same_bytes(found)
        if same is None and (moved := self._register.moved(found, self._media)) is not None:
            self._settling.forget(found.path)
            self._taking.accept(found, moved.sha256 or "", moved.facts)
        elif not self._settling.settled(found, same, now):
            if self._settling.long(found.path, now) and self._register.get(found.path) is None:
                self._taking.wait(found)
        elif same is None and (sha256 := self._bytes_of(found)) is not None:
            self._taking.accept(found, sha256, None)
        elif same is None:
            self._total += found.path not in self._ready
            self._ready.put(found)
        elif same.sha256 is None:
            self._register.set(replace(same, sidecar=found.sidecar[:2] if found.sidecar else None, seen=found.seen))
        else:
            self._taking.accept(found, same.sha256, same.facts)

    def _bytes_of(self, found: Found) -> str | None:
        """The hash of a file that a worker has just read, while only what lies beside it was changing."""
        mark, sha256 = self._read.pop(found.path, (None, None))
        return sha256 if mark == found.mark else None

    def _begin(self, now: Machine) -> None:
        self._look_for_room(now)
        for _ in range(MESSAGES_A_TURN):
            if (path := self._ready.next(Form.WORDS)) is not None and self._start(path, now):
                self._taking.read_words(self._at_work.pop(path))
                self._done += 1
        for form in (Form.PICTURE, Form.CLIP):
            while self._workers.free(form) > 0 and not self._full and (path := self._next(form)) is not None:
                if self._start(path, now):
                    self._workers.begin(path, self._media / path, form)

    def _start(self, path: str, now: Machine) -> bool:
        """Count a file as being at work, if it is still as it was when it had settled."""
        settled, found = self._ready.pop(path), self._see(path)
        if found is None or found.reason or path in self._at_work:
            self._total -= settled is not None
        elif settled is not None and settled != found:
            self._total -= 1
            self._notice(found, now)
        else:
            self._total += settled is None
            self._at_work[path] = settled or found
            return True
        return False

    def _next(self, form: Form) -> str | None:
        """What is most needed: what the planner wants on the wall soon, then what is new, then what became too small."""
        if form is Form.CLIP:
            return self._ready.next(form) or self._demand.next_clip()
        return self._demand.next_wall(self._at_work) or self._ready.next(form) or self._demand.next_outgrown()

    def _look_for_room(self, now: Machine) -> None:
        if now < self._room_due:
            return
        self._room_due = Machine(now + 5.0)
        full = shutil.disk_usage(self._store.root).free < self._least_free
        if full != self._full:
            log.warning("the disk of the store is %s", "nearly full: intake stops" if full else "no longer full")
        self._full = full

    def _finish(self, path: str, outcome: Outcome, now: Machine) -> None:
        """What a worker came to. A file that changed or went while it was read is left to be found again."""
        read, found = self._at_work.pop(path), self._see(path)
        self._done += 1
        kept = isinstance(outcome, Made) and self._taking.keep(path, outcome)
        if kept:
            self._made.append(path)
        else:
            self._demand.release(path)
        if found is None:
            return
        if isinstance(outcome, Refused) and outcome.again and reader_of(path) is Form.CLIP:
            self._tried[path] = now
        if isinstance(outcome, Made) and kept:
            self._read[path] = (outcome.mark, outcome.sha256)
        if found != read or not self._accept(read, outcome, kept=kept):
            self._notice(found, now)

    def _accept(self, read: Found, outcome: Outcome, *, kept: bool) -> bool:
        """Take or refuse a file by what a worker read of it; False where it read something else than what was settled."""
        match outcome:
            case Made(sha256, mark) if kept and mark == read.mark:
                self._take(read, sha256)
            case Known(sha256, mark) if mark == read.mark:
                if self._demand.underway(sha256):
                    self._held[read.path] = (sha256, read)
                else:
                    self._take(read, sha256)
            case Refused(reason, mark, again) if mark is None or mark == read.mark:
                self._taking.refuse(read, reason, again=again)
            case _:
                return False
        return True

    def _take(self, read: Found, sha256: str) -> None:
        self._read.pop(read.path, None)
        row = self._register.get(read.path)
        self._taking.accept(read, sha256, row.facts if row is not None and row.sha256 == sha256 else None)

    def _write(self, now: Machine) -> None:
        """Write down at once when there is nothing else to do; in bulk twice a second, for every reader reads anew."""
        quiet = not (self._ready or self._at_work)
        if self._register.unwritten and (
            quiet or self._register.unwritten >= FLUSH_ROWS or now - self._flushed >= FLUSH_EVERY
        ):
            self._register.flush()
            self._flushed = now
            self._demand.written(frozenset(self._made))
            self._made.clear()
        # The same bytes under a second name: read once more, when what was made of the first is written down.
        for path, (sha256, found) in list(self._held.items()):
            if not self._demand.underway(sha256):
                del self._held[path]
                self._ready.put(found)
