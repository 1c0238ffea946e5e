"""A picture drawn once, off screen, and kept as a PNG."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from projector.errors import RenditionFault
from projector.render.compositor import Compositor
from projector.render.output import OffscreenOutput
from projector.render.tiles import Rendition, rasterise
from projector.show.picture import Picture, Size


def draw_still(
    picture: Picture,
    canvas: Size,
    rendition: Rendition,
    languages: tuple[str, ...] = (),
    on_fault: Callable[[RenditionFault], None] | None = None,
) -> bytes:
    """What the wall shows: RGB, rows from the top, `3 × width × height` bytes.

    A copy that cannot be had is told to `on_fault` and its place shows what lies beneath; without `on_fault` it is
    raised. Raises Missing without EGL.
    """
    output = OffscreenOutput(canvas)
    try:
        output.make_current()
        compositor = Compositor(canvas)
        try:
            _fill(compositor, picture, rendition, languages, on_fault)
            compositor.draw(picture)
            return compositor.read()
        finally:
            compositor.close()
    finally:
        output.close()


def _fill(
    compositor: Compositor,
    picture: Picture,
    rendition: Rendition,
    languages: tuple[str, ...],
    on_fault: Callable[[RenditionFault], None] | None,
) -> None:
    for key in compositor.missing(picture):
        try:
            compositor.upload(key, rasterise(key.tile, key.size, rendition, languages))
        except RenditionFault as fault:
            if on_fault is None:
                raise
            on_fault(fault)


def write_png(path: Path, rgb: bytes, size: Size, text: Mapping[str, str]) -> None:
    """A lossless PNG with tEXt chunks, in place at once and whole: the same arguments give the same bytes."""
    chunks = PngInfo()
    for name, value in text.items():
        chunks.add_text(name, value)
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with beside.open("wb") as file:
            image = Image.frombytes("RGB", (size.width, size.height), rgb)
            # Level 1 takes a tenth of the time of the usual 6 and a tenth more room.
            image.save(file, "PNG", pnginfo=chunks, compress_level=1)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
