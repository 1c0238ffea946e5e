from collections.abc import Callable

import pytest
from PIL import Image, ImageChops

from projector.errors import RenditionFault
from projector.render.tiles import rasterise
from projector.show.picture import BlackTile, PhotoTile, Size, TextTile, Tile
from projector.show.showings import Fit

Striped = Callable[[Size, list[str], bool], bytes]
RED, GREEN, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 0)


def drawn(tile: Tile, size: Size, jpeg: bytes = b"") -> Image.Image:
    pixels = rasterise(tile, size, lambda _medium, _size: jpeg)
    return Image.frombytes("RGB", (size.width, size.height), pixels, "raw", "RGBX")


def at(image: Image.Image, x: int, y: int) -> tuple[int, ...]:
    pixel = image.getpixel((x, y))
    assert isinstance(pixel, tuple)
    return pixel


def near(pixel: tuple[int, ...], colour: tuple[int, ...]) -> bool:
    return all(abs(a - b) <= 6 for a, b in zip(pixel, colour, strict=True))


def test_a_photo_keeps_its_shape_on_true_black(striped: Striped) -> None:
    image = drawn(PhotoTile("a"), Size(160, 90), striped(Size(300, 300), ["red"], True))
    assert image.getbbox() == (35, 0, 125, 90)
    assert near(at(image, 80, 45), RED)
    assert near(at(image, 35, 45), RED)
    assert at(image, 34, 45) == BLACK


def test_a_small_photo_fills_its_place_too(striped: Striped) -> None:
    image = drawn(PhotoTile("a"), Size(400, 300), striped(Size(40, 30), ["red"], True))
    assert image.getbbox() == (0, 0, 400, 300)


def test_the_gutter_of_a_mosaic_is_black_all_round(striped: Striped) -> None:
    image = drawn(PhotoTile("a", margin=5), Size(100, 80), striped(Size(900, 700), ["red"], True))
    assert image.getbbox() == (5, 5, 95, 75)


@pytest.mark.parametrize("original", [Size(90, 1200), Size(900, 1800), Size(30, 90)])
def test_cover_keeps_the_middle_third_of_a_tall_portrait(striped: Striped, original: Size) -> None:
    image = drawn(PhotoTile("a", Fit.COVER), Size(160, 90), striped(original, ["red", "green", "blue"], True))
    assert all(near(at(image, x, y), (0, 128, 0)) for x in (1, 80, 158) for y in (4, 45, 85))


def test_cover_keeps_the_middle_of_a_wide_photo_and_fills_the_place(striped: Striped) -> None:
    image = drawn(PhotoTile("a", Fit.COVER), Size(50, 100), striped(Size(900, 300), ["red", "lime", "red"], False))
    assert all(near(at(image, x, y), GREEN) for x in (1, 25, 48) for y in (0, 50, 99))


def test_the_copy_is_asked_for_at_the_size_within_the_gutter(striped: Striped) -> None:
    asked = []

    def rendition(medium: str, size: Size) -> bytes:
        asked.append((medium, size))
        return striped(Size(30, 30), ["red"], True)

    rasterise(PhotoTile("abc", margin=4), Size(100, 50), rendition)
    assert asked == [("abc", Size(92, 42))]


@pytest.mark.parametrize("spoilt", [b"", b"no picture", None])
def test_a_copy_that_is_not_whole_is_a_fault_and_never_half_a_picture(striped: Striped, spoilt: bytes | None) -> None:
    whole = striped(Size(400, 300), ["red", "green", "blue"], True)
    with pytest.raises(RenditionFault, match="aaaaaaaaaaaa cannot be decoded"):
        drawn(PhotoTile("a" * 64), Size(40, 30), whole[: len(whole) // 2] if spoilt is None else spoilt)


def test_only_a_jpeg_is_ever_decoded() -> None:
    with pytest.raises(RenditionFault):
        drawn(PhotoTile("a"), Size(4, 4), b"GIF89a" + bytes(100))


def test_the_caption_lies_along_the_bottom_and_leaves_the_rest(striped: Striped) -> None:
    jpeg = striped(Size(640, 360), ["red"], True)
    plain = drawn(PhotoTile("a"), Size(640, 360), jpeg)
    captioned = drawn(PhotoTile("a", words=("Placeholder",)), Size(640, 360), jpeg)
    changed = ImageChops.difference(plain, captioned).getbbox()
    assert changed is not None
    assert changed[1] > 180


def test_set_text_and_black_fill_their_place_exactly() -> None:
    text = rasterise(TextTile((("en", "We Remember"),)), Size(320, 180), lambda _medium, _size: b"")
    black = rasterise(BlackTile(), Size(320, 180), lambda _medium, _size: b"")
    assert len(text) == len(black) == 320 * 180 * 4
    assert max(text[::4]) > 128
    assert max(black[::4]) == 0
