from fractions import Fraction

import pytest

from projector.intake.house_format import house_rate, house_size
from projector.show.picture import Size

WALL = Size(1920, 1080)
SQUARE = Fraction(1)


@pytest.mark.parametrize(
    ("average", "finest", "given"),
    [
        ("25", "25", "25"),
        ("30000/1001", "30000/1001", "30000/1001"),
        ("24000/1001", "24000/1001", "24000/1001"),
        ("19001/317", "60000/1001", "60000/1001"),  # Matroska's milliseconds
        ("2997/100", "30", "30"),  # a telephone that missed a picture now and then
        ("53955000/1823000", "30", "30"),
        ("25", "50", "25"),  # fields
        ("30000/1001", "60000/1001", "30000/1001"),
        ("27", "90000", "25"),
        ("58", "90000", "60"),
        ("120", "120", "60"),
        ("240", "240", "60"),
        ("100", "100", "50"),
        ("120000/1001", "120000/1001", "60000/1001"),
        ("90", "90", "30"),
        ("1000", "1000", "60"),
        ("15", "15", "30"),
        ("25/2", "25/2", "25"),
        ("12", "12", "48"),
        ("10", "10", "30"),
        ("1", "1", "25"),
        ("1/7", "1/7", "25"),
        ("0", "30", "30"),
        ("0", "0", "25"),
    ],
)
def test_a_rate_becomes_the_standard_one_that_was_meant(average: str, finest: str, given: str) -> None:
    assert house_rate(Fraction(average), Fraction(finest)) == Fraction(given)


@pytest.mark.parametrize(
    ("coded", "aspect", "turn", "size"),
    [
        (Size(1920, 1080), "1", 0, Size(1920, 1080)),
        (Size(1920, 1080), "1", 90, Size(608, 1080)),
        (Size(3840, 2160), "1", 0, Size(1920, 1080)),
        (Size(4096, 2160), "1", 0, Size(1920, 1012)),
        (Size(640, 480), "1", 0, Size(640, 480)),
        (Size(641, 481), "1", 270, Size(480, 640)),
        (Size(720, 576), "64/45", 0, Size(1024, 576)),
        (Size(1440, 1080), "4/3", 0, Size(1920, 1080)),
        (Size(720, 480), "8/9", 0, Size(720, 540)),
        (Size(720, 576), "64/45", 90, Size(576, 1024)),
    ],
)
def test_a_clip_keeps_its_shape_and_lies_in_the_wall(coded: Size, aspect: str, turn: int, size: Size) -> None:
    assert house_size(coded, Fraction(aspect), turn, WALL) == size


def test_a_wall_of_odd_size_gets_clips_of_even_size_within_it() -> None:
    assert house_size(Size(1920, 1080), SQUARE, 0, Size(801, 451)) == Size(800, 450)
