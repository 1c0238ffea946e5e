"""What a camera before the screen would see: frames with their machine times, and what is compared in them."""

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import byref
from dataclasses import dataclass, field
from typing import Any, cast

from PIL import Image, ImageChops, ImageGrab, ImageStat

from projector.commands import carry_out
from projector.ledger.tables import open_ledger
from projector.report import status as report
from projector.state import State, holder
from tests.roles.live import CANVAS, Running

# As often as a bystander could notice, and no more: whoever looks takes a part of two cores from the wall.
EVERY = 0.03


def status(one: Running) -> dict[str, Any]:
    """As `projector status --json` says it, without the second that starting a command takes."""
    with open_ledger(one.state / "ledger.db") as ledger:
        return report(ledger, State(one.state))


def pid(one: Running, role: str) -> int:
    """Who holds a role's lock; 0 when nobody does."""
    there = holder(State(one.state).lock(role))
    return there[0] if there else 0


def order(one: Running, name: str) -> str:
    """Give a command at once, as a hot key does; what is said of it."""
    with open_ledger(one.state / "ledger.db") as ledger:
        return carry_out(ledger, name, "test")


@dataclass(frozen=True)
class Frame:
    """The window at a machine time."""

    at: float
    image: Image.Image

    @property
    def is_black(self) -> bool:
        return largest(self.image) < 3


@dataclass
class Film:
    """Frames in their order."""

    frames: list[Frame] = field(default_factory=list)

    def dark_seconds(self) -> float:
        """For how long the window was black, a gap counted by the frame that ends it."""
        pairs = zip(self.frames, self.frames[1:], strict=False)
        return sum(after.at - before.at for before, after in pairs if after.is_black)

    def strangers(self, picture: Image.Image) -> list[Frame]:
        """Frames that are neither the picture, nor it on its way from or to black, nor black."""
        return [frame for frame in self.frames if not is_share_of(frame.image, picture)]

    def first(self, after: float, fits: Callable[[Image.Image], bool]) -> float | None:
        """How long after a machine time the first frame came that fits."""
        return next((frame.at - after for frame in self.frames if frame.at >= after and fits(frame.image)), None)


def screen(one: Running) -> Image.Image:
    """The window's part of the screen; it has no manager and lies at the top left."""
    return ImageGrab.grab(xdisplay=one.env["DISPLAY"]).crop((0, 0, *CANVAS)).convert("RGB")


@contextmanager
def filming(one: Running) -> Iterator[Film]:
    """A film of the window, while the block runs."""
    film, done = Film(), threading.Event()

    def look() -> None:
        while not done.wait(EVERY):
            image = screen(one)
            film.frames.append(Frame(time.monotonic(), image))

    camera = threading.Thread(target=look, daemon=True)
    camera.start()
    try:
        yield film
    finally:
        done.set()
        camera.join(5)


def largest(image: Image.Image) -> int:
    """The largest value of any channel of any pixel."""
    return max(high for _, high in _extrema(image))


def apart(one: Image.Image, other: Image.Image) -> int:
    """The largest difference of any channel of any pixel."""
    return largest(ImageChops.difference(one, other))


def is_share_of(frame: Image.Image, picture: Image.Image, tolerance: int = 4) -> bool:
    """Whether a frame is the picture at some brightness between none and all of it."""
    whole = sum(ImageStat.Stat(picture).mean)
    share = sum(ImageStat.Stat(frame).mean) / whole
    return share <= 1.01 and apart(frame, picture.point(lambda value: value * share)) <= tolerance


def _extrema(image: Image.Image) -> tuple[tuple[int, int], ...]:
    return cast("tuple[tuple[int, int], ...]", image.getextrema())  # an RGB image has a pair a band


def press(one: Running, *command: str) -> None:
    """Keys, as somebody before the window would press them."""
    subprocess.run(["xdotool", *command], env=one.env, check=True, timeout=20)


def ask_to_close(one: Running) -> None:
    """What a window manager's close button sends to the wall's window."""
    from pyglet.libs.x11 import xlib  # noqa: PLC0415  without the library on a machine, only this test fails

    said = subprocess.run(
        ["xwininfo", "-display", one.env["DISPLAY"], "-root", "-children"], capture_output=True, text=True, check=True
    ).stdout
    window = next(int(line.split()[0], 16) for line in said.splitlines() if '"projector' in line)
    display = xlib.XOpenDisplay(one.env["DISPLAY"].encode())
    event = xlib.XEvent()
    event.xclient.type = xlib.ClientMessage
    event.xclient.window = window
    event.xclient.message_type = xlib.XInternAtom(display, b"WM_PROTOCOLS", 0)
    event.xclient.format = 32
    event.xclient.data.l[0] = xlib.XInternAtom(display, b"WM_DELETE_WINDOW", 0)
    xlib.XSendEvent(display, window, 0, 0, byref(event))
    xlib.XCloseDisplay(display)
