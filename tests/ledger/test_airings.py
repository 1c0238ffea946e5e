"""What the wall really showed, and what of it counts as shown."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from projector.clock import Instant
from projector.ledger import airings
from projector.ledger.airings import CLIP_PART, AiringsLog, Ended, Opened
from projector.ledger.database import Ledger
from projector.ledger.tables import open_ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path / "ledger.db") as opened:
        yield opened


def opened(key: str = "k", start: float = 100.0, medium: str | None = "a") -> Opened:
    """A photo that comes up for 1.5 s and is to stand for 8."""
    return Opened(
        key,
        "medium",
        "photo",
        Instant(start),
        Instant(start + 1.5),
        8.0,
        7,
        3,
        medium,
        Instant(start),
        Instant(start + 8),
    )


def row(ledger: Ledger) -> tuple[Any, ...]:
    found = ledger.connection.execute("SELECT shown_start, shown_end, ended_by, counted FROM airings").fetchall()
    assert len(found) == 1
    return tuple(found[0])


def test_an_airing_is_open_until_it_ends(ledger: Ledger) -> None:
    log = AiringsLog(ledger)
    log.write([opened()])
    assert row(ledger) == (100.0, None, None, 0)
    assert airings.open_media(ledger) == {"a"}
    log.write([Ended("k", Instant(108.0), "plan")])
    assert row(ledger) == (100.0, 108.0, "plan", 1)
    assert airings.open_media(ledger) == set()
    assert airings.last_shown(ledger, "a") == [(100.0, 108.0)]


@pytest.mark.parametrize(("stood", "counts"), [(8.0, 1), (5.5, 1), (5.4, 0), (4.0, 0), (1.0, 0)])
def test_it_counts_when_it_stood_for_half_its_dwell_at_full_opacity(ledger: Ledger, stood: float, counts: int) -> None:
    AiringsLog(ledger).write([opened(), Ended("k", Instant(100.0 + stood), "take")])
    assert row(ledger)[3] == counts
    assert airings.counts(ledger) == ({"a": 1} if counts else {})


def test_a_slate_counts_for_nobody(ledger: Ledger) -> None:
    AiringsLog(ledger).write([opened(medium=None), Ended("k", Instant(200.0), "plan")])
    assert airings.counts(ledger) == {}


def test_two_that_stand_at_once_end_each_for_itself(ledger: Ledger) -> None:
    log = AiringsLog(ledger)
    log.write([opened("k"), opened("l", 102.0, "b")])
    log.write([Ended("k", Instant(110.0), "plan")])
    assert airings.open_media(ledger) == {"b"}
    log.write([Ended("l", Instant(110.0), "plan")])
    assert airings.counts(ledger) == {"a": 1, "b": 1}


def test_what_a_dead_wall_left_open_ends_at_its_last_flip(ledger: Ledger) -> None:
    AiringsLog(ledger).write([opened()])
    assert airings.close_open(ledger, Instant(103.0)) == 1
    assert row(ledger) == (100.0, 103.0, "fault", 0)
    assert airings.close_open(ledger, Instant(104.0)) == 0


def test_it_counts_even_when_the_wall_died_late_in_it(ledger: Ledger) -> None:
    AiringsLog(ledger).write([opened()])
    airings.close_open(ledger, Instant(107.0))
    assert airings.counts(ledger) == {"a": 1}


def test_what_was_never_flipped_was_never_shown(ledger: Ledger) -> None:
    AiringsLog(ledger).write([opened("k", 100.0), opened("l", 104.0, "b")])
    airings.close_open(ledger, Instant(103.0))
    assert row(ledger) == (100.0, 103.0, "fault", 0)
    AiringsLog(ledger).write([opened("m", 120.0, "c")])
    airings.close_open(ledger, None)
    assert airings.last_shown(ledger, "c") == []


def test_an_end_that_nobody_opened_is_passed_over(ledger: Ledger) -> None:
    AiringsLog(ledger).write([Ended("k", Instant(5.0), "plan")])
    assert airings.counts(ledger) == {}


@pytest.mark.parametrize(
    ("end", "still", "counted"), [(117.9, 0.0, 0), (118.0, 0.0, 1), (130.0, 15.0, 0), (133.0, 15.0, 1)]
)
def test_a_clip_is_shown_when_nine_tenths_of_it_were_played(
    ledger: Ledger, end: float, still: float, counted: int
) -> None:
    clip = replace(opened(), full_from=Instant(100.0), dwell=20.0, part=CLIP_PART)
    log = AiringsLog(ledger)
    log.write([clip])
    log.write([Ended("k", Instant(end), "plan", still)])
    assert row(ledger)[-1] == counted


def test_an_older_ledger_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with Ledger(path, airings.SCHEMA.replace(",\n    part REAL NOT NULL DEFAULT 0.5", "")) as old:
        old.connection.execute(
            "INSERT INTO airings (what, cue, medium, dwell, shown_start, full_from) VALUES ('medium', 'photo', 'a', 8, 100, 101.5)"
        )
    with open_ledger(path) as ledger:
        airings.close_open(ledger, Instant(107.0))
        assert airings.counts(ledger) == {"a": 1}
