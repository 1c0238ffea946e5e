"""When a file has stopped changing. A watcher's word is not taken for it; the file's own mark is."""

import errno
import fcntl
import os
import signal
from collections.abc import Callable
from pathlib import Path

from projector.clock import Machine, Seconds
from projector.intake.original import FLAGS
from projector.intake.sizes import Mark

STILL = Seconds(1.0)
OLD = Seconds(5.0)


def has_writer(path: Path) -> bool | None:
    """Whether anyone has a file open for writing; None where that cannot be told (network disks, others' files)."""
    try:
        handle = os.open(path, FLAGS)
    except OSError:
        return None
    try:
        # A writer that comes in the instant we hold the lease is announced by a signal; SIGIO would end us.
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return True if error.errno in {errno.EAGAIN, errno.EWOULDBLOCK} else None
    else:
        return False
    finally:
        os.close(handle)


class Stability:
    """Remembers when each file's mark was first seen as it is. Its clocks are arguments; it looks at no file itself."""

    def __init__(self, written: Callable[[Path], bool | None] = has_writer) -> None:
        self._written = written
        self._seen: dict[Path, tuple[Mark, Machine]] = {}

    def settled(self, path: Path, mark: Mark, now: Machine, wall_clock: float) -> bool:
        """Whether a file may be taken as it is.

        At first sight only if its mtime lies well back (`wall_clock` is the system's, seconds since 1970) and it is
        known that nobody writes; else once its mark has stood for a second with no writer seen.
        """
        seen = self._seen.get(path)
        if seen is None or seen[0] != mark:
            self._seen[path] = (mark, now)
            return seen is None and wall_clock - mark[1] / 1e9 > OLD and self._written(path) is False
        return now - seen[1] >= STILL and self._written(path) is not True

    def due(self, path: Path, now: Machine) -> Machine:
        """When it is worth asking again about a file that has not settled."""
        seen = self._seen.get(path)
        return Machine(max(now + 0.25, seen[1] + STILL)) if seen else now

    def forget(self, path: Path) -> None:
        """The file was taken, or is gone."""
        self._seen.pop(path, None)
