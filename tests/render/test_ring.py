import random
from collections.abc import Iterator

import pytest

from projector.render.ring import KEPT, MOST_BYTES, Ring, Shape, State

SHAPE = Shape(10, 5)


@pytest.fixture
def ring() -> Iterator[Ring]:
    ring = Ring.make(SHAPE)
    yield ring
    ring.close()


def write(ring: Ring, number: int) -> None:
    ring.free_slot()[:] = bytes([number % 256]) * SHAPE.bytes
    ring.commit(number)


def taken(ring: Ring, number: int) -> int | None:
    got = ring.take(number)
    if got is None:
        return None
    assert set(got[1]) == {got[0] % 256}
    return got[0]


def test_an_odd_picture_has_chroma_for_its_last_row_and_column() -> None:
    assert Shape(5, 3).bytes == 5 * 3 + 2 * (3 * 2)


def test_the_frame_that_is_named_comes_out_whole(ring: Ring) -> None:
    for number in range(7):
        write(ring, number)
    assert taken(ring, 4) == 4


def test_in_place_of_a_frame_that_is_not_there_the_newest_before_it_comes(ring: Ring) -> None:
    for number in (3, 4, 9):
        write(ring, number)
    assert taken(ring, 2) is None
    assert taken(ring, 8) == 4
    assert taken(ring, 30) == 9


def test_what_was_taken_stays_and_only_the_last_few_before_it_are_kept(ring: Ring) -> None:
    for number in range(ring.slots):
        write(ring, number)
    assert taken(ring, 0) == 0
    assert ring.is_full, "the frame that is being drawn must not be written over"
    assert taken(ring, 8) == 8
    for number in range(ring.slots, ring.slots + 8 - KEPT):
        assert not ring.is_full
        write(ring, number)
    assert ring.is_full
    assert [taken(ring, number) for number in (8, 7, 8 - KEPT)] == [8, 7, 8 - KEPT]
    assert taken(ring, 8 - KEPT - 1) is None


def test_all_frames_pass_in_order_at_any_pace(ring: Ring) -> None:
    chance = random.Random(1)
    written = wanted = 0
    while wanted < 300:
        if chance.random() < 0.5 and not ring.is_full:
            write(ring, written)
            written += 1
        elif written > wanted:
            assert taken(ring, wanted) == wanted
            wanted += 1


def test_both_sides_see_the_same_ring(ring: Ring) -> None:
    import os  # noqa: PLC0415

    other = Ring(os.dup(ring.handle), SHAPE, ring.slots)
    write(other, 8)
    other.state = State.ENDED
    assert (ring.state, ring.newest(), ring.oldest(), ring.written) == (State.ENDED, 8, 8, 1)
    assert taken(ring, 8) == 8
    other.close()


def test_large_pictures_have_fewer_slots() -> None:
    large = Ring.make(Shape(3840, 2160))
    assert large.slots * large.shape.bytes <= MOST_BYTES
    large.close()
