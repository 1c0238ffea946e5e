"""What the operator's commands and keys do to a wall in a real window, and how soon."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from projector.show.layout import cells
from projector.show.picture import Size
from tests.e2e.eye import Film, apart, ask_to_close, filming, largest, order, press, screen, status
from tests.roles.live import CANVAS, Running, until

# The bounds, and what two busy cores may add to them in a test.
FREEZES_WITHIN = 0.2
LOADED = 0.5
PLACES = cells(Size(*CANVAS), 4, 3)


@contextmanager
def ledger(one: Running) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(f"file:{one.state}/ledger.db?mode=ro", uri=True, timeout=5)
    try:
        yield connection
    finally:
        connection.close()


def committed_at(one: Running, what: str) -> float:
    """The show time that the last such command wrote."""
    with ledger(one) as connection:
        query = "SELECT at FROM control WHERE what = ? ORDER BY seq DESC LIMIT 1"
        return float(connection.execute(query, (what,)).fetchone()[0])


def machine(one: Running, show: float) -> float:
    """The machine time of a show time."""
    with ledger(one) as connection:
        base_show, base_machine = connection.execute("SELECT base_show, base_machine FROM clock").fetchone()
    return float(show - base_show + base_machine)


def starts(one: Running, after: float) -> list[float]:
    """When showings came up on the wall after a show time."""
    with ledger(one) as connection:
        query = "SELECT shown_start FROM airings WHERE what = 'medium' AND shown_start > ? ORDER BY shown_start"
        return [row[0] for row in connection.execute(query, (after,))]


def in_place(image: Image.Image, cell: int) -> tuple[int, ...]:
    """The colour in the middle of a cell, where every photo is plain."""
    rect = PLACES[cell]
    colour = image.getpixel((rect.x + rect.width // 2, rect.y + rect.height // 2))
    assert isinstance(colour, tuple)
    return colour


def near(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) < 12


def mode(one: Running) -> str:
    return str(status(one)["mode"])


def cue(one: Running) -> str | None:
    rows = status(one)["on_air"]
    return str(rows[0]["cue"]) if rows else None


def test_hold_starts_nothing_more_and_resume_goes_on_from_there(wall: Running) -> None:
    until(lambda: len(starts(wall, 0.0)) > 14, 20)  # cells change, one every half second
    before = wall.rows()
    wall.command("hold")
    held = committed_at(wall, "hold")
    time.sleep(3.0)
    late = starts(wall, held)
    print(f"hold: the last start was {max(late, default=held) - held:.3f} s after the commit")
    assert all(start - held <= FREEZES_WITHIN + LOADED for start in late)
    wall.command("resume")
    stood = committed_at(wall, "resume") - held
    until(lambda: starts(wall, held + FREEZES_WITHIN + LOADED), 5)
    moved = [(row["cell"], row["sha256"], seconds(row["start"]) + stood) for row in before]
    after = {(row["cell"], row["sha256"], round(seconds(row["start"]), 1)) for row in wall.rows()}
    expected = {(cell, sha, round(start, 1)) for cell, sha, start in moved if 8 < start - stood - held < 40}
    assert len(expected) > 20
    assert expected <= after


def seconds(text: str) -> float:
    from datetime import datetime  # noqa: PLC0415  beside its one use

    return datetime.fromisoformat(text).timestamp()


def test_rejoin_brings_back_the_picture_that_was_to_come(wall: Running, tmp_path: Path) -> None:
    from datetime import datetime, timedelta  # noqa: PLC0415  beside its one use

    order(wall, "rejoin")
    to_come = (datetime.fromisoformat(status(wall)["now"]) + timedelta(seconds=25)).isoformat()
    before = wall.at(to_come, tmp_path / "before.png")
    order(wall, "hold")
    time.sleep(1.0)
    assert "taken" in order(wall, "take")
    assert "double press" in order(wall, "take")
    until(lambda: cue(wall) == "photo", 3)
    order(wall, "rejoin")
    until(lambda: mode(wall) == "run" and cue(wall) == "mosaic", 3)
    assert seconds(status(wall)["now"]) < seconds(to_come)
    assert apart(wall.at(to_come, tmp_path / "after.png"), before) == 0


def test_live_is_the_picture_of_its_instant_under_hold_and_slate_and_on_the_way(wall: Running, tmp_path: Path) -> None:
    for commands in (["slate"], ["lights", "hold", "take"], ["rejoin"]):
        for command in commands:
            order(wall, command)
        live, instant = wall.live(tmp_path / "live.png")
        assert apart(live, wall.at(instant, tmp_path / "at.png")) <= 2, commands


def test_a_mix_from_what_was_left_can_be_drawn_again_when_it_is_over(wall: Running, tmp_path: Path) -> None:
    order(wall, "hold")
    time.sleep(1.0)
    order(wall, "take")
    order(wall, "rejoin")
    time.sleep(0.9)
    live, instant = wall.live(tmp_path / "live.png")
    time.sleep(1.0)  # until it is planned anew
    assert apart(live, wall.at(instant, tmp_path / "at.png")) <= 2


def first_darker(film: Film, commit: float, lit: int) -> float | None:
    return film.first(commit, lambda image: largest(image) < lit - 10)


def test_a_blackout_begins_at_once_and_is_black(wall: Running) -> None:
    lit = largest(screen(wall))
    with filming(wall) as film:
        wall.command("blackout")
        until(lambda: largest(screen(wall)) == 0, 5)
    commit = machine(wall, committed_at(wall, "blackout"))
    took = first_darker(film, commit, lit)
    print(f"blackout: darker {took:.3f} s after the commit")
    assert took is not None
    assert took < FREEZES_WITHIN + LOADED
    wall.command("lights")
    until(lambda: largest(screen(wall)) > 100, 5)


def test_a_removed_photo_is_off_the_wall_within_a_second_and_stays_off_a_restarted_one(wall: Running) -> None:
    now = seconds(status(wall)["now"])
    row = max(status(wall)["on_air"], key=lambda row: seconds(row["until"]))
    assert seconds(row["until"]) - now > 3
    until(lambda: seconds(status(wall)["now"]) - seconds(row["since"]) >= 2, 5)
    colour = in_place(screen(wall), row["cell"])
    with filming(wall) as film:
        wall.command("remove", row["file"])
        until(lambda: film.first(0, lambda image: not near(in_place(image, row["cell"]), colour)), 5)
    with ledger(wall) as connection:
        at = connection.execute("SELECT at FROM removals WHERE medium = ?", (row["sha256"],)).fetchone()[0]
    took = film.first(machine(wall, at), lambda image: not near(in_place(image, row["cell"]), colour))
    print(f"remove: gone {took:.3f} s after the commit")
    assert took is not None
    assert took < 1.0 + LOADED
    killed = wall.kill("wall")
    until(lambda: wall.pid("wall") not in {0, killed} and largest(screen(wall)) > 100, 10)
    with filming(wall) as film:
        time.sleep(1.5)
    assert not [f for f in film.frames for place in range(12) if in_place(f.image, place) == colour]
    wall.command("restore", row["file"])


def test_keys_do_what_the_operators_page_says(wall: Running) -> None:
    order(wall, "rejoin")
    press(wall, "key", "s")
    until(lambda: mode(wall) == "slate", 5)
    time.sleep(0.5)
    press(wall, "key", "s")
    until(lambda: mode(wall) == "run", 5)
    press(wall, "key", "b", "key", "b")  # a double press counts once
    until(lambda: mode(wall) == "blackout", 5)
    time.sleep(1.0)
    assert mode(wall) == "blackout"
    press(wall, "key", "b")
    until(lambda: mode(wall) == "run", 5)
    assert cue(wall) == "mosaic"
    press(wall, "key", "Right")
    until(lambda: cue(wall) == "photo", 5)
    time.sleep(0.5)
    press(wall, "key", "space")
    until(lambda: mode(wall) == "hold", 5)


@pytest.mark.usefixtures("wall")
def test_the_close_button_ends_a_rehearsal(wall: Running) -> None:
    ask_to_close(wall)
    assert wall.process.wait(15) == 0
    assert wall.command("stop", code=1)
