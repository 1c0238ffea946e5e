"""Control versions, removals, deaths and orders in the ledger."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from projector.clock import Instant, Programme, Seconds
from projector.ledger import control
from projector.ledger.database import Ledger
from projector.ledger.tables import open_ledger
from projector.show.control import Anchor, Control, Cover, Jump
from projector.show.showings import How, Transition

JUMP = Jump(Programme(3.5), Programme(24.0), Transition(How.MIX, Seconds(1.5)))
FULL = Control(
    Anchor(Instant(1.8e9), Programme(24.0), running=False, settled=Seconds(0.7), jump=JUMP),
    cover=Cover.SLATE, uncovered=Cover.BLACKOUT, covered_at=Instant(1.8e9 - 5), stream_cover=Cover.SLATE,
    brightness=0.4, level=0.9,
)  # fmt: skip


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path / "ledger.db") as opened:
        yield opened


def brighter(old: Control) -> Control:
    return replace(old, brightness=old.brightness + 0.01)


def versions(ledger: Ledger) -> int:
    return int(ledger.connection.execute("SELECT count(*) FROM control").fetchone()[0])


def test_no_show_has_no_control(ledger: Ledger) -> None:
    assert control.latest(ledger) is None
    assert control.at(ledger, Instant(5.0)) is None
    with pytest.raises(LookupError):
        control.command(ledger, "hold", "test", Instant(1.0), brighter)


def test_every_part_of_a_version_comes_back(ledger: Ledger) -> None:
    control.first(ledger, FULL)
    assert control.latest(ledger) == replace(FULL, seq=1)


def test_the_furthest_place_is_remembered_when_the_loop_goes_back(ledger: Ledger) -> None:
    assert control.furthest(ledger) == Programme(0.0)
    control.first(ledger, Control(Anchor(Instant(1.0), Programme(5.0))))
    far = Anchor(Instant(2.0), Programme(24.0), jump=replace(JUMP, left=Programme(610.0)))
    control.command(ledger, "rejoin", "test", Instant(2.0), lambda c: replace(c, anchor=far))
    assert control.furthest(ledger) == Programme(610.0)
    control.command(
        ledger, "take", "test", Instant(3.0), lambda c: replace(c, anchor=Anchor(Instant(3.0), Programme(9.0)))
    )
    assert control.furthest(ledger) == Programme(610.0)


def test_a_command_writes_one_version_with_its_time_and_who_gave_it(ledger: Ledger) -> None:
    control.first(ledger, FULL)
    new, changed = control.command(ledger, "lights", "panel", Instant(7.0), brighter)
    assert changed
    assert (new.seq, new.at, new.by) == (2, 7.0, "panel")
    assert control.latest(ledger) == new
    assert versions(ledger) == 2


def test_a_command_that_changes_nothing_writes_nothing(ledger: Ledger) -> None:
    control.first(ledger, FULL)
    same, changed = control.command(ledger, "hold", "panel", Instant(7.0), lambda c: c)
    assert (same.seq, changed, versions(ledger)) == (1, False, 1)


def test_a_command_that_fails_leaves_nothing_behind(ledger: Ledger) -> None:
    control.first(ledger, FULL)

    def fails(_: Control) -> Control:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        control.command(ledger, "take", "panel", Instant(7.0), fails)
    assert control.command(ledger, "lights", "panel", Instant(8.0), brighter)[1]
    assert versions(ledger) == 2


def test_commands_given_at_the_same_time_are_carried_out_one_after_the_other(ledger: Ledger) -> None:
    control.first(ledger, replace(FULL, brightness=0.0))

    def ten() -> None:
        with open_ledger(ledger.path) as own:
            for _ in range(10):
                control.command(own, "brightness", "test", Instant(7.0), brighter)

    threads = [threading.Thread(target=ten) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    latest = control.latest(ledger)
    assert latest is not None
    assert latest.brightness == pytest.approx(0.4)
    assert versions(ledger) == 41


def test_what_held_at_a_past_instant_can_be_read(ledger: Ledger) -> None:
    control.first(ledger, replace(FULL, at=Instant(5.0)))
    control.command(ledger, "lights", "panel", Instant(7.0), brighter)
    found = [control.at(ledger, Instant(when)) for when in (1.0, 6.9, 7.0, 99.0)]
    assert [one.seq for one in found if one] == [1, 1, 2, 2]


def test_a_removal_holds_until_it_is_taken_back(ledger: Ledger) -> None:
    assert control.remove(ledger, "a", Instant(5.0), "shell")
    assert not control.remove(ledger, "a", Instant(6.0), "shell")
    assert control.removals(ledger) == {"a": (5.0, "removed")}
    assert control.restore(ledger, "a")
    assert not control.restore(ledger, "a")
    assert control.removals(ledger) == {}


def test_what_was_on_air_at_two_deaths_is_quarantined(ledger: Ledger) -> None:
    assert control.count_death(ledger, {"a", "b"}, Instant(5.0)) == []
    assert control.count_death(ledger, {"b", "c"}, Instant(6.0)) == ["b"]
    assert control.removals(ledger) == {"b": (6.0, "quarantined")}


def test_who_was_restored_begins_with_no_deaths(ledger: Ledger) -> None:
    for when in (5.0, 6.0):
        control.count_death(ledger, {"a"}, Instant(when))
    control.restore(ledger, "a")
    assert control.count_death(ledger, {"a"}, Instant(7.0)) == []


def test_an_order_is_heard_by_who_was_there_before_it(ledger: Ledger) -> None:
    control.order(ledger, "apply", 10.0)
    assert control.ordered(ledger, "apply", 9.0)
    assert not control.ordered(ledger, "apply", 10.0)
    assert not control.ordered(ledger, "stop", 0.0)
