"""The state directory of a show: where it is, what lies in it, who holds its locks, which shows run on this machine."""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from shutil import disk_usage
from typing import IO, Self

from platformdirs import user_state_path

from projector.ledger.database import BALLAST, BALLAST_BYTES

ENVIRONMENT = "PROJECTOR_STATE"


@dataclass(frozen=True, slots=True)
class Launch:
    """How a show was started, kept in the state directory so that whoever has to restart a role knows it.

    `show` is the show file's real path. `lent` is the store of the show that a rehearsal reads from; `throwaway`
    says that the state directory goes with the rehearsal's end. `sound` is where sound goes, as sound.choice has it.
    """

    show: str
    rehearsal: bool = False
    screen: str | None = None
    windowed: tuple[int, int] | None = None
    speed: float = 1.0
    lent: str | None = None
    throwaway: bool = False
    sound: str = "none"


@dataclass(frozen=True, slots=True)
class State:
    """One state directory."""

    root: Path

    @property
    def ledger(self) -> Path:
        return self.root / "ledger.db"

    @property
    def store(self) -> Path:
        return self.root / "store"

    @property
    def wall_png(self) -> Path:
        """What an off-screen wall shows, fresh each second."""
        return self.root / "wall.png"

    @property
    def looks(self) -> Path:
        """Where the wall leaves the canvases it was asked for."""
        return self.root / "looks"

    def lock(self, name: str) -> Path:
        return self.root / "locks" / name

    def log(self, role: str) -> Path:
        return self.root / "logs" / f"{role}.log"

    def make(self) -> None:
        """Make the directory, for its owner alone."""
        for folder in (self.root, self.store, self.root / "locks", self.root / "logs", self.looks):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.root.chmod(0o700)
        ballast = self.root / BALLAST
        if not ballast.exists() and disk_usage(self.root).free > 2 * BALLAST_BYTES:
            ballast.write_bytes(b"\0" * BALLAST_BYTES)

    def write_launch(self, launch: Launch) -> None:
        temporary = self.root / "launch.json.tmp"
        temporary.write_text(json.dumps(asdict(launch)), encoding="utf-8")
        temporary.replace(self.root / "launch.json")

    def launch(self) -> Launch | None:
        """How the show on this state was last started."""
        try:
            said = json.loads((self.root / "launch.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return Launch(**said | {"windowed": tuple(said["windowed"]) if said["windowed"] else None})


def state_of(show: Path | None, given: Path | None) -> State | None:
    """The state directory: the one given, else the environment's, else the user's own for this show file.

    None when neither a directory nor a show is named.
    """
    if given is not None:
        return State(given.absolute())
    if named := os.environ.get(ENVIRONMENT):
        return State(Path(named).absolute())
    if show is None:
        return None
    real = show.resolve()
    key = hashlib.sha256(str(real).encode(errors="surrogateescape")).hexdigest()[:12]
    return State(_home() / f"{real.stem}-{key}")


class Lock:
    """A lock file held by a living process; it is free the moment that process is gone, however it went."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    @classmethod
    def take(cls, path: Path, note: str = "", *, wait: bool = False) -> Self | None:
        """Take a lock and write our pid and a note into it; None if somebody holds it."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            file.close()
            return None
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()} {note}")
        file.flush()
        return cls(file)

    def free(self) -> None:
        self._file.close()


def holder(path: Path) -> tuple[int, str] | None:
    """Who holds a lock: pid and note; None when it is free."""
    try:
        with path.open("r+", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                pid, _, note = file.read().partition(" ")
                return (int(pid), note) if pid.isdigit() else None
    except FileNotFoundError:
        return None
    return None


def announce(state: State, launch: Launch) -> None:
    """Make a running show known, so that commands find it without being told where it is."""
    folder = _home() / "running"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    said = {"state": str(state.root), "show": launch.show, "rehearsal": launch.rehearsal}
    _announcement(state).write_text(json.dumps(said), encoding="utf-8")


def withdraw(state: State) -> None:
    """The show has ended."""
    _announcement(state).unlink(missing_ok=True)


def running() -> Iterator[tuple[State, str]]:
    """The states on which a show runs on this machine, each with its show file."""
    folder = _home() / "running"
    for file in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        try:
            said = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        state = State(Path(said["state"]))
        if is_running(state):
            yield state, said["show"]


def is_running(state: State) -> bool:
    """Whether a supervisor, or a role that has outlived one, is at work on a state."""
    locks = state.root / "locks"
    return locks.is_dir() and any(holder(lock) for lock in locks.iterdir())


def _announcement(state: State) -> Path:
    key = hashlib.sha256(str(state.root).encode(errors="surrogateescape")).hexdigest()[:16]
    return _home() / "running" / f"{key}.json"


def _home() -> Path:
    return user_state_path("projector", appauthor=False)
