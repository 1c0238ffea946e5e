"""What every role is: a process with a lock, a ledger, and a loop that outlives its faults."""

import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from projector.clock import Instant, Machine, Seconds, machine_now
from projector.errors import LedgerFault, ProjectorError
from projector.ledger import clock, health
from projector.ledger.database import Ledger
from projector.ledger.tables import open_ledger
from projector.state import Launch, Lock, State

log = logging.getLogger("projector")

BEAT = Seconds(0.5)
AFTER_FAULT = Seconds(0.5)


@dataclass
class Bench:
    """What a role works with. `figures` are its health; `stopping` is set by SIGTERM."""

    name: str
    state: State
    launch: Launch
    ledger: Ledger
    figures: dict[str, Any] = field(default_factory=dict)
    stopping: bool = False
    _since: Instant = Instant(0.0)
    _beaten: Machine = Machine(0.0)
    _known: set[str] = field(default_factory=set)

    def now(self) -> Instant:
        """Show time."""
        running = clock.read(self.ledger)
        return running.clock.at(machine_now()) if running else Instant(time.time())

    def beat(self, *, every: Seconds = BEAT) -> None:
        """Say that the role is alive, and its figures, every so often."""
        machine = machine_now()
        if machine - self._beaten >= every:
            self._beaten = machine
            self._since = self._since or self.now()
            health.beat(self.ledger, self.name, os.getpid(), self._since, machine, self.figures)

    def fault(self, what: str) -> None:
        """Note a fault; logged once, counted in health."""
        if what not in self._known:
            self._known.add(what)
            log.warning("%s", what)
        health.fault(self.ledger, self.name, what, self.now())

    @property
    def known(self) -> tuple[str, ...]:
        """The faults that are there."""
        return tuple(self._known)

    def mended(self, *still: str) -> None:
        """The faults of this role are gone, but for those named."""
        if self._known - set(still):
            self._known &= set(still)
            health.mended(self.ledger, self.name, still)


Turn = Callable[[], Seconds]
"""One turn of a role's loop; how long it may rest before the next."""


End = Callable[[], None]


def run(name: str, start: Callable[[Bench], tuple[Turn, End]], *, beats: bool = True, lock: Lock | None = None) -> int:
    """Run a role until it is told to stop. `start` wires it, and gives its turn and what ends it.

    `beats` is off for the role that writes its health by itself; `lock` is the role's, where it is held already.
    """
    state = State(Path(sys.argv[1]))
    lock = lock or Lock.take(state.lock(name))
    launch = state.launch()
    if lock is None or launch is None:
        return 1
    quiet(state, name)
    with open_ledger(state.ledger) as ledger:
        bench = Bench(name, state, launch, ledger)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: setattr(bench, "stopping", True))
        try:
            turn, end = start(bench)
        except ProjectorError as error:  # a display or a library is not there: say so; the supervisor tries again
            bench.fault(str(error))
            return 1
        health.mended(ledger, name)
        try:
            while not bench.stopping:
                time.sleep(max(0.0, _turned(bench, turn, beats=beats)))
        finally:
            end()
    lock.free()
    return 0


def _turned(bench: Bench, turn: Turn, *, beats: bool) -> Seconds:
    """One turn. This is the one place where any error is caught: the loop goes on."""
    try:
        rest = turn()
        if beats:
            bench.beat()
    except ProjectorError as error:
        _note(bench, str(error))
        return AFTER_FAULT
    except Exception as error:
        if str(error) not in bench._known:  # noqa: SLF001  its own loop
            log.exception("a fault in %s", bench.name)
        _note(bench, f"a fault in {bench.name}: {type(error).__name__}: {error}")
        return AFTER_FAULT
    return rest


def _note(bench: Bench, what: str) -> None:
    try:
        bench.fault(what)
    except LedgerFault:
        log.warning("%s", what)


def quiet(state: State, name: str) -> None:
    """Log to the role's own file; nothing is said on a terminal that may be the wall's."""
    path = state.log(name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    to = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=2, encoding="utf-8", delay=True)
    to.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[to], force=True)
