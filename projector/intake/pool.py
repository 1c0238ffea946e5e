"""Worker processes of one trade. A file that kills or hangs its worker costs itself, and nothing else."""

import json
import os
import signal
import subprocess
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any

import projector
from projector.clock import Machine, Seconds
from projector.errors import Missing
from projector.intake.sizes import Made, MadeCopy, Mark, Wants
from projector.show.media import Clip
from projector.show.picture import Size

LONGEST_MESSAGE = 65536
ROOT = Path(projector.__file__).parent.parent

# A worker that the system killed for want of memory may not have died of its picture: a second chance, no third.
ATTEMPTS = 2
FAILED_STARTS = 3

SUFFIXES = {"clip": ".mp4", "sound": ".wav"}


@dataclass(frozen=True, slots=True)
class Trade:
    """How workers of a kind are started and what they may take; `advice` is what a producer should do where they fail.

    `limit` is for a whole job, or, where workers tell how far they are (`tells`), for saying nothing.
    """

    command: tuple[str, ...]
    memory: int
    limit: Seconds
    advice: str
    tells: bool = False

    @property
    def died(self) -> str:
        """Why a file is refused whose decoder dies again and again."""
        return f"the decoder died on this file; {self.advice}"


@dataclass(frozen=True, slots=True)
class Known:
    """The bytes were read, and nothing had to be made of them: what they are was known."""

    sha256: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Refused:
    """The file cannot be used. `mark` is its mark when it was read, where it was; `again`: it may be later, unchanged."""

    reason: str
    mark: Mark | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """The file was not there any more."""


Outcome = Made | Known | Refused | Gone
Decide = Callable[[str, str], Wants | None]
"""Key and hash of a file that was read: what is to be made of it, None for nothing."""


@dataclass(slots=True)
class Job:
    """One file to be read; `key` is the asker's own name for it."""

    key: str
    path: Path
    attempts: int = 0


@dataclass(slots=True)
class Worker:
    """One process and what it is at."""

    process: subprocess.Popen[bytes]
    line: Connection
    ready: bool = False
    job: Job | None = None
    stem: str = ""
    share: float = 0.0
    since: Machine = field(default=Machine(0.0))


class Pool:
    """Decoders, driven by one thread that calls `begin` and `turn`; neither blocks on a decoder.

    `into` is where they write; it must be there. A pool of none starts one when the first job comes. Raises Missing,
    from `turn`, when decoders do not start at all.
    """

    def __init__(self, into: Path, trade: Trade, count: int) -> None:
        self.into = into
        self._trade = trade
        self._made = 0
        self._failed_starts = 0
        self._waiting: deque[Job] = deque()
        self._workers = [self._start() for _ in range(count)]

    @property
    def free(self) -> int:
        """How many more jobs would be begun at once."""
        return sum(worker.job is None for worker in self._workers) + (not self._workers) - len(self._waiting)

    @property
    def busy(self) -> int:
        """How many jobs are not finished."""
        return sum(worker.job is not None for worker in self._workers) + len(self._waiting)

    @property
    def shares(self) -> dict[str, float]:
        """How far each job is that is at work, from 0 to 1, by key; of those whose workers tell it."""
        return {
            worker.job.key: worker.share for worker in self._workers if worker.job is not None and self._trade.tells
        }

    @property
    def lines(self) -> list[Connection]:
        """What the workers speak by, to be waited for."""
        return [worker.line for worker in self._workers]

    @property
    def pids(self) -> list[int]:
        """The processes, for tests and for `status`."""
        return [worker.process.pid for worker in self._workers]

    def begin(self, key: str, path: Path) -> None:
        """Have a file read, and made into what `turn`'s `decide` says; its outcome comes from a later `turn`."""
        self._waiting.append(Job(key, path))
        if not self._workers:
            self._workers.append(self._start())

    def turn(self, now: Machine, decide: Decide) -> list[tuple[str, Outcome]]:
        """Hear what there is to hear, end what hangs, start what waits: the outcomes that came in, by key."""
        outcomes: list[tuple[str, Outcome]] = []
        for index, worker in enumerate(self._workers):
            outcome = self._hear(worker, decide, now) if worker.line.poll() else self._overdue(worker, now)
            if outcome is not None and worker.job is not None:
                outcomes.append((worker.job.key, outcome))
                worker.job = None
            if worker.line.closed:
                self._workers[index] = self._start()
        self._hand_out(now)
        return outcomes

    def cancel(self) -> None:
        """Forget all jobs; workers that are at one are ended, and others started in their place."""
        self._waiting.clear()
        for index, worker in enumerate(self._workers):
            if worker.job is not None:
                self._end(worker)
                self._workers[index] = self._start()

    def close(self) -> None:
        """End all workers, whatever they are at."""
        for worker in self._workers:
            self._end(worker)

    def _start(self) -> Worker:
        ours, theirs = Pipe()
        surroundings = {"PYTHONPATH": str(ROOT), "PATH": os.defpath, "LC_ALL": "C.UTF-8"}
        with theirs:
            process = subprocess.Popen(
                [*self._trade.command, str(theirs.fileno()), *self._arguments()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                env=surroundings,
                cwd="/",
            )
        return Worker(process, ours)

    def _arguments(self) -> tuple[str, str, str]:
        return str(self._trade.memory), str(max(1, int(self._trade.limit))), str(os.getpid())

    def _hand_out(self, now: Machine) -> None:
        for worker in self._workers:
            if worker.ready and worker.job is None and self._waiting:
                self._give(worker, self._waiting.popleft(), now)

    def _give(self, worker: Worker, job: Job, now: Machine) -> None:
        self._made += 1
        job.attempts += 1
        worker.job, worker.since, worker.share, worker.stem = job, now, 0.0, f"{os.getpid()}-{self._made}"
        _tell(worker, {"path": str(job.path), "into": str(self.into), "stem": worker.stem})

    def _hear(self, worker: Worker, decide: Decide, now: Machine) -> Outcome | None:
        try:
            said = json.loads(worker.line.recv_bytes(LONGEST_MESSAGE))
        except (EOFError, OSError, ValueError):
            return self._died(worker)
        if "ready" in said:
            worker.ready, self._failed_starts = True, 0
            return None
        if self._trade.tells:
            worker.since = now
        if "progress" in said:
            worker.share = said["progress"]
            return None
        if "hashed" in said and worker.job is not None:
            _tell(worker, _answer(decide(worker.job.key, said["hashed"])))
            return None
        return self._outcome(said, worker.stem)

    def _overdue(self, worker: Worker, now: Machine) -> Outcome | None:
        if worker.job is None or now - worker.since <= self._trade.limit:
            return None
        self._end(worker)
        return self._too_long()

    def _too_long(self) -> Refused:
        limit = f"{self._trade.limit:g} seconds"
        slow = f"the decoder stood still for {limit}" if self._trade.tells else f"could not be decoded within {limit}"
        return Refused(f"{slow}; {self._trade.advice}")

    def _died(self, worker: Worker) -> Outcome | None:
        """What a worker's death means for its job: a second chance, or the end of it."""
        self._end(worker)
        if not worker.ready:
            self._failed_starts += 1
            if self._failed_starts >= FAILED_STARTS * len(self._workers):
                raise Missing("the decoder does not start", "Run `make setup`, which brings its libraries.")
        if worker.job is None:
            return None
        if worker.process.returncode == -signal.SIGXCPU:
            return self._too_long()
        if worker.job.attempts >= ATTEMPTS:
            return Refused(self._trade.died)
        self._waiting.appendleft(worker.job)
        worker.job = None
        return None

    def _outcome(self, said: dict[str, Any], stem: str) -> Outcome:
        mark = tuple(said["mark"]) if said.get("mark") else None
        if "gone" in said:
            return Gone()
        if "refused" in said or mark is None:
            return Refused(said.get("refused", self._trade.died), mark, said.get("again", False))
        if "copies" not in said:
            return Known(said["sha256"], mark)
        copies = tuple(
            MadeCopy(kind, self.into / f"{stem}-{kind}{SUFFIXES.get(kind, '.jpg')}", Size(width, height), sha)
            for kind, width, height, sha in said["copies"]
        )
        size = Size(*said["size"])
        clip = said.get("clip")
        if clip is None:
            return Made(said["sha256"], mark, size, copies)
        made = Clip(size.width, size.height, Fraction(clip["rate"]), clip["frames"], sound=clip["sound"])
        return Made(said["sha256"], mark, size, copies, made, Size(*said["made_for"]))

    def _end(self, worker: Worker) -> None:
        worker.line.close()
        if worker.process.poll() is None:
            worker.process.kill()
        worker.process.wait()
        if worker.job is not None:  # what it had begun is of no use, and may be large
            for left in self.into.glob(f"{worker.stem}-*"):
                left.unlink(missing_ok=True)


def _tell(worker: Worker, message: dict[str, Any]) -> None:
    try:
        worker.line.send_bytes(json.dumps(message).encode())
    except OSError:
        return  # it is dead, which the next turn will hear


def _answer(wants: Wants | None) -> dict[str, Any]:
    if wants is None:
        return {"make": False}
    boxes = {"small": wants.small, "wall": wants.wall}
    return {"make": True, "cover": wants.cover} | {k: box and [box.width, box.height] for k, box in boxes.items()}
