"""ffmpeg and ffprobe, started bare and watched: they end with us, and when they stand still, and fill nothing up."""

import os
import re
import selectors
import shutil
import signal
import subprocess
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from projector.clock import Seconds, machine_now
from projector.errors import MediumRefused, Missing
from projector.intake.original import Unreadable

PATIENCE = Seconds(30.0)
LAST_LINES = 60
LONGEST_LINE = 65536

SAVE_AGAIN = "save it again as MP4 (H.264)"
INSTALL = "Install it with `apt-get install ffmpeg`."
DEBIANS = "Install Debian's own with `apt-get install ffmpeg`."
FILTERS = ("zscale", "tonemap", "bwdif", "loudnorm", "alimiter", "premultiply")
ENCODERS = ("libx264", "aac")

# It reads no settings of the user, and reaches no library path that somebody set.
SURROUNDINGS = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}

# What ffmpeg says of a packet that could not be decoded, or of a picture that was only in part.
DAMAGE = re.compile(r"Error while decoding stream #\d+:(\d+)|corrupt decoded frame in stream (\d+)")
NO_ROOM = re.compile(r"No space left on device|Disk quota exceeded")
NO_MEMORY = re.compile(r"Cannot allocate memory")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: its exit code, the last lines it complained of, and the faults while decoding, by stream."""

    code: int
    complaints: tuple[str, ...]
    damaged: Counter[int]


@dataclass(slots=True)
class Ear:
    """Lines out of the pieces in which a stream comes; `hear` says whether a line was a step forward."""

    hear: Callable[[str], bool]
    rest: bytes = b""

    def take(self, piece: bytes) -> bool:
        """Hear the lines that a piece completes; an empty one is the stream's end. Whether there was a step."""
        *lines, self.rest = (self.rest + (piece or b"\n")).replace(b"\r", b"\n").split(b"\n")
        self.rest = self.rest[:LONGEST_LINE]
        steps = [self.hear(line.decode(errors="replace")) for line in lines if line]
        return any(steps)


@dataclass(slots=True)
class Complaints:
    """What a run writes to stderr: the last lines of it, and a count of damage."""

    last: deque[str] = field(default_factory=lambda: deque(maxlen=LAST_LINES))
    damaged: Counter[int] = field(default_factory=Counter)

    def hear(self, line: str) -> bool:
        """Take note of a line. To complain is no step forward."""
        self.last.append(line)
        if found := DAMAGE.search(line):
            self.damaged[int(found[1] or found[2])] += 1
        return False


@dataclass(slots=True)
class Progress:
    """Hears what `-progress` prints: how many frames went out, and up to which second. `tell` is called as they move."""

    tell: Callable[["Progress"], None] = lambda _: None
    frames: int = 0
    seconds: float = 0.0
    written: int = 0

    def hear(self, line: str) -> bool:
        """Take a line; whether anything moved."""
        key, _, text = line.partition("=")
        before = (self.frames, self.seconds, self.written)
        if not text.strip().lstrip("-").isdecimal():
            return False
        match key:
            case "frame":
                self.frames = int(text)
            case "out_time_us":
                self.seconds = int(text) / 1_000_000
            case "total_size":
                self.written = int(text)
            case _:
                return False
        if (self.frames, self.seconds, self.written) == before:
            return False
        self.tell(self)
        return True


def require_ffmpeg() -> None:
    """Raise Missing where ffmpeg, or a part of it that clips need, is not there."""
    program("ffmpeg")
    program("ffprobe")
    program("setpriv")
    _has("-filters", FILTERS)
    _has("-encoders", ENCODERS)


@cache
def program(name: str) -> Path:
    """Where a program is. Raises Missing."""
    found = shutil.which(name, path=os.defpath) or shutil.which(name)
    if found is None:
        raise Missing(f"{name} is not installed; without it no clip can be taken", INSTALL)
    return Path(found)


@cache
def has_decoder(name: str) -> bool:
    """Whether ffmpeg has a decoder of this name."""
    return name in _listed("-decoders")


def ffmpeg(*arguments: str, level: str = "warning") -> list[str]:
    """The command that runs ffmpeg: its progress on stdout, its complaints from `level` up on stderr."""
    quiet = ("-nostdin", "-hide_banner", "-nostats", "-loglevel", f"repeat+level+{level}")
    return [str(program("ffmpeg")), *quiet, "-progress", "pipe:1", "-y", *arguments]


def ffprobe(*arguments: str) -> list[str]:
    """The command that runs ffprobe."""
    return [str(program("ffprobe")), "-hide_banner", "-loglevel", "repeat+level+error", *arguments]


def run(command: Sequence[str], hear: Callable[[str], bool], patience: Seconds = PATIENCE) -> Ended:
    """Run to the end; `hear` is given each line of its output and says whether that is a step forward.

    Raises MediumRefused where no step comes for `patience` seconds or the run is killed, Unreadable where the machine
    lacks room or memory.
    """
    with subprocess.Popen(
        [str(program("setpriv")), "--pdeathsig", "KILL", *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=SURROUNDINGS,
        cwd="/",
        bufsize=0,
    ) as process:
        try:
            complaints = _listen(process, hear, patience)
        finally:
            if process.poll() is None:
                process.kill()
    _check_end(process.returncode, complaints.last)
    return Ended(process.returncode, tuple(complaints.last), complaints.damaged)


def heard(command: Sequence[str], most: int) -> tuple[Ended, str]:
    """Run to the end, and all that it printed; what goes beyond `most` characters is a refusal."""
    lines: list[str] = []
    length = 0

    def hear(line: str) -> bool:
        nonlocal length
        length += len(line)
        if length > most:
            raise MediumRefused("describes itself at a length that no clip needs; save it again as MP4")
        lines.append(line)
        return True

    ended = run(command, hear)
    return ended, "\n".join(lines)


def _listen(process: subprocess.Popen[bytes], hear: Callable[[str], bool], patience: Seconds) -> Complaints:
    """Read both of its streams until they end."""
    complaints = Complaints()
    ears = {process.stdout: Ear(hear), process.stderr: Ear(complaints.hear)}
    with selectors.DefaultSelector() as selector:
        for stream, ear in ears.items():
            if stream is not None:
                selector.register(stream, selectors.EVENT_READ, ear)
        last_step = machine_now()
        while selector.get_map():
            if machine_now() - last_step > patience:
                raise MediumRefused(f"its decoding stood still for {patience:.0f} s; {SAVE_AGAIN}")
            for key, _ in selector.select(timeout=min(1.0, patience)):
                piece = os.read(key.fd, LONGEST_LINE)
                if key.data.take(piece):
                    last_step = machine_now()
                if not piece:
                    selector.unregister(key.fileobj)
    return complaints


def _check_end(code: int, last: Sequence[str]) -> None:
    """Whether a run ended of itself, and not for want of something that is no fault of the file's."""
    said = "\n".join(last)
    if code and NO_ROOM.search(said):
        raise Unreadable("there is no room on the disk for the copy of it")
    if code and NO_MEMORY.search(said):
        raise MediumRefused(f"needs more memory to decode than one clip is given; {SAVE_AGAIN}")
    match -code:
        case signal.SIGXCPU:
            raise MediumRefused(f"takes too long to decode; {SAVE_AGAIN}")
        case signal.SIGXFSZ:
            raise MediumRefused(f"its copy grows larger than one clip may; {SAVE_AGAIN}")
        case number if number > 0:
            raise MediumRefused(f"the decoder died on this file; {SAVE_AGAIN}")


def _has(listing: str, wanted: Sequence[str]) -> None:
    lacking = [name for name in wanted if name not in _listed(listing)]
    if lacking:
        raise Missing(f"this ffmpeg was built without {', '.join(lacking)}, which clips need", DEBIANS)


@cache
def _listed(listing: str) -> frozenset[str]:
    """The names in one of ffmpeg's tables: the second word of each line."""
    _, table = heard([str(program("ffmpeg")), "-hide_banner", "-loglevel", "error", listing], 1_000_000)
    return frozenset(words[1] for line in table.splitlines() if len(words := line.split()) > 2)
