import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from projector.clock import Machine
from projector.intake.watch import Watch


class Watched:
    """A watch, and the machine time that is set by hand."""

    def __init__(self, root: Path) -> None:
        self.watch = Watch(root)
        self.now = 0.0
        self.hints: set[str | None] = set()

    def turn(self) -> None:
        self.now += 1.0
        self.hints |= set(self.watch.turn(Machine(self.now)))

    def until(self, true: Callable[[], bool]) -> bool:
        end = time.monotonic() + 5
        while not true() and time.monotonic() < end:
            self.turn()
            time.sleep(0.01)
        return true()


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    root = tmp_path / "media"
    root.mkdir()
    made = Watched(root)
    made.turn()
    made.hints.clear()
    yield made
    made.watch.close()


def test_a_file_that_is_written_or_renamed_in_is_a_hint(watched: Watched, tmp_path: Path) -> None:
    root = watched.watch.root
    (root / "photos").mkdir()
    (root / "photos/a.jpg").write_bytes(b"x")
    (tmp_path / "b.jpg").write_bytes(b"x")
    (tmp_path / "b.jpg").rename(root / "b.jpg")
    assert watched.until(lambda: {str(root / "photos/a.jpg"), str(root / "b.jpg")} <= watched.hints)


def test_a_file_that_is_removed_is_a_hint(watched: Watched) -> None:
    path = watched.watch.root / "a.jpg"
    path.write_bytes(b"x")
    assert watched.until(lambda: str(path) in watched.hints)
    watched.hints.clear()
    path.unlink()
    assert watched.until(lambda: str(path) in watched.hints)


def test_reading_is_no_hint(watched: Watched) -> None:
    path = watched.watch.root / "a.jpg"
    path.write_bytes(b"x")
    assert watched.until(lambda: str(path) in watched.hints)
    for number in range(3):
        # What is read before a file is written has been told, if at all, when that file is.
        path.read_bytes()
        mark = path.with_name(f"{number}.jpg")
        mark.write_bytes(b"x")
        assert watched.until(lambda mark=mark: str(mark) in watched.hints)  # type: ignore[misc]  # mypy: lambda defaults
        seen = str(path) in watched.hints
        watched.hints.clear()
    assert not seen


def test_a_folder_that_comes_later_is_watched_and_gone_round(tmp_path: Path) -> None:
    root = tmp_path / "media"
    watched = Watched(root)
    watched.turn()
    assert watched.hints == set()
    root.mkdir()
    watched.turn()
    assert watched.hints == {None}
    (root / "a.jpg").write_bytes(b"x")
    assert watched.until(lambda: str(root / "a.jpg") in watched.hints)
    watched.watch.close()


def test_another_folder_by_the_same_name_is_noticed(watched: Watched, tmp_path: Path) -> None:
    root = watched.watch.root
    root.rename(tmp_path / "before")
    root.mkdir()
    assert watched.until(lambda: None in watched.hints)
    (root / "a.jpg").write_bytes(b"x")
    assert watched.until(lambda: str(root / "a.jpg") in watched.hints)


def test_a_folder_deleted_and_made_again_is_noticed(watched: Watched) -> None:
    root = watched.watch.root
    root.rmdir()
    watched.turn()
    root.mkdir()
    assert watched.until(lambda: None in watched.hints)
    (root / "a.jpg").write_bytes(b"x")
    assert watched.until(lambda: str(root / "a.jpg") in watched.hints)


def test_lost_events_ask_for_a_round(watched: Watched) -> None:
    logging.getLogger("watchdog.observers.inotify_c").warning("Inotify queue overflowed; filesystem events were lost")
    watched.turn()
    assert watched.hints == {None}
