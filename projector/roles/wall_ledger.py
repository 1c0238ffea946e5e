"""The wall's two threads at the ledger: one reads and hands over a frozen view, one writes what the wall has to say."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from projector.clock import Seconds, machine_now
from projector.errors import LedgerFault
from projector.ledger.database import Ledger
from projector.ledger.tables import open_ledger
from projector.ledger.view import Reader, View

log = logging.getLogger(__name__)

POLL = Seconds(0.015)
# Airings that cannot be written (a full disk) wait here; the oldest are given up first.
MOST_WAITING = 20_000

Task = Callable[[Ledger], None]


class ViewThread:
    """Reads the ledger when it moves. `view` is the last whole view; a busy ledger is "no change"."""

    def __init__(self, path: Path) -> None:
        self.view: View | None = None
        self._path = path
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="view", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(timeout=1.0)

    def _run(self) -> None:
        with open_ledger(self._path) as ledger:
            reader = Reader(ledger)
            while not self._stop.wait(POLL):
                try:
                    self.view = reader.view(machine_now())
                except LedgerFault as fault:
                    log.warning("%s", fault)
                    time.sleep(0.1)


class WriteThread:
    """Carries out tasks on the ledger in their order; one that fails for want of room is tried again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._tasks: deque[Task] = deque(maxlen=MOST_WAITING)
        self._wake = threading.Event()
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="write", daemon=True)
        self._thread.start()

    def do(self, task: Task) -> None:
        """Have something written, soon."""
        self._tasks.append(task)
        self._wake.set()

    def stop(self) -> None:
        """Write what is still to be written, and end."""
        self._ending = True
        self._wake.set()
        self._thread.join(timeout=2.0)

    def _run(self) -> None:
        with open_ledger(self._path) as ledger:
            while not (self._ending and not self._tasks):
                self._wake.wait(0.5)
                self._wake.clear()
                if not self._work(ledger):
                    if self._ending:
                        return
                    time.sleep(1.0)

    def _work(self, ledger: Ledger) -> bool:
        """Do what is to be done; False when the ledger does not take it."""
        while self._tasks:
            try:
                self._tasks[0](ledger)
            except LedgerFault as fault:
                log.warning("%s", fault)
                return False
            self._tasks.popleft()
        return True
