"""The plan in the ledger: as it was written, as it stands, and as it stood."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projector.clock import Instant, Programme, Seconds
from projector.ledger import showings
from projector.ledger.database import Ledger
from projector.ledger.revisions import revisions
from projector.ledger.tables import open_ledger
from projector.show.planner import plan
from projector.show.showings import Block, Fit, How, Showing, Showings, Shows, Transition
from tests.show.shows import calendar, photos, show, situation

NOTHING = Showings((), ())
EVER = Programme(1e9)
START = Programme(0.0)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path / "ledger.db") as opened:
        yield opened


def made(count: int = 20) -> Showings:
    rundown: list[dict[str, Any]] = [
        {"cue": "title", "text": {"en": "We Remember", "he": "אנחנו זוכרים"}, "dwell": "6s"},
        {"cue": "mosaic", "grid": "3x2", "dwell": "8s", "length": "1min", "caption": ["name", "country"]},
        {"cue": "photo", "count": 3, "dwell": "8s"},
    ]
    return plan(situation(show(rundown), calendar(1, 0.1), photos(count)), NOTHING, EVER)


def rows(plan_: Showings) -> tuple[tuple[Block, ...], list[Showing]]:
    return plan_.blocks, sorted(plan_, key=lambda s: s.id)


texts = st.lists(st.tuples(st.sampled_from(["en", "he"]), st.text(max_size=20)), max_size=3).map(tuple)
seconds = st.floats(0, 1e4).map(Seconds)
changes = st.builds(Transition, st.sampled_from(How), seconds)
blocks = st.builds(
    Block, st.just(1), st.text(max_size=5), st.integers(-1, 9), st.sampled_from(Shows), st.just(START),
    st.just(Programme(10.0)), changes, changes, seconds, st.integers(1, 9), st.integers(1, 9), st.sampled_from(Fit), texts,
    st.none() | st.text(max_size=9), st.lists(st.sampled_from(["name", "country"])).map(tuple), st.text(max_size=9),
    st.booleans(), st.floats(0, 999),
)  # fmt: skip
words = st.lists(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), min_size=1), max_size=3)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(block=blocks, medium=st.none() | st.just("a" * 64), cell=st.none() | st.integers(0, 9), lines=words.map(tuple))
def test_what_is_read_is_what_was_written(
    tmp_path: Path, block: Block, medium: str | None, cell: int | None, lines: tuple[str, ...]
) -> None:
    placed = Showing(1, 1, cell, medium, START, Programme(10.0), lines)
    with Ledger(tmp_path / f"{len(list(tmp_path.iterdir()))}.db", open_schema()) as ledger:
        showings.write(ledger, NOTHING, Showings([block], [placed]), Instant(5.0), START)
        assert rows(showings.read(ledger, START, EVER)) == ((block,), [placed])


def open_schema() -> str:
    from projector.ledger.tables import SCHEMA  # noqa: PLC0415  beside its one use

    return SCHEMA


def test_a_whole_plan_comes_back_as_it_was(ledger: Ledger) -> None:
    plan_ = made()
    showings.write(ledger, NOTHING, plan_, Instant(5.0), START)
    assert rows(showings.read(ledger, START, EVER)) == rows(plan_)
    assert showings.planned_end(ledger) == plan_.end


def test_ids_are_never_given_twice(ledger: Ledger) -> None:
    assert showings.next_ids(ledger) == (1, 1)
    plan_ = made()
    showings.write(ledger, NOTHING, plan_, Instant(5.0), START)
    assert showings.next_ids(ledger) == (max(b.id for b in plan_.blocks) + 1, max(s.id for s in plan_) + 1)


def test_only_what_differs_is_written(ledger: Ledger) -> None:
    plan_ = made()
    showings.write(ledger, NOTHING, plan_, Instant(5.0), START)
    assert showings.write(ledger, plan_, plan_, Instant(6.0), START) == 0
    placed = sorted(plan_, key=lambda s: s.id)
    changed = Showings(plan_.blocks, [*placed[:-1], replace(placed[-1], medium="b" * 64)])
    assert showings.write(ledger, plan_, changed, Instant(7.0), START) == 1
    assert rows(showings.read(ledger, START, EVER)) == rows(changed)


def test_what_was_on_air_and_is_planned_away_is_kept_and_what_was_to_come_is_not(ledger: Ledger) -> None:
    plan_ = made()
    showings.write(ledger, NOTHING, plan_, Instant(100.0), START)
    showings.write(ledger, plan_, NOTHING, Instant(120.0), Programme(20.0))
    assert rows(showings.read(ledger, START, EVER)) == ((), [])
    kept = [
        ident for (ident,) in ledger.connection.execute("SELECT id FROM showings WHERE dropped = 120.0 ORDER BY id")
    ]
    assert kept == sorted(s.id for s in plan_ if s.start < 20)
    assert ledger.connection.execute("SELECT count(*) FROM showings").fetchone() == (len(kept),)


def test_a_plan_that_was_made_from_what_no_longer_holds_is_not_written(ledger: Ledger) -> None:
    plan_ = made()
    assert showings.write(ledger, NOTHING, plan_, Instant(5.0), START, lambda: False) is None
    assert rows(showings.read(ledger, START, EVER)) == ((), [])


def test_the_plan_can_be_read_as_it_stood_at_a_past_instant(ledger: Ledger) -> None:
    plan_ = made()
    showings.write(ledger, NOTHING, plan_, Instant(100.0), START)
    gone = next(s for s in plan_ if s.medium and s.start == Programme(6.0))
    new = replace(gone, id=9000, medium="b" * 64, start=Programme(9.0))
    changed = Showings(plan_.blocks, [*(s for s in plan_ if s.id != gone.id), new])
    showings.write(ledger, plan_, changed, Instant(109.0), Programme(9.0))
    before = showings.read_at(ledger, START, EVER, Instant(108.9))
    after = showings.read_at(ledger, START, EVER, Instant(109.0))
    assert rows(before) == rows(plan_)
    assert rows(after) == rows(changed)
    assert rows(showings.read_at(ledger, START, EVER, Instant(99.0))) == ((), [])


def test_a_stretch_is_read_with_the_block_before_and_what_is_mixed_away_from(ledger: Ledger) -> None:
    plan_ = made()
    showings.write(ledger, NOTHING, plan_, Instant(5.0), START)
    found = showings.read(ledger, Programme(66.0), Programme(80.0))
    assert [b.cue for b in found.blocks] == ["mosaic", "photo"]
    assert {s.cell for s in found if s.block == found.blocks[0].id} == set(range(6))


def test_a_thousand_and_more_rows_are_written_whole(ledger: Ledger) -> None:
    rundown = [{"cue": "mosaic", "grid": "8x5", "dwell": "8s", "length": "10min"}]
    plan_ = plan(situation(show(rundown), calendar(1, 0.2), photos(100)), NOTHING, EVER)
    assert len(plan_) > 2 * showings.BATCH
    showings.write(ledger, NOTHING, plan_, Instant(5.0), START)
    assert rows(showings.read(ledger, START, EVER)) == rows(plan_)


def test_a_write_is_counted_so_that_readers_look_again(ledger: Ledger) -> None:
    showings.write(ledger, NOTHING, made(), Instant(5.0), START)
    assert revisions(ledger)["showings"] > 0
