"""The window on a real X server. pyglet draws in windows or off screen for a whole process, so each wall is a child."""

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageGrab

from projector.errors import Missing, UsageError
from projector.render.screens import Screen, chosen, screens, window_manager_runs

ORANGE = (200, 100, 50)
BLACK = (0, 0, 0)

# Opens an output and shows an orange 16:9 canvas; then says what happens to it, until a line comes in.
WALL = """
import select, sys
from projector.render.compositor import Compositor
from projector.render.output import open_output
from projector.render.tiles import Key
from projector.show.picture import Layer, PhotoTile, Picture, Rect, Size

output = open_output(Size(64, 36), title="projector We Remember", {arguments})
print("opened", output.size.width, output.size.height, output.notice, flush=True)
sys.stdin.readline()
output.make_current()
compositor = Compositor(Size(64, 36))
compositor.upload(Key(PhotoTile("orange"), Size(64, 36)), bytes([200, 100, 50, 0]) * (64 * 36))
compositor.draw(Picture((Layer(PhotoTile("orange"), Rect(0, 0, 64, 36), 1.0),)))
output.present(compositor)
output.present(compositor)
print("shown", flush=True)
wished = False
while not select.select([sys.stdin], [], [], 0.01)[0]:
    for key in output.events():
        print(key.name, "down" if key.held else "up", flush=True)
    if output.closed_wish and not wished:
        wished = True
        print("close wished", flush=True)
    output.present(compositor)
compositor.close()
output.close()
"""

# A clip with words, alone: drawn in the window, then on the canvas, which is kept in a file.
CLIP = """
import sys
from fractions import Fraction
from pathlib import Path
from projector.render.compositor import Compositor
from projector.render.output import open_output
from projector.render.tiles import Key, key_of
from projector.show.media import Clip
from projector.show.picture import ClipTile, Layer, Picture, Rect, Size, WordsTile

canvas = Size(96, 54)
output = open_output(canvas, title="projector We Remember", windowed=canvas)
output.make_current()
compositor = Compositor(canvas)
words, band = WordsTile((("en", "x"),)), Rect(40, 30, 50, 20)
compositor.upload(Key(words, Size(50, 20)), b"".join(bytes([200, x * 4, y * 9, 10 * y]) for y in range(20) for x in range(50)))
tile = ClipTile("clip", 1, Clip(32, 48, Fraction(25), 9), 0, Rect(4, 3, 32, 48), (words, band))
layer = Layer(tile, Rect(0, 0, 96, 54), 1.0)
compositor.upload_frame(key_of(layer), Size(32, 48), bytes(range(256)) * 6 + bytes(range(0, 256, 2)) * 6)
compositor.draw(Picture((layer,)))
output.present(compositor)
output.present(compositor)
print("shown", flush=True)
sys.stdin.readline()
Path(sys.argv[1]).write_bytes(compositor.read())
print("kept", flush=True)
sys.stdin.readline()
"""

Open = Callable[..., "Wall"]


class Wall:
    """A child process with an output."""

    def __init__(self, display: str, arguments: str, **environ: str) -> None:
        self.display = display
        self.process = subprocess.Popen(
            [sys.executable, "-c", WALL.format(arguments=arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"DISPLAY": display, "PYGLET_DEBUG_GL": "1"} | environ,
        )

    def says(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def goes_on(self) -> None:
        assert self.process.stdin
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def opens(self) -> str:
        opened = self.says()
        self.goes_on()
        assert self.says() == "shown"
        return opened

    def press(self, *command: str) -> None:
        subprocess.run(["xdotool", *command], check=True, env=os.environ | {"DISPLAY": self.display})

    def ends(self) -> int:
        self.goes_on()
        return self.process.wait(timeout=10)


@pytest.fixture
def wall(x_display: str) -> Iterator[Open]:
    walls = []

    def opened(arguments: str = "", **environ: str) -> Wall:
        walls.append(Wall(x_display, arguments, **environ))
        return walls[-1]

    yield opened
    for one in walls:
        one.process.kill()
        one.process.wait()


def desktop(display: str) -> Image.Image:
    return ImageGrab.grab(xdisplay=display)


def geometry(display: str) -> str:
    command = ["xwininfo", "-display", display, "-name", "projector We Remember"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_a_clip_alone_is_the_same_in_the_window_as_on_the_canvas(x_display: str, tmp_path: Path) -> None:
    kept = tmp_path / "canvas.rgb"
    process = subprocess.Popen(
        [sys.executable, "-c", CLIP, str(kept)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=os.environ | {"DISPLAY": x_display, "PYGLET_DEBUG_GL": "1", "PROJECTOR_HEADLESS": ""},
    )  # fmt: skip
    assert process.stdin
    assert process.stdout
    try:
        assert process.stdout.readline().strip() == "shown"
        seen = desktop(x_display).crop((0, 0, 96, 54)).convert("RGB")
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline().strip() == "kept"
    finally:
        process.kill()
        process.communicate()
    assert len(seen.getcolors(10_000) or []) > 300
    assert seen.tobytes() == kept.read_bytes()


def as_client(display: str, script: str) -> None:
    """Something that another program does to the X server."""
    head = """
        from ctypes import byref
        from pyglet.libs.x11 import xlib
        display = xlib.XOpenDisplay(None)
        root = xlib.XDefaultRootWindow(display)
    """
    text = textwrap.dedent(head) + textwrap.dedent(script) + "xlib.XCloseDisplay(display)"
    subprocess.run([sys.executable, "-c", text], check=True, env=os.environ | {"DISPLAY": display})


def paint_desktop(display: str) -> None:
    """What must never be seen: a desktop's colour behind the wall."""
    as_client(
        display,
        """
        xlib.XSetWindowBackground(display, root, 0x3465a4)
        xlib.XClearWindow(display, root)
        """,
    )


def press_close_button(display: str) -> None:
    """What a window manager sends."""
    window = subprocess.check_output(["xdotool", "search", "--name", "We Remember"], env={"DISPLAY": display})
    as_client(
        display,
        f"""
        event = xlib.XEvent()
        event.xclient.type = xlib.ClientMessage
        event.xclient.window = {int(window)}
        event.xclient.message_type = xlib.XInternAtom(display, b"WM_PROTOCOLS", 0)
        event.xclient.format = 32
        event.xclient.data.l[0] = xlib.XInternAtom(display, b"WM_DELETE_WINDOW", 0)
        xlib.XSendEvent(display, {int(window)}, 0, 0, byref(event))
        """,
    )


@pytest.mark.parametrize("screen", ["None", "'1'", "'screen'"])
def test_the_wall_fills_its_screen_exactly(wall: Open, x_display: str, screen: str) -> None:
    opened = wall(f"screen={screen}").opens()
    assert opened == "opened 1280 720"
    told = geometry(x_display)
    assert "Corners:  +0+0  -0+0  -0-0  +0-0" in told
    assert "Border width: 0" in told
    assert desktop(x_display).getcolors() == [(1280 * 720, ORANGE)]


def test_the_window_is_black_before_its_first_picture_and_so_is_what_a_crash_leaves(wall: Open, x_display: str) -> None:
    paint_desktop(x_display)
    assert desktop(x_display).getpixel((5, 5)) != BLACK
    opened = wall()
    opened.says()
    assert desktop(x_display).getcolors() == [(1280 * 720, BLACK)]
    opened.goes_on()
    assert opened.says() == "shown"
    opened.process.kill()
    opened.process.wait()
    assert desktop(x_display).getcolors() == [(1280 * 720, BLACK)]


def test_a_rehearsal_in_a_window_leaves_the_desktop_alone(wall: Open, x_display: str) -> None:
    paint_desktop(x_display)
    rehearsal = wall("windowed=Size(640, 480)")
    assert rehearsal.opens() == "opened 640 480"
    seen = desktop(x_display)
    assert seen.getpixel((700, 600)) not in {BLACK, ORANGE}
    assert seen.crop((0, 0, 640, 480)).getbbox() == (0, 60, 640, 420)
    assert seen.getpixel((320, 240)) == ORANGE
    assert rehearsal.ends() == 0


def test_escape_does_nothing_and_the_close_button_is_only_a_wish(wall: Open, x_display: str) -> None:
    show = wall()
    show.opens()
    show.press("key", "Escape")
    press_close_button(x_display)
    assert show.says() == "close wished"
    assert desktop(x_display).getpixel((640, 360)) == ORANGE
    assert show.ends() == 0


def test_hot_keys_come_with_press_and_release(wall: Open) -> None:
    show = wall()
    show.opens()
    show.press("key", "space", "Right", "b", "s", "x", "q")
    said = [show.says() for _ in range(8)]
    assert said == [f"{name} {way}" for name in ("space", "right", "b", "s") for way in ("down", "up")]


def test_control_q_is_held_until_either_key_comes_up(wall: Open) -> None:
    show = wall()
    show.opens()
    show.press("keydown", "ctrl", "keydown", "q", "keyup", "ctrl")
    assert [show.says(), show.says()] == ["ctrl-q down", "ctrl-q up"]
    show.press("keyup", "q", "keydown", "ctrl", "key", "b", "keydown", "q", "keyup", "q", "keyup", "ctrl")
    assert [show.says(), show.says()] == ["ctrl-q down", "ctrl-q up"]


def test_no_display_or_a_word_from_the_environment_draws_off_screen_and_says_so(wall: Open) -> None:
    told = wall(PROJECTOR_HEADLESS="1").opens()
    assert told == "opened 64 36 PROJECTOR_HEADLESS is set: drawing off screen, with no window"
    assert "there is no display" in wall(DISPLAY="").opens()


REFUSED = """
from projector.errors import ProjectorError
from projector.render.output import open_output
from projector.show.picture import Size
try:
    {before}
    open_output(Size(64, 36), {arguments})
except ProjectorError as error:
    print(error)
"""


def refusal(before: str = "pass", arguments: str = "", **environ: str) -> str:
    command = [sys.executable, "-c", REFUSED.format(before=before, arguments=arguments)]
    told = subprocess.run(command, check=False, capture_output=True, text=True, env=os.environ | environ)
    assert told.stderr == ""
    assert told.stdout.count("\n") == 1
    return told.stdout


def test_a_display_that_cannot_be_reached_is_one_clear_sentence() -> None:
    assert "X server at DISPLAY=:9999 cannot be reached. Start it" in refusal(DISPLAY=":9999", PROJECTOR_HEADLESS="")


def test_a_screen_that_is_not_there_is_answered_with_those_that_are(x_display: str) -> None:
    told = refusal(arguments="screen='HDMI-9'", DISPLAY=x_display, PROJECTOR_HEADLESS="")
    assert told == "there is no screen HDMI-9; connected: 1 screen\n"


WITHOUT = """
    import ctypes
    load = ctypes.cdll.LoadLibrary
    def refuse(name):
        if "{library}" in name: raise OSError(name)
        return load(name)
    ctypes.cdll.LoadLibrary = refuse
"""


@pytest.mark.parametrize(("library", "package"), [("EGL", "libegl1"), ("libGL", "libgl1")])
def test_a_missing_graphics_library_is_named_with_what_to_install(library: str, package: str) -> None:
    told = refusal(textwrap.dedent(WITHOUT.format(library=library)).replace("\n", "\n    "), PROJECTOR_HEADLESS="1")
    assert "graphics library is not on this machine" in told
    assert package in told.split("apt install ")[1].split()


def test_the_screens_are_listed_with_their_places(x_display: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", x_display)
    assert [(s.name, s.x, s.y, s.width, s.height) for s in screens()] == [("screen", 0, 0, 1280, 720)]
    monkeypatch.delenv("DISPLAY")
    with pytest.raises(Missing, match="DISPLAY is not set"):
        screens()


def claim_to_manage(display: str, window: str | None) -> None:
    """Leave on the root window what a window manager of that window leaves there; None removes it."""
    xprop = ["xprop", "-display", display, "-root"]
    if window is None:
        subprocess.run([*xprop, "-remove", "_NET_SUPPORTING_WM_CHECK"], check=True)
    else:
        claim = ["-f", "_NET_SUPPORTING_WM_CHECK", "32x", "-set", "_NET_SUPPORTING_WM_CHECK", window]
        subprocess.run([*xprop, *claim], check=True)


@pytest.fixture
def managed(x_display: str) -> Iterator[None]:
    """As if a window manager ran: the root window names itself."""
    told = subprocess.check_output(["xwininfo", "-display", x_display, "-root"], text=True)
    claim_to_manage(x_display, told.split("Window id: ")[1].split()[0])
    yield
    claim_to_manage(x_display, None)


def test_a_window_manager_is_seen_and_one_that_died_is_not(x_display: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", x_display)
    assert not window_manager_runs()
    claim_to_manage(x_display, "0x123")
    assert not window_manager_runs()
    claim_to_manage(x_display, None)


def test_under_a_window_manager_the_wall_asks_for_full_screen(
    wall: Open, x_display: str, managed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", x_display)
    assert window_manager_runs()
    show = wall()
    assert show.opens() == "opened 1280 720"
    state = subprocess.check_output(["xprop", "-display", x_display, "-name", "projector We Remember"], text=True)
    assert "_NET_WM_STATE_FULLSCREEN" in state
    assert show.ends() == 0


def test_a_screen_is_chosen_by_name_by_number_or_as_the_primary() -> None:
    panel = Screen("eDP-1", 0, 0, 1920, 1080, primary=False)
    wall = Screen("HDMI-1", 1920, 0, 3840, 2160, primary=True)
    assert chosen(None, [panel, wall]) is wall
    assert chosen(None, [panel]) is panel
    assert chosen("1", [panel, wall]) is panel
    assert chosen("hdmi-1", [panel, wall]) is wall
    with pytest.raises(UsageError, match="no screen 3; connected: 1 eDP-1, 2 HDMI-1"):
        chosen("3", [panel, wall])
