"""Where the canvas is shown: a window on a screen, or nowhere, off screen. One contract for both.

pyglet draws either in windows or off screen, for the whole process: `open_output` decides it, here and nowhere else.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import pyglet

from projector.errors import Missing
from projector.render import screens
from projector.render.compositor import Compositor
from projector.render.screens import Screen
from projector.show.picture import Rect, Size

# Off screen nobody sees a motion; half the frames leave the processor to the rest.
OFFSCREEN_HZ = 30.0
USUAL_HZ = 60.0


@dataclass(frozen=True, slots=True)
class KeyPress:
    """A hot key: `space`, `right`, `b`, `s` or `ctrl-q`; `held` when it goes down, not when it comes up."""

    name: str
    held: bool


class Output(Protocol):
    """Something that shows the canvas. All of it belongs to the thread that opened it."""

    @property
    def notice(self) -> str:
        """A sentence for the operator about how it draws; empty when there is nothing to say."""

    @property
    def size(self) -> Size:
        """Its pixels, now."""

    @property
    def refresh_hz(self) -> float:
        """How many frames a second it can show."""

    @property
    def closed_wish(self) -> bool:
        """Whether the window's close button has been pressed. The window does nothing about it."""

    def make_current(self) -> None:
        """Make its GL context the current one: before a Compositor is made, and before each frame."""

    def events(self) -> list[KeyPress]:
        """Hot keys since the last call, in order."""

    def present(self, compositor: Compositor, /) -> None:
        """Show the canvas. Returns when the display took it, or at once where nothing holds the flips back."""

    def close(self) -> None:
        """Give the window and the context back; compositors are closed before."""


def open_output(
    canvas: Size,
    *,
    screen: str | None = None,
    windowed: Size | None = None,
    title: str = "projector",
    environ: Mapping[str, str] = os.environ,
) -> Output:
    """A window where there is a display, else off screen.

    Without `windowed` it fills the screen, which is named as RandR names it or by its number from 1.
    Raises Missing when the machine lacks what it takes, UsageError for a screen that is not there.
    """
    if environ.get("PROJECTOR_HEADLESS", "") not in {"", "0"}:
        return OffscreenOutput(canvas, "PROJECTOR_HEADLESS is set: drawing off screen, with no window")
    if not environ.get("DISPLAY"):
        return OffscreenOutput(canvas, "there is no display: drawing off screen, with no window")
    return WindowOutput(screens.chosen(screen, screens.screens()), windowed, title)


def warm(environ: Mapping[str, str] = os.environ) -> None:
    """Load the libraries that `open_output` would, without opening anything; they stay loaded for it."""
    headless = environ.get("PROJECTOR_HEADLESS", "") not in {"", "0"} or not environ.get("DISPLAY")
    _settle(headless=headless)


class OffscreenOutput:
    """An EGL context without a window. Raises Missing without EGL."""

    def __init__(self, canvas: Size, notice: str = "drawing off screen") -> None:
        self.size = canvas
        self.notice = notice
        self.refresh_hz = OFFSCREEN_HZ
        self.closed_wish = False
        # Everything is drawn on the compositor's own canvas, so the context's surface may be tiny.
        self._window = _open_window(headless=True, width=16, height=16, visible=False)

    def make_current(self) -> None:
        self._window.switch_to()

    def events(self) -> list[KeyPress]:
        return []

    def present(self, _compositor: Compositor, /) -> None:
        pyglet.gl.glFinish()

    def close(self) -> None:
        self._window.close()


class WindowOutput:
    """A window: `windowed` pixels large, or all of `screen`, without a border, a cursor or a desktop behind it.

    ESC and the close button do nothing by themselves. Black from the moment it can be seen.
    """

    notice = ""

    def __init__(self, screen: Screen, windowed: Size | None, title: str) -> None:
        self.closed_wish = False
        self.refresh_hz = screen.hz or USUAL_HZ
        self._full = windowed is None
        self._keys: list[KeyPress] = []
        self._held: set[str] = set()
        if self._full:
            screens.blacken_root()
        self._window = _sized_window(screen, windowed, title)
        self._window.push_handlers(
            on_key_press=self._on_key_press,
            on_key_release=self._on_key_release,
            on_deactivate=self._on_deactivate,
            on_close=self._on_close,
        )
        self._appear(screen)

    @property
    def size(self) -> Size:
        return Size(*self._window.get_framebuffer_size())

    def make_current(self) -> None:
        self._window.switch_to()

    def events(self) -> list[KeyPress]:
        self._window.dispatch_events()
        keys, self._keys = self._keys, []
        return keys

    def present(self, compositor: Compositor, /) -> None:
        size = self.size
        compositor.present(size.width, size.height)
        self._window.flip()

    def close(self) -> None:
        self._window.close()
        if self._full:
            screens.restore_cursor()

    def _appear(self, screen: Screen) -> None:
        """Map the window with both its buffers black already."""
        self._black()
        if self._full:
            self._window.set_mouse_visible(False)
            self._window.set_location(screen.x, screen.y)
        self._window.set_visible(True)
        self._black()
        if self._full:
            self._window.activate()

    def _black(self) -> None:
        gl = pyglet.gl
        self._window.switch_to()
        for _ in range(2):
            gl.glClearColor(0, 0, 0, 1)
            gl.glClear(gl.GL_COLOR_BUFFER_BIT)
            self._window.flip()

    # What pyglet calls puts one thing in one place; True keeps it from pyglet's own answer, which closes the window.

    def _on_key_press(self, symbol: int, modifiers: int) -> bool:
        name = _key_name(symbol, modifiers)
        if name is not None and name not in self._held:
            self._held.add(name)
            self._keys.append(KeyPress(name, held=True))
        return True

    def _on_key_release(self, symbol: int, _modifiers: int) -> bool:
        for name in sorted(self._held):
            if name in _released(symbol):
                self._let_go(name)
        return True

    def _on_deactivate(self) -> None:
        # The release of a key goes to the window that has the focus by then.
        for name in sorted(self._held):
            self._let_go(name)

    def _on_close(self) -> bool:
        self.closed_wish = True
        return True

    def _let_go(self, name: str) -> None:
        self._held.discard(name)
        self._keys.append(KeyPress(name, held=False))


def _key_name(symbol: int, modifiers: int) -> str | None:
    key = pyglet.window.key
    if modifiers & key.MOD_CTRL:
        return "ctrl-q" if symbol == key.Q else None
    return {key.SPACE: "space", key.RIGHT: "right", key.B: "b", key.S: "s"}.get(symbol)


def _released(symbol: int) -> tuple[str, ...]:
    """The hot keys that end when a key comes up: Ctrl-Q ends with either of its two."""
    key = pyglet.window.key
    if symbol in {key.Q, key.LCTRL, key.RCTRL}:
        return ("ctrl-q",)
    name = _key_name(symbol, 0)
    return () if name is None else (name,)


def _sized_window(screen: Screen, windowed: Size | None, title: str) -> Any:
    if windowed is not None:
        return _open_window(
            headless=False,
            width=windowed.width,
            height=windowed.height,
            caption=title,
            resizable=True,
            visible=False,
            vsync=True,
        )
    if screens.window_manager_runs():
        # Only the window manager can put a window over its panels.
        return _open_window(headless=False, caption=title, screen=screen, fullscreen=True, visible=False, vsync=True)
    return _open_window(
        headless=False,
        width=screen.width,
        height=screen.height,
        caption=title,
        style="borderless",
        visible=False,
        vsync=True,
    )


def _open_window(*, headless: bool, screen: Screen | None = None, **arguments: Any) -> Any:
    """A pyglet window with a GL 3.3 context; the process draws as `headless` says from here on."""
    _settle(headless=headless)
    try:
        where = _pyglet_screen(screen) if screen is not None else None
        config = pyglet.gl.Config(double_buffer=True, major_version=3, minor_version=3)
        return pyglet.window.Window(config=config, screen=where, **arguments)
    except (
        pyglet.window.WindowException,
        pyglet.gl.ConfigException,
        pyglet.gl.ContextException,
        pyglet.gl.GLException,
    ) as error:
        reason = str(error) or type(error).__name__
        remedy = "Install Mesa's driver: apt install libgl1-mesa-dri" + (" libegl1" if headless else "")
        raise Missing(f"the graphics driver gives no OpenGL 3.3 ({reason})", remedy) from error


def _settle(*, headless: bool) -> None:
    """Tell pyglet how this process draws, before its first touch of GL; it cannot be told twice."""
    options = pyglet.options
    options.headless = headless
    options.shadow_window = False
    # An error check after every call is for tests (PYGLET_DEBUG_GL=1); it costs a third of the frame.
    options.debug_gl = os.environ.get("PYGLET_DEBUG_GL", "0") not in {"", "0", "false", "False"}
    try:
        drawn_headless = pyglet.gl.Config.__name__ == "HeadlessConfig"
        _ = pyglet.window.Window
    except ImportError as error:
        package = "libegl1 libgl1 libgl1-mesa-dri" if headless else "libgl1 libgl1-mesa-dri libx11-6"
        raise Missing(
            f"a graphics library is not on this machine: {error}", f"Install it: apt install {package}"
        ) from error
    if drawn_headless is not headless:
        raise RuntimeError("this process has drawn the other way already; pyglet allows one way for a process")


def _pyglet_screen(screen: Screen) -> Any:
    """The object by which pyglet knows a screen; it makes new ones at every call."""
    found = pyglet.display.get_display().get_screens()
    same = [one for one in found if Rect(one.x, one.y, one.width, one.height) == screen.rect]
    return same[0] if same else found[0]
