"""Hints that something happened in the media folder. They may be late, doubled or lost: rounds find the truth."""

import logging
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Self

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

from projector.clock import Machine, Seconds
from projector.intake.scan import root_of

log = logging.getLogger(__name__)

EVERY = Seconds(1.0)

# Files that are renamed in from elsewhere arrive as created only; opening is left out, since we open files ourselves.
EVENTS: list[type[FileSystemEvent]] = [
    FileClosedEvent,
    FileMovedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    DirCreatedEvent,
    DirMovedEvent,
    DirDeletedEvent,
]

Hints = SimpleQueue[str | None]
"""Absolute paths; None asks for a whole round."""


class Hinter(FileSystemEventHandler):
    """Puts paths into a queue and does nothing else: an exception here would end the observer for good."""

    def __init__(self, hints: Hints) -> None:
        self._hints = hints

    def on_any_event(self, event: FileSystemEvent) -> None:
        for path in (event.src_path, event.dest_path):
            if isinstance(path, str) and path:
                self._hints.put(path)


class Losses(logging.Handler):
    """watchdog tells of events that were lost in its log only."""

    def __init__(self, hints: Hints) -> None:
        super().__init__(logging.WARNING)
        self._hints = hints

    def emit(self, record: logging.LogRecord) -> None:
        if "overflow" in str(record.msg):
            self._hints.put(None)


class Watch:
    """Watches a folder that may come, go and be another one by the same name."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._hints: Hints = SimpleQueue()
        self._losses = Losses(self._hints)
        self._observer: BaseObserver | None = None
        self._watched: tuple[int, int] | None = None
        self._due = Machine(0.0)
        self._unable = False
        logging.getLogger("watchdog.observers").addHandler(self._losses)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def turn(self, now: Machine) -> list[str | None]:
        """The hints since the last turn; None is one too: go round. Attaches to the folder where it has to."""
        if now >= self._due:
            self._due = Machine(now + EVERY)
            self._attend()
        hints: dict[str | None, None] = {}
        with suppress(Empty):
            while True:
                hints[self._hints.get_nowait()] = None
        return list(hints)

    def close(self) -> None:
        """Stop watching."""
        logging.getLogger("watchdog.observers").removeHandler(self._losses)
        self._detach()

    def _attend(self) -> None:
        root = root_of(self.root)
        alive = self._observer is not None and all(emitter.is_alive() for emitter in self._observer.emitters)
        if root == self._watched and (alive or root is None):
            return
        self._detach()
        if root is not None:
            self._attach(root)

    def _attach(self, root: tuple[int, int]) -> None:
        observer = Observer()
        try:
            observer.schedule(Hinter(self._hints), str(self.root), recursive=True, event_filter=EVENTS)
            observer.start()
        except OSError as error:
            if not self._unable:
                log.warning("the media folder cannot be watched (%s); it is gone round instead", error.strerror)
            self._unable = True
            return
        self._observer, self._watched, self._unable = observer, root, False
        self._hints.put(None)  # what happened before is not known

    def _detach(self) -> None:
        if self._observer is not None:
            self._observer.stop()
            self._observer.join(timeout=1.0)
        self._observer, self._watched = None, None
