"""The wall in a real window: what the screen shows when processes are killed and keys are pressed."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image, ImageGrab

from tests.roles.live import Running, apart, brightest, until

BACK_WITHIN = 1.0
# Beside the second: what a loaded machine with two cores may add in a test.
ALLOWED = 1.5


def screen(one: Running) -> Image.Image:
    """The window's part of the screen; the window has no manager and lies at the top left."""
    return ImageGrab.grab(xdisplay=one.env["DISPLAY"]).crop((0, 0, 640, 360)).convert("RGB")


def dark_seconds(one: Running, watched: float) -> float:
    """How long the window was black from now on."""
    dark, began = 0.0, time.monotonic()
    before = began
    while before - began < watched:
        is_dark = brightest(screen(one)) < 5
        now = time.monotonic()
        dark += (now - before) * is_dark
        before = now
    return dark


def shows_the_picture_of_the_instant(one: Running, folder: Path) -> bool:
    live, instant = one.live(folder / "live.png")
    return apart(live, one.at(instant, folder / "at.png")) <= 2


def test_the_screen_shows_the_canvas(windowed: Running, tmp_path: Path) -> None:
    windowed.command("hold")
    until(lambda: apart(windowed.live(tmp_path / "a.png")[0], windowed.live(tmp_path / "b.png")[0]) == 0, 8)
    live, _ = windowed.live(tmp_path / "c.png")
    assert apart(live, screen(windowed)) <= 2
    windowed.command("resume")


def test_a_killed_wall_is_back_within_a_second_with_the_picture_of_the_instant(
    windowed: Running, tmp_path: Path
) -> None:
    until(lambda: windowed.pid("spare"), 15)
    time.sleep(1.0)
    killed = windowed.kill("wall")
    dark = dark_seconds(windowed, 3.0)
    assert windowed.pid("wall") not in {0, killed}
    assert dark <= ALLOWED, f"dark for {dark:.2f} s"
    assert shows_the_picture_of_the_instant(windowed, tmp_path)


def test_the_supervisor_killed_the_wall_plays_on_and_is_supervised_again(windowed: Running) -> None:
    until(lambda: windowed.pid("understudy"), 15)
    wall, killed = windowed.pid("wall"), windowed.kill("supervisor")
    assert dark_seconds(windowed, 1.0) == 0
    assert until(lambda: windowed.pid("supervisor") not in {0, killed}, 3)
    assert windowed.pid("wall") == wall
    until(lambda: windowed.pid("understudy") not in {0, windowed.pid("supervisor")}, 15)


def test_started_again_by_hand_it_takes_over_from_the_stand_in(windowed: Running) -> None:
    wall, stand_in = windowed.pid("wall"), windowed.pid("supervisor")
    command = [sys.executable, "-m", "projector", "rehearse", str(windowed.show), "--state", str(windowed.state)]
    again = subprocess.Popen(command, env=windowed.env, stderr=subprocess.DEVNULL)
    until(lambda: windowed.pid("supervisor") == again.pid, 10)
    assert windowed.pid("wall") == wall
    until(lambda: windowed.pid("understudy") not in {0, again.pid, stand_in}, 15)
    again.kill()
    again.wait(10)
    until(lambda: windowed.pid("supervisor") not in {0, again.pid}, 10)


def test_a_blackout_and_a_removal_outlive_the_wall(windowed: Running, tmp_path: Path) -> None:
    file = next(row["file"] for row in windowed.status()["on_air"] if row["file"])
    windowed.command("remove", file)
    windowed.command("blackout")
    until(lambda: brightest(screen(windowed)) == 0, 5)
    killed = windowed.kill("wall")
    until(lambda: windowed.pid("wall") not in {0, killed}, 5)
    until(lambda: windowed.status()["mode"] == "blackout", 5)
    assert dark_seconds(windowed, 1.5) >= 1.4
    windowed.command("lights")
    until(lambda: brightest(screen(windowed)) > 50, 10)
    assert shows_the_picture_of_the_instant(windowed, tmp_path)
    assert file not in {row["file"] for row in windowed.status()["on_air"]}


def press(one: Running, *keys: str) -> None:
    window = subprocess.run(
        ["xdotool", "search", "--name", "projector: Test"], env=one.env, capture_output=True, text=True, check=False
    ).stdout.split()
    subprocess.run(["xdotool", "windowfocus", window[-1]], env=one.env, check=True)
    subprocess.run(["xdotool", *keys], env=one.env, check=True)


@pytest.mark.skipif(shutil.which("xdotool") is None, reason="xdotool is not installed; HotKeys has tests of its own")
def test_hot_keys_hold_black_out_and_escape_does_nothing(windowed: Running) -> None:
    press(windowed, "key", "space")
    until(lambda: windowed.status()["mode"] == "hold", 5)
    time.sleep(0.5)
    press(windowed, "key", "space")
    until(lambda: windowed.status()["mode"] == "run", 5)
    press(windowed, "key", "b")
    until(lambda: windowed.status()["mode"] == "blackout", 5)
    time.sleep(0.5)
    press(windowed, "key", "b")
    until(lambda: windowed.status()["mode"] == "run", 5)
    wall = windowed.pid("wall")
    press(windowed, "key", "Escape")
    time.sleep(0.5)
    assert windowed.pid("wall") == wall
    assert windowed.status()["by"] == "hot key"


@pytest.mark.skipif(shutil.which("xdotool") is None, reason="xdotool is not installed; HotKeys has tests of its own")
def test_ctrl_q_held_for_three_seconds_ends_the_rehearsal(windowed: Running) -> None:
    press(windowed, "keydown", "ctrl", "keydown", "q")
    until(lambda: windowed.pid("wall") == 0 or not alive(windowed), 15)
    subprocess.run(["xdotool", "keyup", "q", "keyup", "ctrl"], env=windowed.env, check=True)


def alive(one: Running) -> bool:
    return one.command("status", code=None).returncode == 0
