"""What is known of the X server: its screens by name, its window manager, and its root window made black."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import POINTER, byref, c_int, c_ubyte, c_ulong, string_at
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from projector.errors import Missing, UsageError
from projector.show.picture import Rect, Size

LEFT_ARROW = 68  # XC_left_ptr of X11/cursorfont.h


@dataclass(frozen=True, slots=True)
class Screen:
    """One connected screen: its RandR name, its place on the desktop in pixels, its refresh rate (0: not known)."""

    name: str
    x: int
    y: int
    width: int
    height: int
    primary: bool
    hz: float = 0.0

    @property
    def rect(self) -> Rect:
        """Its place on the desktop."""
        return Rect(self.x, self.y, self.width, self.height)

    @property
    def size(self) -> Size:
        """Its pixels."""
        return Size(self.width, self.height)


def screens() -> list[Screen]:
    """The screens that show a picture, in the order of the X server. Raises Missing when there is no display."""
    with _x_server() as display:
        return _randr_screens(display) or [_only_screen(display)]


def chosen(asked: str | None, present: list[Screen]) -> Screen:
    """The screen asked for by name or by number from 1; without one the primary. Raises UsageError, naming what there is."""
    if asked is None:
        return next((screen for screen in present if screen.primary), present[0])
    by_name = {screen.name.lower(): screen for screen in present}
    by_name |= {str(number): screen for number, screen in enumerate(present, start=1) if str(number) not in by_name}
    if asked.lower() in by_name:
        return by_name[asked.lower()]
    names = ", ".join(f"{number} {screen.name}" for number, screen in enumerate(present, start=1))
    raise UsageError(f"there is no screen {asked}; connected: {names}")


def window_manager_runs() -> bool:
    """Whether a window manager decides where windows go. Raises Missing when there is no display."""
    with _x_server() as display:
        return _window_manager(display)


def blacken_root() -> None:
    """Make what lies under all windows black and without a cursor, so that a crash shows nothing."""
    with _x_server() as display:
        xlib = _xlib()
        root = xlib.XDefaultRootWindow(display)
        xlib.XSetWindowBackground(display, root, xlib.XBlackPixel(display, xlib.XDefaultScreen(display)))
        xlib.XClearWindow(display, root)
        colour = xlib.XColor()
        bitmap = xlib.XCreateBitmapFromData(display, root, bytes(8), 8, 8)
        cursor = xlib.XCreatePixmapCursor(display, bitmap, bitmap, byref(colour), byref(colour), 0, 0)
        xlib.XDefineCursor(display, root, cursor)
        xlib.XFreeCursor(display, cursor)
        xlib.XFreePixmap(display, bitmap)


def restore_cursor() -> None:
    """Give a desktop's root window a cursor again; where no window manager runs it stays empty."""
    with _x_server() as display:
        if _window_manager(display):
            xlib = _xlib()
            cursor = xlib.XCreateFontCursor(display, LEFT_ARROW)
            xlib.XDefineCursor(display, xlib.XDefaultRootWindow(display), cursor)
            xlib.XFreeCursor(display, cursor)


@contextmanager
def _x_server() -> Iterator[Any]:
    """A connection of our own: pyglet's must not be opened by a process that will draw off screen."""
    name = os.environ.get("DISPLAY", "")
    remedy = "Start it and let this user in, or set PROJECTOR_HEADLESS=1 to draw off screen"
    if not name:
        raise Missing("there is no display: DISPLAY is not set", remedy)
    xlib = _xlib()
    xlib.XSetErrorHandler(_unharmed())
    display = xlib.XOpenDisplay(name.encode())
    if not display:
        raise Missing(f"the X server at DISPLAY={name} cannot be reached", remedy)
    try:
        yield display
    finally:
        xlib.XCloseDisplay(display)


@cache
def _unharmed() -> Any:
    """What Xlib calls on an error; its own choice is to end the process, over a window that a dead program left named."""
    return _xlib().XErrorHandler(lambda _display, _error: 0)


def _xlib() -> Any:
    return _library("xlib", "libX11", "libx11-6")


def _library(module: str, name: str, package: str) -> Any:
    try:
        return import_module(f"pyglet.libs.x11.{module}")
    except (ImportError, AttributeError) as error:
        raise Missing(f"{name} is not on this machine", f"Install it: apt install {package}") from error


def _window_manager(display: Any) -> bool:
    """By the rule of the EWMH: the root names a window, which names itself."""
    claimed = _window_property(display, _xlib().XDefaultRootWindow(display))
    return claimed != 0 and _window_property(display, claimed) == claimed


def _window_property(display: Any, window: int) -> int:
    xlib = _xlib()
    atom = xlib.XInternAtom(display, b"_NET_SUPPORTING_WM_CHECK", 0)
    kind, bits, count, after = c_ulong(), c_int(), c_ulong(), c_ulong()
    value = POINTER(c_ubyte)()
    xlib.XGetWindowProperty(
        display, window, atom, 0, 1, 0, 0, byref(kind), byref(bits), byref(count), byref(after), byref(value)
    )
    if not value:
        return 0
    found = c_ulong.from_buffer_copy(string_at(value, 8)).value if count.value and bits.value == 32 else 0
    xlib.XFree(value)
    return found


def _only_screen(display: Any) -> Screen:
    """The whole X screen, where there is no RandR."""
    xlib = _xlib()
    screen = xlib.XScreenOfDisplay(display, xlib.XDefaultScreen(display)).contents
    return Screen("screen", 0, 0, screen.width, screen.height, primary=True)


def _randr_screens(display: Any) -> list[Screen]:
    randr = _library("xrandr", "libXrandr", "libxrandr2")
    root = _xlib().XDefaultRootWindow(display)
    resources = randr.XRRGetScreenResourcesCurrent(display, root)
    if not resources:
        return []
    primary = randr.XRRGetOutputPrimary(display, root)
    outputs = [resources.contents.outputs[i] for i in range(resources.contents.noutput)]
    found = [_randr_screen(display, resources, output, primary=output == primary) for output in outputs]
    randr.XRRFreeScreenResources(resources)
    return [screen for screen in found if screen is not None]


def _randr_screen(display: Any, resources: Any, output: int, *, primary: bool) -> Screen | None:
    randr = _library("xrandr", "libXrandr", "libxrandr2")
    described = randr.XRRGetOutputInfo(display, resources, output)
    if not described:
        return None
    name = string_at(described.contents.name, described.contents.nameLen).decode(errors="replace")
    crtc = described.contents.crtc
    randr.XRRFreeOutputInfo(described)
    # An output without a CRTC is not connected or switched off; asking for it would end the process.
    if not crtc:
        return None
    lit = randr.XRRGetCrtcInfo(display, resources, crtc)
    if not lit:
        return None
    c = lit.contents
    screen = Screen(name, c.x, c.y, c.width, c.height, primary=primary, hz=_refresh_hz(resources, c.mode))
    randr.XRRFreeCrtcInfo(lit)
    return screen if screen.width and screen.height else None


def _refresh_hz(resources: Any, mode: int) -> float:
    for i in range(resources.contents.nmode):
        timing = resources.contents.modes[i]
        if timing.id == mode and timing.hTotal and timing.vTotal:
            return float(timing.dotClock / (timing.hTotal * timing.vTotal))
    return 0.0
