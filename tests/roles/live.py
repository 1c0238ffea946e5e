"""A running show in tests: real processes, ended by what they started, every wait bounded."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageDraw

COUNTRIES = ("PL", "NO", "DE", "FR", "IL", "US", "BR", "JP", "NL", "IT")
CANVAS = (640, 360)


def make_photo(path: Path, number: int) -> None:
    """A plain coloured placeholder that says so, with a sidecar."""
    path.parent.mkdir(parents=True, exist_ok=True)
    width, height = ((300, 200), (200, 300), (240, 240))[number % 3]
    colour = (60 + number * 37 % 180, 60 + number * 71 % 180, 60 + number * 113 % 180)
    image = Image.new("RGB", (width, height), colour)
    ImageDraw.Draw(image).text((20, 20), f"placeholder {number}", fill="white")
    sidecar = f"country: {COUNTRIES[number % len(COUNTRIES)]}\nplaceholder: true\n"
    path.with_name(path.name + ".yaml").write_text(sidecar, encoding="utf-8")
    image.save(path)


def make_media(folder: Path, photos: int) -> Path:
    for number in range(photos):
        make_photo(folder / "photos" / f"{number:03}.jpg", number)
    (folder / "photos").mkdir(parents=True, exist_ok=True)
    return folder


def write_show(path: Path, media: Path, rundown: str, opens: str = "17:00", closes: str = "17:45") -> Path:
    path.write_text(
        f"""show: Test
timezone: Europe/Warsaw
canvas: {CANVAS[0]}x{CANVAS[1]}
window: {{from: 2027-01-24, to: 2027-01-25, opens: "{opens}", closes: "{closes}"}}
media: {media}
spread: country
rundown:
{rundown}
""",
        encoding="utf-8",
    )
    return path


MOSAIC = "  - {cue: mosaic, grid: 4x3, dwell: 12s, length: 10min}"
RUNDOWN = f"  - {{cue: title, text: We Remember, dwell: 4s}}\n{MOSAIC}\n  - {{cue: photo, count: 3}}"


def until(what: Callable[[], Any], seconds: float = 15.0) -> Any:
    """Wait for something to be true, and return it."""
    deadline = time.monotonic() + seconds
    while True:
        said = what()
        if said or time.monotonic() > deadline:
            assert said, f"not within {seconds} s: {what}"
            return said
        time.sleep(0.02)


class Running:
    """One show that runs on a state."""

    def __init__(self, state: Path, show: Path, env: dict[str, str], process: subprocess.Popen[str]) -> None:
        self.state, self.show, self.env, self.process = state, show, env, process

    def command(self, *arguments: str, code: int | None = 0) -> subprocess.CompletedProcess[str]:
        done = projector(*arguments, "--state", str(self.state), env=self.env)
        assert code is None or done.returncode == code, done.stderr + done.stdout
        return done

    def status(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self.command("status", "--json").stdout)
        return said

    def pid(self, role: str) -> int:
        try:
            return int((self.state / "locks" / role).read_text(encoding="utf-8").split()[0])
        except (OSError, IndexError):
            return 0

    def live(self, path: Path) -> tuple[Image.Image, str]:
        """The wall's own canvas, and its instant."""
        self.command("snapshot", "--live", "-o", str(path))
        with Image.open(path) as image:
            return image.convert("RGB"), str(image.info["Instant"])

    def at(self, instant: str, path: Path) -> Image.Image:
        """What `snapshot --at` draws."""
        self.command("snapshot", str(self.show), "--at", instant, "-o", str(path))
        with Image.open(path) as image:
            return image.convert("RGB")

    def rows(self) -> list[dict[str, Any]]:
        lines = self.command("plan", str(self.show), "--showings").stdout.splitlines()
        return [json.loads(line) for line in lines]

    def kill(self, role: str) -> int:
        """kill -9; the pid that was killed."""
        pid = self.pid(role)
        os.kill(pid, signal.SIGKILL)
        return pid


def projector(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "projector", *arguments],
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@contextmanager
def running(
    state: Path, show: Path, env: dict[str, str], *arguments: str, command: str = "rehearse"
) -> Iterator[Running]:
    """A rehearsal (or show) on a state, ended with all its processes."""
    process = subprocess.Popen(
        [sys.executable, "-m", "projector", command, str(show), "--state", str(state), *arguments],
        env=env,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    one = Running(state, show, env, process)
    try:
        yield one
    finally:
        one.command("stop", code=None)
        process.terminate()
        process.communicate(timeout=20)


def apart(one: Image.Image, other: Image.Image) -> int:
    """The largest difference of any channel of any pixel."""
    return max(ImageChops.difference(one, other).tobytes(), default=0)


def brightest(image: Image.Image) -> int:
    return max(image.convert("L").tobytes(), default=0)
