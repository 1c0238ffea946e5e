"""The worker's side: one process that decodes what it is told, under limits, and trusts nothing it decodes.

It speaks JSON over one socket: `{"path", "into", "stem"}` comes, `{"hashed": sha256}` goes, the wants come, and the
outcome goes. So a picture whose bytes are known already is read but never decoded.
"""

import ctypes
import json
import os
import resource
import signal
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from projector.errors import MediumRefused
from projector.intake.original import Original, Unreadable, read_original
from projector.intake.photo import render
from projector.intake.sizes import Made, Wants
from projector.show.picture import Size

PR_SET_PDEATHSIG = 1
MOST_WRITTEN = 64_000_000


def main(arguments: list[str]) -> None:
    """Serve until the other end closes: `<socket> <memory in bytes> <seconds a picture> <parent's pid>`."""
    handle, memory, seconds, parent = map(int, arguments)
    confine(memory, parent)
    with Connection(handle) as line:
        tell(line, {"ready": True})
        while (task := hear(line)) is not None:
            allow(seconds)
            serve(line, task)


def confine(memory: int, parent: int) -> None:
    """Limits for a process that decodes strangers' files; it ends with its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the role, which ends us
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit()  # it died before the line above
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_WRITTEN, MOST_WRITTEN))
    os.nice(10)


def allow(seconds: int) -> None:
    """So much processor time from here on; what takes more is ended by the kernel."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime)
    resource.setrlimit(resource.RLIMIT_CPU, (spent + seconds + 1, resource.RLIM_INFINITY))


def serve(line: Connection, task: dict[str, Any]) -> None:
    """Read, ask what is wanted of these bytes, and make it."""
    source: Original | None = None
    try:
        source = read_original(Path(task["path"]))
        tell(line, {"hashed": source.sha256})
        answer = hear(line)
        if answer is None:
            return
        outcome = _made(render(source, _wants(answer), Path(task["into"]), task["stem"])) if answer["make"] else {}
        tell(line, {"sha256": source.sha256, "mark": source.mark, **outcome})
    except FileNotFoundError:
        tell(line, {"gone": True})
    except MediumRefused as error:
        mark = source.mark if source else None
        tell(line, {"refused": str(error), "mark": mark, "again": isinstance(error, Unreadable)})


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


def _wants(answer: dict[str, Any]) -> Wants:
    small, wall = answer["small"], answer["wall"]
    return Wants(Size(*small) if small else None, answer["cover"], Size(*wall) if wall else None)


def _made(made: Made) -> dict[str, Any]:
    copies = [[copy.kind, copy.size.width, copy.size.height] for copy in made.copies]
    return {"size": [made.size.width, made.size.height], "copies": copies}


if __name__ == "__main__":
    main(sys.argv[1:])
