"""A picture drawn once, off screen, and kept as a PNG."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from projector.errors import RenditionFault
from projector.render.compositor import Compositor
from projector.render.output import OffscreenOutput
from projector.render.stacks import clips_of, words_of
from projector.render.tiles import Key, Rendition, rasterise
from projector.show.picture import ClipTile, Picture, Size

Frame = Callable[[ClipTile], bytes]
"""The frame that a clip's tile names, in I420; Missing or RenditionFault where it cannot be had."""


def draw_still(
    picture: Picture,
    canvas: Size,
    rendition: Rendition,
    languages: tuple[str, ...] = (),
    on_fault: Callable[[RenditionFault], None] | None = None,
    frame: Frame | None = None,
) -> bytes:
    """What the wall shows: RGB, rows from the top, `3 × width × height` bytes.

    `frame` gives the frames of clips. A copy that cannot be had is told to `on_fault` and its place shows what lies
    beneath; without `on_fault` it is raised. Raises Missing without EGL.
    """
    output = OffscreenOutput(canvas)
    try:
        output.make_current()
        compositor = Compositor(canvas)
        try:
            _fill(_Filling(compositor, picture, rendition, languages, frame or _no_frame), on_fault)
            compositor.draw(picture)
            return compositor.read()
        finally:
            compositor.close()
    finally:
        output.close()


@dataclass(frozen=True)
class _Filling:
    """What it takes to make the tiles of a picture."""

    compositor: Compositor
    picture: Picture
    rendition: Rendition
    languages: tuple[str, ...]
    frame: Frame

    def fill(self, key: Key, clip: ClipTile | None) -> None:
        if clip is None:
            self.compositor.upload(key, rasterise(key.tile, key.size, self.rendition, self.languages))
        else:
            self.compositor.upload_frame(key, Size(clip.clip.width, clip.clip.height), self.frame(clip))


def _fill(filling: _Filling, on_fault: Callable[[RenditionFault], None] | None) -> None:
    clips = dict(clips_of(filling.picture))
    words = [key for tile in clips.values() for key in words_of(tile)]
    for key in dict.fromkeys((*filling.compositor.missing(filling.picture), *words)):
        try:
            filling.fill(key, clips.get(key))
        except RenditionFault as fault:
            if on_fault is None:
                raise
            on_fault(fault)


def _no_frame(tile: ClipTile) -> bytes:
    raise RenditionFault(f"nothing here gives frames of clip {tile.medium[:12]}")


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
