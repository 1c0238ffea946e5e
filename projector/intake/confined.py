"""The side of a worker process: limits, and JSON over one socket. It decodes strangers' files and trusts none of them."""

import ctypes
import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

PR_SET_PDEATHSIG = 1

Task = dict[str, Any]


def attend(arguments: list[str], written: int, serve: Callable[[Connection, Task], None], *, timed: bool) -> None:
    """Serve tasks until the other end closes: `<socket> <memory in bytes> <seconds a task> <parent's pid>`.

    `written` are the most bytes of any file that is written; `timed`: the seconds are processor time, and all there is.
    """
    handle, memory, seconds, parent = map(int, arguments)
    confine(memory, written, parent)
    with Connection(handle) as line:
        tell(line, {"ready": True})
        while (task := hear(line)) is not None:
            if timed:
                allow(seconds)
            serve(line, task)


def confine(memory: int, written: int, parent: int) -> None:
    """Limits for this process and those it starts; it ends with its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the role, which ends us
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit()  # it died before the line above
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (written, written))
    os.nice(10)


def allow(seconds: int) -> None:
    """So much processor time from here on; what takes more is ended by the kernel."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime)
    resource.setrlimit(resource.RLIMIT_CPU, (spent + seconds + 1, resource.RLIM_INFINITY))


def tell(line: Connection, message: dict[str, Any]) -> None:
    """Say one thing."""
    line.send_bytes(json.dumps(message).encode())


def hear(line: Connection) -> dict[str, Any] | None:
    """The next thing said, or None when the other end is gone."""
    try:
        message: dict[str, Any] = json.loads(line.recv_bytes())
    except (EOFError, OSError):
        return None
    return message
