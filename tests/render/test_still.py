import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from projector.errors import RenditionFault
from projector.render.output import OffscreenOutput
from projector.render.still import draw_still, write_png
from projector.show.layout import cells
from projector.show.picture import BLACK, Layer, PhotoTile, Picture, Size

CANVAS = Size(160, 100)
Striped = Callable[[Size, list[str], bool], bytes]


def mosaic(*names: str) -> Picture:
    places = cells(CANVAS, len(names), 1)
    return Picture(tuple(Layer(PhotoTile(name), place, 1.0) for name, place in zip(names, places, strict=True)))


def test_a_still_is_what_the_picture_says_twice_the_same(offscreen: OffscreenOutput, striped: Striped) -> None:
    copies = {name: striped(Size(80, 100), [name], True) for name in ("red", "blue")}
    first, again = (draw_still(mosaic("red", "blue"), CANVAS, lambda medium, _: copies[medium]) for _ in range(2))
    assert first == again
    image = Image.frombytes("RGB", (160, 100), first)
    assert image.getpixel((40, 50)) == (254, 0, 0)
    assert image.getpixel((120, 50)) == (0, 0, 254)


def test_black_is_black(offscreen: OffscreenOutput) -> None:
    assert draw_still(BLACK, CANVAS, lambda _medium, _size: b"") == bytes(160 * 100 * 3)


def test_a_faulty_copy_is_raised_or_told_and_then_its_place_alone_stays_black(
    offscreen: OffscreenOutput, striped: Striped
) -> None:
    def rendition(medium: str, _size: Size) -> bytes:
        if medium == "gone":
            raise RenditionFault("the copy of gone is missing")
        return striped(Size(80, 100), ["white"], True)

    with pytest.raises(RenditionFault, match="gone is missing"):
        draw_still(mosaic("here", "gone"), CANVAS, rendition)
    told: list[str] = []
    rgb = draw_still(mosaic("here", "gone"), CANVAS, rendition, on_fault=lambda fault: told.append(str(fault)))
    assert told == ["the copy of gone is missing"]
    assert Image.frombytes("RGB", (160, 100), rgb).getbbox() == (0, 0, 80, 100)


def test_a_png_is_lossless_names_its_instant_and_is_the_same_every_time(tmp_path: Path) -> None:
    rgb = os.urandom(31 * 17 * 3)
    for name in ("one.png", "two.png"):
        write_png(tmp_path / name, rgb, Size(31, 17), {"Instant": "2027-01-24T18:00:00+01:00"})
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
    with Image.open(tmp_path / "one.png") as image:
        assert image.tobytes() == rgb
        assert image.info["Instant"] == "2027-01-24T18:00:00+01:00"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.png", "two.png"]


def test_a_png_that_cannot_be_written_leaves_the_last_one(tmp_path: Path) -> None:
    write_png(tmp_path / "wall.png", bytes(3), Size(1, 1), {})
    before = (tmp_path / "wall.png").read_bytes()
    with pytest.raises(ValueError, match="not enough image data"):
        write_png(tmp_path / "wall.png", bytes(2), Size(1, 1), {})
    assert (tmp_path / "wall.png").read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1
