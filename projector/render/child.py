"""The wall's end of one player's process, from its start to its end. Nothing here waits for the process but `end`."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import projector
from projector.clock import Seconds
from projector.render.player import Order
from projector.render.ring import Ring

ROOT = Path(projector.__file__).parent.parent
COMMAND = (sys.executable, "-P", "-s", "-m", "projector.render.player")
LONGEST_MESSAGE = 4096
GONE_WITHIN = Seconds(2.0)
# Ends that come from outside.
OUTSIDE = (-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP)
# Of the wall's surroundings a player needs nothing, and in a bare one nothing can make libVLC open or say anything.
SURROUNDINGS = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(ROOT)}


class Child:
    """A player's process. It belongs to the thread that started it, and dies with that thread; `hear` is any thread's."""

    def __init__(self, decoder: str) -> None:
        self.missing = ""
        self.is_ready = False
        self.ring: Ring | None = None
        self._killed = False
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line.setblocking(False)
        with theirs:
            arguments = [str(theirs.fileno()), str(os.getpid()), decoder]
            self._process: subprocess.Popen[bytes] = subprocess.Popen(
                [*COMMAND, *arguments],
                pass_fds=[theirs.fileno()],
                env=SURROUNDINGS,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

    @property
    def pid(self) -> int:
        """Its process."""
        pid: int = self._process.pid
        return pid

    @property
    def is_gone(self) -> bool:
        """Whether the process has ended, of itself or killed."""
        return self._process.poll() is not None

    @property
    def is_stopped(self) -> bool:
        """Whether somebody has stopped the process, which then does nothing and says nothing."""
        try:
            stat = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii", errors="replace")
        except OSError:
            return False
        return stat.rpartition(")")[2].split()[:1] in (["T"], ["t"])

    @property
    def was_struck(self) -> bool:
        """Whether the process was killed or stopped from outside: by a person or the system, not by what it played."""
        if self._killed:
            return False
        ended = self._process.poll()
        return self.is_stopped if ended is None else ended in OUTSIDE

    def hear(self) -> None:
        """Take note of what it has said so far."""
        with contextlib.suppress(BlockingIOError, ConnectionError, ValueError):
            said = json.loads(self._line.recv(LONGEST_MESSAGE) or b"{}")
            self.is_ready = self.is_ready or bool(said.get("ready"))
            self.missing = said.get("missing", self.missing)

    def play(self, order: Order) -> None:
        """Give it its one order. What becomes of it is seen in `ring`; a process that is dead takes it and does nothing."""
        ring = Ring.make(order.shape)
        with contextlib.suppress(BlockingIOError, ConnectionError):
            socket.send_fds(self._line, [order.written(ring.slots)], [ring.handle])
        self.ring = ring

    def kill(self) -> None:
        """End the process, whatever it is at, without waiting for it; its ring keeps what it wrote."""
        self._killed = True
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGKILL)

    def end(self) -> None:
        """End it and give its memory back."""
        self.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(GONE_WITHIN)
        self._line.close()
        if self.ring is not None:
            self.ring.close()
