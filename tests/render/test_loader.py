import threading
from collections.abc import Callable, Iterator

import pytest

from projector.clock import Machine
from projector.errors import RenditionFault
from projector.render.loader import FIRST_RETRY, Failure, Loader
from projector.render.tiles import Key
from projector.show.picture import PhotoTile, Size

PATIENCE = 5.0


def key(name: str) -> Key:
    return Key(PhotoTile(name), Size(4, 3))


class Studio:
    """Makes tiles when it is let: `begun` in order, each waiting for its gate, failing where told."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.failing: dict[str, Exception] = {}
        self.open = threading.Event()
        self.open.set()
        self.at_work = threading.Semaphore(0)

    def __call__(self, wanted: Key) -> bytes:
        assert isinstance(wanted.tile, PhotoTile)
        self.begun.append(wanted.tile.medium)
        self.at_work.release()
        assert self.open.wait(PATIENCE)
        if wanted.tile.medium in self.failing:
            raise self.failing[wanted.tile.medium]
        return wanted.tile.medium.encode()


@pytest.fixture
def studio() -> Studio:
    return Studio()


@pytest.fixture
def now() -> list[Machine]:
    return [Machine(100.0)]


@pytest.fixture
def loader(studio: Studio, now: list[Machine]) -> Iterator[Loader]:
    loader = Loader(studio, threads=1, clock=lambda: now[0])
    yield loader
    studio.open.set()
    loader.close()


def until(found: Callable[[], bool]) -> None:
    """Wait for the worker thread, not for a time."""
    tries = 0
    pause = threading.Event()
    while not found():
        tries += 1
        assert tries < PATIENCE * 1000
        pause.wait(0.001)


def taken(loader: Loader, count: int) -> list[tuple[Key, bytes]]:
    found: list[tuple[Key, bytes]] = []

    def enough() -> bool:
        found.extend(loader.ready())
        return len(found) >= count

    until(enough)
    return found


def test_tiles_come_in_the_order_of_need_each_once(loader: Loader, studio: Studio) -> None:
    loader.want([key(name) for name in "abcdef"])
    assert taken(loader, 6) == [(key(name), name.encode()) for name in "abcdef"]
    assert studio.begun == list("abcdef")
    assert loader.ready() == []


def test_at_most_so_many_are_taken_and_the_rest_waits(loader: Loader) -> None:
    loader.want([key("a"), key("b")])
    until(lambda: all(job.done() for job in loader._jobs.values()))
    assert loader.ready(most=1) == [(key("a"), b"a")]
    assert loader.ready(most=1) == [(key("b"), b"b")]


def test_what_is_no_longer_wanted_is_dropped_before_it_begins(loader: Loader, studio: Studio) -> None:
    studio.open.clear()
    loader.want([key("a"), key("b"), key("c")])
    assert studio.at_work.acquire(timeout=PATIENCE)
    assert loader.loading() == (key("a"),)
    loader.want([key("a"), key("z")])
    studio.open.set()
    assert [one for one, _ in taken(loader, 2)] == [key("a"), key("z")]
    assert studio.begun == ["a", "z"]


def test_a_more_urgent_tile_overtakes_what_waits(loader: Loader, studio: Studio) -> None:
    studio.open.clear()
    loader.want([key("a"), key("b")])
    assert studio.at_work.acquire(timeout=PATIENCE)
    loader.want([key("a"), key("urgent"), key("b")])
    studio.open.set()
    assert [one for one, _ in taken(loader, 3)] == [key("a"), key("urgent"), key("b")]


def test_nothing_is_made_that_nobody_takes_beyond_the_bound(loader: Loader, studio: Studio) -> None:
    loader.want([key(str(number)) for number in range(50)])
    until(lambda: all(job.done() for job in loader._jobs.values()))
    loader.want([key(str(number)) for number in range(50)])
    assert studio.begun == ["0", "1"]


def test_a_tile_that_was_made_in_vain_is_not_handed_over(loader: Loader) -> None:
    loader.want([key("a")])
    until(lambda: all(job.done() for job in loader._jobs.values()))
    loader.want([key("b")])
    assert taken(loader, 1) == [(key("b"), b"b")]


def failed(loader: Loader, wanted: list[Key], studio: Studio, times: int) -> None:
    def enough() -> bool:
        loader.want(wanted)
        assert loader.ready() == []
        return len(studio.begun) >= times and not loader._jobs

    until(enough)


def test_a_failure_is_told_once_and_tried_again_ever_more_rarely(
    loader: Loader, studio: Studio, now: list[Machine]
) -> None:
    studio.failing["a"] = RenditionFault("the copy of a is missing")
    failed(loader, [key("a")], studio, 1)
    assert loader.failures() == [Failure(key("a"), "the copy of a is missing")]
    now[0] = Machine(now[0] + FIRST_RETRY - 0.1)
    failed(loader, [key("a")], studio, 1)
    assert studio.begun == ["a"]
    now[0] = Machine(now[0] + 0.2)
    failed(loader, [key("a")], studio, 2)
    assert loader.failures() == []
    now[0] = Machine(now[0] + FIRST_RETRY + 0.1)
    failed(loader, [key("a")], studio, 2)
    assert studio.begun == ["a", "a"]
    now[0] = Machine(now[0] + FIRST_RETRY)
    del studio.failing["a"]
    loader.want([key("a")])
    assert taken(loader, 1) == [(key("a"), b"a")]


def test_a_failure_that_comes_and_goes_from_the_wish_list_is_not_tried_at_every_coming(
    loader: Loader, studio: Studio
) -> None:
    studio.failing["a"] = RenditionFault("missing")
    failed(loader, [key("a")], studio, 1)
    loader.want([])
    failed(loader, [key("a")], studio, 1)
    assert studio.begun == ["a"]


def test_a_failure_keeps_no_other_tile_waiting(loader: Loader, studio: Studio) -> None:
    studio.failing["a"] = OSError("unreadable")
    loader.want([key("a"), key("b"), key("c"), key("d")])
    assert [one for one, _ in taken(loader, 3)] == [key("b"), key("c"), key("d")]


def test_a_bug_in_a_job_is_raised_where_it_can_be_logged(loader: Loader, studio: Studio) -> None:
    studio.failing["a"] = ZeroDivisionError("a bug")
    loader.want([key("a")])
    with pytest.raises(ZeroDivisionError):
        taken(loader, 1)
    assert loader.failures() == [Failure(key("a"), "a bug")]
