"""Shows in real processes, seen from outside: in a window of a screen of our own, and off screen."""

import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from tests.e2e.eye import status
from tests.render.conftest import end
from tests.roles.live import Running, make_media, running, until, write_show


@pytest.fixture(scope="session")
def unseen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which no other show is seen; off screen."""
    home = tmp_path_factory.mktemp("home")
    return {**os.environ, "XDG_STATE_HOME": str(home), "PROJECTOR_HEADLESS": "1", "DISPLAY": ""}


@pytest.fixture(scope="session")
def seen(unseen: dict[str, str]) -> Iterator[dict[str, str]]:
    """The same with a screen of our own."""
    lacking = [tool for tool in ("Xvfb", "xdotool", "xwininfo") if shutil.which(tool) is None]
    if lacking:
        pytest.skip(f"not on this machine: {', '.join(lacking)}")
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "640x360x24", "-noreset", "-nocursor", "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as said:
        number = said.readline().strip()
    yield unseen | {"DISPLAY": f":{number}", "PROJECTOR_HEADLESS": ""}
    end(server)


@pytest.fixture(scope="module")
def wall(tmp_path_factory: pytest.TempPathFactory, seen: dict[str, str]) -> Iterator[Running]:
    """A rehearsal in a window that shows the canvas pixel for pixel, its mosaic on air, all roles up."""
    folder = tmp_path_factory.mktemp("wall")
    rundown = (
        "  - {cue: mosaic, grid: 4x3, dwell: 6s, length: 10min}\n"
        "  - {cue: photo, count: 3}\n"
        "  - {cue: title, text: We Remember, dwell: 20s}"
    )
    show = write_show(folder / "show.yaml", make_media(folder / "media", 40), rundown)
    with running(folder / "state", show, seen, "--windowed", "640x360") as one:
        until(lambda: all(one.pid(role) for role in ("wall", "planner", "intake", "spare", "understudy")), 60)
        until(lambda: len(status(one)["on_air"]) == 12, 60)
        yield one
