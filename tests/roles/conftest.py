import os
import shutil
import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.roles.live import RUNDOWN, Running, make_media, running, until, write_show


@pytest.fixture(scope="session")
def env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which no other show is seen; off screen."""
    home = tmp_path_factory.mktemp("home")
    return {**os.environ, "XDG_STATE_HOME": str(home), "PROJECTOR_HEADLESS": "1", "DISPLAY": ""}


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """A screen of our own."""
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed; the off-screen tests run all the same")
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "800x600x24", "-noreset", "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as said:
        number = said.readline().strip()
    time.sleep(0.2)
    yield f":{number}"
    server.terminate()
    server.wait(10)


@pytest.fixture(scope="module")
def unseen(tmp_path_factory: pytest.TempPathFactory, env: dict[str, str]) -> Iterator[Running]:
    """A rehearsal off screen, its mosaic on air."""
    folder = tmp_path_factory.mktemp("unseen")
    show = write_show(folder / "show.yaml", make_media(folder / "media", 40), RUNDOWN)
    with running(folder / "state", show, env) as one:
        until(lambda: one.pid("wall") and one.command("status", code=None).returncode == 0, 20)
        until(lambda: any(row["file"] for row in one.status()["on_air"]), 30)
        yield one


@pytest.fixture(scope="module")
def windowed(tmp_path_factory: pytest.TempPathFactory, env: dict[str, str], display: str) -> Iterator[Running]:
    """A rehearsal in a real window that shows the canvas pixel for pixel."""
    folder = tmp_path_factory.mktemp("windowed")
    show = write_show(folder / "show.yaml", make_media(folder / "media", 40), RUNDOWN)
    seen = env | {"DISPLAY": display, "PROJECTOR_HEADLESS": ""}
    with running(folder / "state", show, seen, "--windowed", "640x360") as one:
        until(lambda: one.pid("wall") and one.command("status", code=None).returncode == 0, 20)
        until(lambda: any(row["file"] for row in one.status()["on_air"]), 30)
        yield one
