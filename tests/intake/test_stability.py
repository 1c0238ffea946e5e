from pathlib import Path

from projector.clock import Machine
from projector.intake.stability import Stability, has_writer

PATH = Path("/media/photos/a.jpg")
NOW = 1_800_000_000.0


def mark(size: int = 10, age: float = 100.0, inode: int = 1) -> tuple[int, int, int]:
    return size, int((NOW - age) * 1e9), inode


def stability(writer: bool | None = False) -> Stability:
    return Stability(lambda _: writer)


def test_a_file_that_has_lain_there_settles_at_first_sight() -> None:
    assert stability().settled(PATH, mark(age=6), Machine(0.0), NOW)


def test_a_fresh_file_settles_after_a_second_without_change() -> None:
    files = stability()
    assert [files.settled(PATH, mark(age=1), Machine(t), NOW) for t in (0.0, 0.5, 0.99, 1.0)] == [
        False,
        False,
        False,
        True,
    ]


def test_every_change_starts_the_second_anew() -> None:
    files = stability()
    steps = [(0.0, mark(10, 1)), (0.9, mark(20, 1)), (1.8, mark(20, 1)), (1.85, mark(20, 0.5)), (2.8, mark(20, 0.5, 2))]
    assert not any(files.settled(PATH, seen, Machine(at), NOW) for at, seen in steps)
    assert files.settled(PATH, mark(20, 0.5, 2), Machine(3.8), NOW)


def test_a_change_is_not_taken_at_first_sight_however_old_its_mtime() -> None:
    files = stability()
    files.settled(PATH, mark(10, 1), Machine(0.0), NOW)
    assert not files.settled(PATH, mark(20, 1000), Machine(0.1), NOW)


def test_an_open_writer_is_waited_for() -> None:
    writing = [True]
    files = Stability(lambda _: writing[0])
    assert not any(files.settled(PATH, mark(), Machine(float(t)), NOW) for t in range(100))
    writing[0] = False
    assert files.settled(PATH, mark(), Machine(100.0), NOW)


def test_where_writers_cannot_be_told_the_second_has_to_pass() -> None:
    files = stability(None)
    assert not files.settled(PATH, mark(), Machine(0.0), NOW)
    assert files.settled(PATH, mark(), Machine(1.0), NOW)


def test_a_clock_that_is_wrong_only_costs_the_second() -> None:
    files = stability()
    assert not files.settled(PATH, mark(age=-3600), Machine(0.0), NOW)
    assert files.settled(PATH, mark(age=-3600), Machine(1.0), NOW)


def test_a_file_that_was_forgotten_is_seen_for_the_first_time() -> None:
    files = stability()
    files.settled(PATH, mark(age=1), Machine(0.0), NOW)
    files.forget(PATH)
    assert not files.settled(PATH, mark(age=1), Machine(5.0), NOW)


def test_it_is_worth_asking_again_when_the_second_is_over() -> None:
    files = stability()
    files.settled(PATH, mark(age=1), Machine(10.0), NOW)
    assert files.due(PATH, Machine(10.1)) == 11.0


def test_the_lease_tells_who_writes(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    with path.open("wb") as file:
        file.write(b"half of it")
        file.flush()
        assert has_writer(path) is True
    assert has_writer(path) is False
    assert has_writer(tmp_path / "none.jpg") is None
