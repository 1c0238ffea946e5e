"""A mosaic breathes: together up, together away, and in between one change after the other, evenly."""

from itertools import pairwise

import pytest

from projector.clock import Programme
from projector.show.planner import extend, plan
from projector.show.showings import Block, Showing, Showings
from tests.show.shows import calendar, photos, show, situation

NOTHING = Showings((), ())


def mosaic(
    count: int, grid: str = "8x5", dwell: float = 12.0, length: float = 240.0, change: str = "mix 1.5s"
) -> tuple[Block, dict[int | None, list[Showing]]]:
    cue = {"cue": "mosaic", "grid": grid, "dwell": f"{dwell}s", "length": f"{length}s", "transition": change}
    made = plan(situation(show([cue]), calendar(1), photos(count)), NOTHING, Programme(60.0))
    made = extend(situation(show([cue]), calendar(1), photos(count)), made, Programme(length))
    return made.blocks[0], made.places(made.blocks[0])


def changes(places: dict[int | None, list[Showing]]) -> list[tuple[float, int | None]]:
    return sorted((s.start, s.cell) for place in places.values() for s in place[1:])


@pytest.mark.parametrize(("grid", "dwell"), [("8x5", 12.0), ("3x2", 8.0), ("16x9", 20.0)])
def test_all_places_come_up_together_and_go_together(grid: str, dwell: float) -> None:
    block, places = mosaic(400, grid, dwell)
    assert {place[0].start for place in places.values()} == {block.start}
    assert {place[-1].end for place in places.values()} == {block.end}


@pytest.mark.parametrize(("grid", "dwell"), [("8x5", 12.0), ("3x2", 8.0), ("16x9", 20.0)])
def test_first_and_last_dwells_are_one_to_two_dwells_and_the_others_one(grid: str, dwell: float) -> None:
    _, places = mosaic(400, grid, dwell)
    for first, *middle, last in places.values():
        assert dwell - 1e-6 <= first.end - first.start <= 2 * dwell + 1e-6
        assert dwell - 1e-6 <= last.end - last.start <= 2 * dwell + 1e-6
        assert all(abs(s.end - s.start - dwell) < 1e-6 for s in middle)


@pytest.mark.parametrize(("grid", "cells"), [("8x5", 40), ("3x2", 6)])
def test_changes_are_a_dwell_by_the_number_of_cells_apart(grid: str, cells: int) -> None:
    _, places = mosaic(400, grid)
    starts = [at for at, _ in changes(places)]
    assert len(starts) > cells
    assert all(abs(b - a - 12 / cells) < 1e-6 for a, b in pairwise(starts))


def test_changes_do_not_run_in_rows() -> None:
    _, places = mosaic(400)
    cells = [cell or 0 for _, cell in changes(places)][:40]
    assert sum(abs(a - b) == 1 for a, b in pairwise(cells)) < 8
    assert sorted(cells) == list(range(40))


def test_a_wall_of_as_many_photos_as_places_stands_still() -> None:
    _, places = mosaic(40)
    assert {len(place) for place in places.values()} == {1}


@pytest.mark.parametrize("count", [41, 43, 50])
def test_with_hardly_more_photos_than_places_everybody_and_every_place_has_its_turn(count: int) -> None:
    _, places = mosaic(count, length=900.0)
    times: dict[str | None, int] = {}
    for place in places.values():
        for s in place:
            times[s.medium] = times.get(s.medium, 0) + 1
    assert len(times) == count
    assert max(times.values()) <= min(times.values()) * 1.25 + 1
    turns = [len(place) for place in places.values()]
    assert max(turns) - min(turns) <= 2


def test_a_photo_is_not_put_up_while_it_still_mixes_away_elsewhere() -> None:
    _, places = mosaic(43, length=900.0)
    ends: dict[str | None, float] = {}
    for s in sorted((s for place in places.values() for s in place), key=lambda s: s.start):
        assert s.start >= ends.get(s.medium, -9.0) + 1.5 - 1e-6
        ends[s.medium] = s.end


def test_many_new_photos_come_up_one_by_one_and_not_all_at_once() -> None:
    cue = {"cue": "mosaic", "grid": "8x5", "dwell": "12s", "length": "12min"}
    full = situation(show([cue]), calendar(1), photos(40))
    made = plan(full, NOTHING, Programme(3600.0))
    more = situation(show([cue]), calendar(1), photos(80), full.now + 100)
    new = plan(more, made, Programme(3600.0))
    starts = [at for at, _ in changes(new.places(new.blocks[0]))]
    assert starts[0] >= 160
    assert len(starts) > 100
    assert all(b - a >= 0.3 - 1e-6 for a, b in pairwise(starts))


def test_the_order_of_changes_is_another_in_the_next_mosaic() -> None:
    cue = {"cue": "mosaic", "grid": "4x3", "dwell": "12s", "length": "100s"}
    made = plan(situation(show([cue]), calendar(1), photos(100)), NOTHING, Programme(190.0))
    orders = [[cell for _, cell in changes(made.places(block))][:12] for block in made.blocks[:2]]
    assert orders[0] != orders[1]
