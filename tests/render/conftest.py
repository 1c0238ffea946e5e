"""What the pixel tests share: an off-screen GL context, an X server of their own, photos of plain colours."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from PIL import Image

from projector.errors import Missing
from projector.render.output import OffscreenOutput
from projector.show.picture import Size

# A silent GL error becomes a failure.
os.environ.setdefault("PYGLET_DEBUG_GL", "1")


@pytest.fixture(scope="session")
def offscreen() -> Iterator[OffscreenOutput]:
    """One EGL context for all tests of the process, current when handed out."""
    try:
        output = OffscreenOutput(Size(64, 64))
    except Missing as missing:
        pytest.skip(str(missing))
    yield output
    output.close()


@pytest.fixture(scope="session")
def x_display() -> Iterator[str]:
    """An X server of 1280x720 without a window manager: its DISPLAY."""
    lacking = [tool for tool in ("Xvfb", "xdotool", "xwininfo", "xprop") if shutil.which(tool) is None]
    if lacking:
        pytest.skip(f"not on this machine: {', '.join(lacking)}")
    read, write = os.pipe()
    # Without -noreset the server would forget its root window with the last client, and a crash leaves no client.
    command = ["Xvfb", "-noreset", "-displayfd", str(write), "-screen", "0", "1280x720x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as said:
        number = said.readline().strip()
    yield f":{number}"
    end(server)


def end(server: "subprocess.Popen[bytes]") -> None:
    """End a server that we started, whatever it is at."""
    server.terminate()
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait(timeout=10)


@pytest.fixture
def striped() -> Callable[[Size, list[str], bool], bytes]:
    """A photo in equal stripes of colours, from the top down or from left to right, as a JPEG."""

    def make(size: Size, colours: list[str], upright: bool) -> bytes:
        image = Image.new("RGB", (size.width, size.height))
        for index, colour in enumerate(colours):
            if upright:
                box = (0, index * size.height // len(colours), size.width, (index + 1) * size.height // len(colours))
            else:
                box = (index * size.width // len(colours), 0, (index + 1) * size.width // len(colours), size.height)
            image.paste(colour, box)
        file = BytesIO()
        image.save(file, "JPEG", quality=95, subsampling=0)
        return file.getvalue()

    return make
