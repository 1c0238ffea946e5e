import pytest

from projector.intake.sizes import Wants, contained, covering, targets
from projector.show.picture import Size


@pytest.mark.parametrize(
    ("original", "box", "fits", "covers"),
    [
        (Size(4000, 3000), Size(240, 216), Size(240, 180), Size(288, 216)),
        (Size(3000, 4000), Size(240, 216), Size(162, 216), Size(240, 320)),
        (Size(10000, 1000), Size(240, 216), Size(240, 24), Size(480, 48)),
        (Size(100, 80), Size(240, 216), Size(100, 80), Size(100, 80)),
        (Size(9000, 32), Size(90, 90), Size(90, 1), Size(180, 1)),
    ],
)
def test_sizes_of_copies(original: Size, box: Size, fits: Size, covers: Size) -> None:
    assert contained(original, box) == fits
    assert covering(original, box) == covers


def test_only_what_is_wanted_has_a_size() -> None:
    assert targets(Size(400, 300), Wants(None)) == {}
    assert targets(Size(400, 300), Wants(None, wall=Size(200, 200))) == {"wall": Size(200, 150)}
