"""Where the places of a grid lie, and how a grid shrinks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projector.show.layout import SHAPE_TOLERANCE, cells, margin, shrunk
from projector.show.picture import Rect, Size

sizes = st.builds(Size, st.integers(64, 4096), st.integers(64, 4096))


@given(sizes, st.integers(1, 16), st.integers(1, 12))
def test_the_places_tile_the_canvas(canvas: Size, columns: int, rows: int) -> None:
    places = cells(canvas, columns, rows)
    assert len(places) == columns * rows
    assert sum(r.width * r.height for r in places) == canvas.width * canvas.height
    for number, r in enumerate(places):
        row, column = divmod(number, columns)
        if column:
            left = places[number - 1]
            assert (r.x, r.y) == (left.x + left.width, left.y)
        if row:
            above = places[number - columns]
            assert (r.x, r.y) == (above.x, above.y + above.height)
        assert min(r.width, r.height) > 0
    assert max(r.width for r in places) - min(r.width for r in places) <= 1
    assert max(r.height for r in places) - min(r.height for r in places) <= 1


@given(st.integers(1, 16), st.integers(1, 12), st.integers(0, 250))
def test_a_grid_shrinks_to_what_the_media_fill_and_keeps_its_proportion(columns: int, rows: int, media: int) -> None:
    c, r = shrunk(columns, rows, media)
    assert c <= columns
    assert r <= rows
    assert c * r <= max(1, media)
    if media >= columns * rows:
        assert (c, r) == (columns, rows)
    elif c * r > 1:
        assert abs(c / r / (columns / rows) - 1) <= SHAPE_TOLERANCE


@given(st.integers(1, 16), st.integers(1, 12), st.integers(0, 249))
def test_more_media_never_make_a_smaller_grid(columns: int, rows: int, media: int) -> None:
    (a, b), (c, d) = shrunk(columns, rows, media), shrunk(columns, rows, media + 1)
    assert a * b <= c * d


@pytest.mark.parametrize(
    ("grid", "media", "shape"),
    [((8, 5), 24, (6, 4)), ((8, 5), 10, (4, 2)), ((16, 9), 100, (13, 7)), ((4, 4), 9, (3, 3))],
)
def test_what_is_left_of_a_grid(grid: tuple[int, int], media: int, shape: tuple[int, int]) -> None:
    assert shrunk(*grid, media) == shape


def test_a_gutter_is_a_thin_line_in_every_place() -> None:
    assert margin(Rect(0, 0, 240, 216)) == 4
    assert margin(Rect(0, 0, 20, 20)) == 1
