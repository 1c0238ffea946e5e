"""Where a clip and its words lie on the canvas."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projector.show.media import Clip
from projector.show.picture import Rect, Size
from projector.show.words_place import ClipPlace, clip_place, em_of_words

FULL_HD = Size(1920, 1080)
CANVASES = [FULL_HD, Size(640, 360), Size(3840, 1080), Size(1080, 1920), Size(1024, 768)]


def clip(width: int, height: int) -> Clip:
    return Clip(width, height, Fraction(25), 100)


def inside(rect: Rect, canvas: Size) -> bool:
    return min(rect.x, rect.y) >= 0 and rect.x + rect.width <= canvas.width and rect.y + rect.height <= canvas.height


def apart(one: Rect, other: Rect) -> bool:
    return (
        one.x + one.width <= other.x
        or other.x + other.width <= one.x
        or one.y + one.height <= other.y
        or other.y + other.height <= one.y
    )


@pytest.mark.parametrize(
    ("width", "height", "place"),
    [
        (1280, 720, Rect(0, 0, 1920, 1080)),
        (720, 1280, Rect(656, 0, 608, 1080)),
        (2390, 1000, Rect(0, 138, 1920, 803)),
        (640, 480, Rect(240, 0, 1440, 1080)),
    ],
)
def test_a_clip_without_words_is_whole_and_in_the_middle(width: int, height: int, place: Rect) -> None:
    assert clip_place(FULL_HD, clip(width, height), worded=False) == ClipPlace(place, Rect(0, 0, 0, 0))


def test_a_wide_clip_moves_up_and_its_words_stand_below() -> None:
    placed = clip_place(FULL_HD, clip(2390, 1000), worded=True)

    assert placed == ClipPlace(Rect(0, 0, 1920, 803), Rect(0, 803, 1920, 277), over=False)


@pytest.mark.parametrize(("width", "height"), [(720, 1280), (1000, 1000)])
def test_an_upright_clip_moves_left_and_its_words_stand_at_its_right(width: int, height: int) -> None:
    placed = clip_place(FULL_HD, clip(width, height), worded=True)

    assert not placed.over
    assert placed.place.height == placed.band.height == 1080
    assert placed.band.x == placed.place.x + placed.place.width
    assert placed.place.x + placed.place.width / 2 < FULL_HD.width / 2


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (640, 480), (2000, 1000)])
def test_where_there_is_no_room_words_stand_over_the_foot_of_the_picture(width: int, height: int) -> None:
    placed = clip_place(FULL_HD, clip(width, height), worded=True)

    assert placed.over
    assert placed.place == clip_place(FULL_HD, clip(width, height), worded=False).place
    assert placed.band.y + placed.band.height == placed.place.y + placed.place.height
    assert placed.band.height <= FULL_HD.height / 3


@pytest.mark.parametrize("canvas", CANVASES)
@given(width=st.integers(16, 8000), height=st.integers(16, 8000), worded=st.booleans())
def test_a_clip_keeps_its_shape_within_a_pixel_and_words_are_on_the_canvas(
    canvas: Size, width: int, height: int, *, worded: bool
) -> None:
    placed = clip_place(canvas, clip(width, height), worded=worded)

    assert inside(placed.place, canvas)
    assert inside(placed.band, canvas)
    scale = min(canvas.width / width, canvas.height / height)
    assert abs(placed.place.width - width * scale) <= 1
    assert abs(placed.place.height - height * scale) <= 1
    assert placed.place.width == canvas.width or placed.place.height == canvas.height
    assert not worded or placed.over != apart(placed.place, placed.band)


@pytest.mark.parametrize("canvas", CANVASES)
@pytest.mark.parametrize("shape", [(239, 100), (16, 9), (4, 3), (1, 1), (9, 16)])
def test_two_languages_of_two_lines_have_room_in_letters_that_can_be_read(canvas: Size, shape: tuple[int, int]) -> None:
    placed = clip_place(canvas, clip(*shape), worded=True)
    em = em_of_words(Size(placed.band.width, placed.band.height), placed.over)

    assert em >= min(canvas.height / 30, canvas.width / 30)
    assert 5.6 * em <= placed.band.height
    assert 16 * em <= placed.band.width
