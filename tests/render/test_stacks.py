from projector.render.stacks import Sheet, changed, needed, overlaps, seen, stacked
from projector.render.tiles import Key
from projector.show.layout import cells
from projector.show.picture import BlackTile, Layer, PhotoTile, Picture, Rect, Size

WHOLE = Rect(0, 0, 100, 60)
LEFT, RIGHT = Rect(0, 0, 50, 60), Rect(50, 0, 50, 60)


def test_an_opaque_tile_hides_all_beneath_it_in_its_place() -> None:
    sheets = [Sheet(1, LEFT, 1.0), Sheet(2, LEFT, 0.5), Sheet(3, LEFT, 1.0), Sheet(4, LEFT, 0.2)]
    assert stacked(sheets) == {LEFT: [sheets[2], sheets[3]]}


def test_a_tile_over_a_larger_one_hides_it_only_where_it_lies() -> None:
    title, photo = Sheet(1, WHOLE, 1.0), Sheet(2, LEFT, 1.0)
    stacks = stacked([title, photo])
    assert stacks == {WHOLE: [title, photo], LEFT: [photo]}
    assert seen([title, photo], stacks) == [title, photo]


def test_what_has_no_opacity_is_not_there() -> None:
    assert stacked([Sheet(1, LEFT, 0.0)]) == {}


def test_only_the_place_whose_stack_changed_is_drawn_again() -> None:
    before = stacked([Sheet(1, LEFT, 1.0), Sheet(2, RIGHT, 1.0)])
    after = stacked([Sheet(1, LEFT, 1.0), Sheet(2, RIGHT, 1.0), Sheet(3, RIGHT, 0.1)])
    assert changed(before, after) == [RIGHT]
    assert changed(after, after) == []


def test_a_change_beneath_an_opaque_tile_draws_nothing() -> None:
    before = stacked([Sheet(1, LEFT, 1.0), Sheet(2, LEFT, 1.0)])
    assert changed(before, stacked([Sheet(9, LEFT, 1.0), Sheet(2, LEFT, 1.0)])) == []


def test_a_change_of_a_large_place_is_drawn_once_with_all_that_lies_on_it() -> None:
    photos = [Sheet(2, LEFT, 0.5), Sheet(3, RIGHT, 0.5)]
    before, after = stacked([Sheet(1, WHOLE, 1.0), *photos]), stacked([Sheet(4, WHOLE, 1.0), *photos])
    assert changed(before, after) == [WHOLE]


def test_the_order_of_overlapping_places_is_a_change() -> None:
    one, other = Sheet(1, WHOLE, 0.5), Sheet(2, LEFT, 0.5)
    assert changed(stacked([one, other]), stacked([other, one])) == [WHOLE]


def test_other_places_mean_the_whole_canvas() -> None:
    assert changed(stacked([Sheet(1, LEFT, 1.0)]), stacked([Sheet(1, RIGHT, 1.0)])) is None


def test_the_cells_of_a_grid_overlap_nothing_and_two_grids_do() -> None:
    grid = cells(Size(1920, 1080), 8, 5)
    assert all([beneath.rect for beneath in under] == [rect] for rect, under in overlaps(grid).items())
    crossing = overlaps((*cells(Size(1920, 1080), 4, 4), *grid))
    first = crossing[Rect(0, 0, 480, 270)]
    assert {(beneath.rect.x, beneath.rect.y) for beneath in first} == {(0, 0), (240, 0), (0, 216), (240, 216)}


def test_a_picture_needs_what_is_seen_of_it_and_no_black() -> None:
    layers = (
        Layer(PhotoTile("hidden"), LEFT, 1.0),
        Layer(PhotoTile("below"), LEFT, 1.0),
        Layer(PhotoTile("above"), LEFT, 0.5),
        Layer(BlackTile(), RIGHT, 1.0),
        Layer(PhotoTile("to come"), RIGHT, 0.0),
        Layer(PhotoTile("above"), LEFT, 0.5),
    )
    size = Size(50, 60)
    assert needed(Picture(layers)) == [Key(PhotoTile("below"), size), Key(PhotoTile("above"), size)]
