"""The number of a frame in its pixels, written and read."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from projector.render.sample_counter import draw_counter, draw_flash, flashes, is_flash, read_counter, square
from projector.show.picture import Size

NUMBERS = [0, 1, 2, 255, 256, 32767, 65535]


def frame(number: int, size: tuple[int, int] = (1280, 720), *, white: bool = False) -> Image.Image:
    image = Image.new("RGB", size, (60, 90, 70))
    draw_counter(image, number)
    draw_flash(image, white=white)
    return image


@given(st.integers(0, 65535))
def test_what_is_drawn_is_read(number: int) -> None:
    assert read_counter(frame(number, (320, 180)), (0, 0, 320, 180)) == number


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (960, 720)])
def test_it_is_read_from_a_small_capture_in_which_the_clip_is_only_a_part(number: int, size: tuple[int, int]) -> None:
    canvas = Image.new("RGB", (640, 360))
    scale = min(640 / size[0], 360 / size[1])
    width, height = round(size[0] * scale), round(size[1] * scale)
    x, y = (640 - width) // 2, (360 - height) // 2
    canvas.paste(frame(number, size).resize((width, height), Image.Resampling.BILINEAR), (x, y))

    assert read_counter(canvas, (x, y, width, height)) == number
    assert read_counter(canvas, (x + 0.4 * width, y, width / 2, height)) is None


@pytest.mark.parametrize("number", NUMBERS)
def test_it_is_read_while_the_picture_fades(number: int) -> None:
    dimmed = frame(number).point(lambda value: value // 4)

    assert read_counter(dimmed, (0, 0, 1280, 720)) == number
    assert read_counter(dimmed.point(lambda value: value // 8), (0, 0, 1280, 720)) is None


@given(st.integers(0, 65534), st.floats(0.05, 0.95))
def test_two_frames_blended_are_never_read_as_another_one(number: int, share: float) -> None:
    blended = Image.blend(frame(number, (320, 180)), frame(number + 1, (320, 180)), share)

    assert read_counter(blended, (0, 0, 320, 180)) in {number, number + 1, None}
    assert not 0.35 < share < 0.65 or read_counter(blended, (0, 0, 320, 180)) is None


@pytest.mark.parametrize("which", range(20))
def test_a_square_that_is_wrong_is_not_read(which: int) -> None:
    image = frame(4711)
    side = square(Size(1280, 720))
    x, y = 1280 * 0.06 + which % 10 * side, 720 * 0.06 + which // 10 * side
    box = (round(x), round(y), round(x + side), round(y + side))
    image.paste(ImageChops.invert(image.crop(box)), box)

    assert read_counter(frame(4711), (0, 0, 1280, 720)) == 4711
    assert read_counter(image, (0, 0, 1280, 720)) is None


def test_black_has_no_number_and_no_flash() -> None:
    black = Image.new("RGB", (1280, 720))

    assert read_counter(black, (0, 0, 1280, 720)) is None
    assert not is_flash(black, (0, 0, 1280, 720))


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (960, 720)])
def test_a_flash_is_told_from_none(size: tuple[int, int]) -> None:
    assert is_flash(frame(7, size, white=True), (0, 0, *size))
    assert not is_flash(frame(7, size), (0, 0, *size))


def test_a_flash_lasts_a_tenth_of_every_second() -> None:
    assert [n for n in range(60) if flashes(n, Fraction(25))] == [0, 1, 2, 25, 26, 27, 50, 51, 52]
    assert [n for n in range(40) if flashes(n, Fraction(30))] == [0, 1, 2, 30, 31, 32]


@pytest.mark.parametrize("size", [Size(1280, 720), Size(720, 1280), Size(960, 720)])
def test_a_square_is_at_least_a_thirtieth_of_the_height(size: Size) -> None:
    assert square(size) >= size.height / 30
