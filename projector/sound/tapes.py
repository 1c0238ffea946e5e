"""Tapes: the sounds of the media that are coming, checked against their hashes on a thread and then mapped."""

import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from projector.clock import Machine, Seconds, machine_now
from projector.errors import RenditionFault
from projector.sound.wav import Pcm, open_pcm

# What failed is looked for again so often: a long sound that is damaged takes a second to be read.
AGAIN = Seconds(5.0)

Find = Callable[[str], Path]
"""Where the sound of a medium lies, its hash verified. Raises RenditionFault. May take a second; called on the thread."""


class Tapes:
    """Holds the samples of the media that are wanted, and lets go of the others. `of` never blocks.

    `_lock` guards `_wanted`, `_held` and `_failed`.
    """

    def __init__(self, find: Find, again: Seconds = AGAIN) -> None:
        self._find, self._again = find, again
        self._lock = threading.Lock()
        self._wanted: list[str] = []
        self._held: dict[str, Pcm] = {}
        self._failed: dict[str, tuple[str, Machine]] = {}
        self._wake = threading.Event()
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="tapes", daemon=True)
        self._thread.start()

    def want(self, media: Iterable[str]) -> None:
        """Have these at hand, the first the soonest; what has failed is tried again every so often."""
        with self._lock:
            self._wanted = list(media)
            self._held = {medium: pcm for medium, pcm in self._held.items() if medium in self._wanted}
            self._failed = {medium: said for medium, said in self._failed.items() if medium in self._wanted}
        self._wake.set()

    def of(self, medium: str) -> Pcm | None:
        """The samples of a medium, or None while they are not at hand."""
        return self._held.get(medium)

    def failures(self) -> tuple[str, ...]:
        """Why wanted sounds cannot be had."""
        with self._lock:
            return tuple(why for why, _ in self._failed.values())

    def stop(self) -> None:
        self._ending = True
        self._wake.set()
        self._thread.join(timeout=2.0)

    def _run(self) -> None:
        while not self._ending:
            self._wake.wait()
            self._wake.clear()
            now = machine_now()
            with self._lock:
                waits = {medium for medium, (_, since) in self._failed.items() if now - since < self._again}
                absent = [medium for medium in self._wanted if medium not in self._held and medium not in waits]
            for medium in absent:
                self._fetch(medium)

    def _fetch(self, medium: str) -> None:
        try:
            pcm = open_pcm(self._find(medium))
        except RenditionFault as fault:
            with self._lock:
                self._failed[medium] = (str(fault), machine_now())
            return
        with self._lock:
            self._failed.pop(medium, None)
            if medium in self._wanted:
                self._held[medium] = pcm
