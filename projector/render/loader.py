"""Tiles made on worker threads, in the order in which they are needed, a few at a time."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from projector.clock import Machine, Seconds, machine_now
from projector.errors import ProjectorError
from projector.render.tiles import Key

# Begun, queued or waiting to be taken, per thread. It bounds the memory: at 1920x1080 a tile is 8 MB.
AHEAD = 2
FIRST_RETRY = Seconds(1.0)
LONGEST_RETRY = Seconds(4.0)


class Failure(NamedTuple):
    """A tile that could not be made, and why, in words for the operator."""

    key: Key
    reason: str


class _Trial(NamedTuple):
    """A key that failed: when it is tried again, and how long after that the next time."""

    again: Machine
    wait: Seconds


class Loader:
    """Makes the bytes of wanted tiles. All its methods belong to one thread; only `rasterise` runs on others.

    `rasterise` raises ProjectorError or OSError for what can go wrong with a tile; anything else is a bug and is raised by
    `ready`, on the caller's thread. `clock` is for tests.
    """

    def __init__(
        self, rasterise: Callable[[Key], bytes], threads: int = 2, clock: Callable[[], Machine] = machine_now
    ) -> None:
        self._rasterise = rasterise
        self._clock = clock
        self._ahead = AHEAD * threads
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="tile")
        self._wanted: tuple[Key, ...] = ()
        self._jobs: dict[Key, Future[bytes]] = {}
        self._trials: dict[Key, _Trial] = {}
        self._failures: list[Failure] = []

    def want(self, keys: Sequence[Key]) -> None:
        """The whole wish-list, most urgent first: what is not in it is dropped, unless it has been begun."""
        self._wanted = tuple(dict.fromkeys(keys))
        wanted = frozenset(self._wanted)
        urgent = frozenset(self._wanted[: self._ahead])
        for key, job in list(self._jobs.items()):
            unwanted = job.done() and key not in wanted
            # What waits behind less urgent jobs is queued anew, in its order.
            if unwanted or (key not in urgent and job.cancel()):
                del self._jobs[key]
        self._forget_trials(wanted)
        self._begin()

    def ready(self, most: int | None = None) -> list[tuple[Key, bytes]]:
        """Take tiles that are finished, the most urgent first, at most so many; each is handed over once.

        A key that is still in the next wish-list is made again: name there only what has no texture.
        """
        done = [key for key in self._wanted if key in self._jobs and self._jobs[key].done()][:most]
        made = [(key, self._outcome(key, self._jobs.pop(key))) for key in done]
        taken = [(key, pixels) for key, pixels in made if pixels is not None]
        handed = frozenset(key for key, _ in taken)
        self._wanted = tuple(key for key in self._wanted if key not in handed)
        self._begin()
        return taken

    def failures(self) -> list[Failure]:
        """What could not be made since the last call. It is tried again by itself, ever more rarely."""
        failures, self._failures = self._failures, []
        return failures

    def loading(self) -> tuple[Key, ...]:
        """The tiles that a thread works on now: what to suspect if the process dies."""
        return tuple(key for key, job in self._jobs.items() if job.running())

    def close(self) -> None:
        """Drop what has not been begun and wait for what has."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        self._jobs.clear()

    def _begin(self) -> None:
        """Queue the most urgent of what is wanted, up to the bound."""
        now = self._clock()
        for key in self._wanted:
            if len(self._jobs) >= self._ahead:
                return
            trial = self._trials.get(key)
            if key not in self._jobs and (trial is None or trial.again <= now):
                self._jobs[key] = self._threads.submit(self._rasterise, key)

    def _outcome(self, key: Key, job: Future[bytes]) -> bytes | None:
        error = job.exception()
        if error is None:
            self._trials.pop(key, None)
            return job.result()
        self._fail(key, str(error))
        if isinstance(error, ProjectorError | OSError):
            return None
        raise error

    def _forget_trials(self, wanted: frozenset[Key]) -> None:
        # A failure outlives the wish, or a key that comes and goes would be tried at every coming.
        past = self._clock() - LONGEST_RETRY
        self._trials = {key: trial for key, trial in self._trials.items() if key in wanted or trial.again > past}

    def _fail(self, key: Key, reason: str) -> None:
        before = self._trials.get(key)
        wait = FIRST_RETRY if before is None else min(LONGEST_RETRY, Seconds(2 * before.wait))
        self._trials[key] = _Trial(Machine(self._clock() + wait), wait)
        if before is None:
            self._failures.append(Failure(key, reason))
