"""kill -9 of any process of a show in a real window, seen from outside, while the loop is held."""

import os
import signal
import time
from pathlib import Path

import pytest
from PIL import Image

from tests.e2e.eye import apart, filming, pid, screen, status
from tests.roles.live import Running, running, until

# The bound is a second. In a test, two cores are shared with whatever else is being tested.
BACK_WITHIN = 2.5
DARK_AT_MOST = 2.0


@pytest.fixture(scope="module")
def still(wall: Running, tmp_path_factory: pytest.TempPathFactory) -> Image.Image:
    """The picture on the wall, which stands still from here on."""
    folder = tmp_path_factory.mktemp("still")
    wall.command("hold")
    until(lambda: status(wall)["mode"] == "hold")
    time.sleep(2.0)  # what was mixing has mixed
    drawn = wall.at(status(wall)["now"], folder / "at.png")
    until(lambda: apart(screen(wall), drawn) <= 2, 5)
    return drawn


def killed(one: Running, role: str) -> float:
    """kill -9; how long until another process has the role, seconds."""
    began, dead = time.monotonic(), pid(one, role)
    os.kill(dead, signal.SIGKILL)
    until(lambda: pid(one, role) not in {0, dead}, 20)
    return time.monotonic() - began


def all_up(one: Running) -> bool:
    return all(pid(one, role) for role in status(one)["roles"])


@pytest.mark.parametrize("role", ["planner", "intake", "spare", "understudy", "supervisor"])
def test_the_wall_does_not_notice_the_death_of_another(wall: Running, role: str, still: Image.Image) -> None:
    until(lambda: all_up(wall), 30)
    before = pid(wall, "wall")
    with filming(wall) as film:
        took = killed(wall, role)
        until(lambda: status(wall)["roles"][role]["alive"], 5)
    print(f"{role}: back after {took:.2f} s")
    assert not [frame for frame in film.frames if apart(frame.image, still) > 2]
    assert pid(wall, "wall") == before
    assert took < BACK_WITHIN


def test_a_wall_killed_again_and_again_comes_back_with_its_picture_and_blames_nobody(
    wall: Running, still: Image.Image
) -> None:
    for _ in range(3):
        until(lambda: all_up(wall), 30)
        until(lambda: apart(screen(wall), still) <= 2, 10)
        time.sleep(1.5)  # the spare gets itself ready
        with filming(wall) as film:
            took = killed(wall, "wall")
            until(lambda: apart(screen(wall), still) <= 2, 5)
            time.sleep(0.2)
        print(f"wall: another after {took:.2f} s, dark for {film.dark_seconds():.2f} s, {len(film.frames)} frames")
        assert film.dark_seconds() < DARK_AT_MOST
        assert film.strangers(still) == []
    assert status(wall)["media"]["removed"] == []


def test_supervisor_and_understudy_gone_the_wall_plays_on_until_a_start_by_hand_adopts_it(
    wall: Running, still: Image.Image
) -> None:
    until(lambda: all_up(wall), 30)
    pids = {role: pid(wall, role) for role in ("wall", "planner", "intake", "spare")}
    for role in ("understudy", "supervisor"):
        os.kill(pid(wall, role), signal.SIGKILL)
    time.sleep(0.5)
    assert apart(screen(wall), still) <= 2
    assert status(wall)["roles"]["supervisor"]["alive"] is False
    with running(wall.state, wall.show, wall.env) as again:
        until(lambda: pid(again, "supervisor") == again.process.pid, 10)
        until(lambda: status(again)["roles"]["understudy"]["alive"], 10)
        assert {role: pid(again, role) for role in pids} == pids
        assert apart(screen(wall), still) <= 2
        again.command("stop")
        assert again.process.wait(10) == 0
    until(lambda: not [one for one in pids.values() if Path(f"/proc/{one}").exists()], 5)
