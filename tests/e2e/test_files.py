"""What happens in the producers' folders while a show runs, and how a show ends."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.e2e.eye import apart, largest, status
from tests.roles.live import MOSAIC, RUNDOWN, Running, make_media, make_photo, running, until, write_show


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory, unseen: dict[str, str]) -> Iterator[Running]:
    """A rehearsal off screen, a mosaic on air."""
    folder = tmp_path_factory.mktemp("rehearsal")
    show = write_show(folder / "show.yaml", make_media(folder / "media", 30), MOSAIC)
    with running(folder / "state", show, unseen) as one:
        until(lambda: one.pid("intake") and one.pid("planner") and one.pid("wall"), 20)
        until(lambda: len(status(one)["on_air"]) == 12, 30)
        yield one


def files(one: Running) -> set[str]:
    return {row["file"] for row in one.rows()}


def test_a_photo_that_is_copied_slowly_is_taken_once_it_stops_changing(rehearsal: Running, tmp_path: Path) -> None:
    make_photo(tmp_path / "late.jpg", 77)
    whole = (tmp_path / "late.jpg").read_bytes()
    target = rehearsal.show.parent / "media" / "photos" / "late.jpg"
    with target.open("wb") as file:
        file.write(whole[: len(whole) // 2])
        file.flush()
        time.sleep(3.0)
        assert status(rehearsal)["media"]["photos"] == 30
        assert status(rehearsal)["media"]["refused"] == []
        file.write(whole[len(whole) // 2 :])
    stopped = time.monotonic()
    until(lambda: status(rehearsal)["media"]["photos"] == 31, 6)
    took = time.monotonic() - stopped
    print(f"in the ledger {took:.2f} s after it stopped changing")
    assert took < 3.5
    now = datetime.fromisoformat(status(rehearsal)["now"])
    until(lambda: "photos/late.jpg" in files(rehearsal), 15)
    first = next(row for row in rehearsal.rows() if row["file"] == "photos/late.jpg")
    wait = datetime.fromisoformat(first["start"]) - now
    print(f"on the wall {wait} after that")
    assert wait < timedelta(minutes=3)


def test_a_broken_edit_leaves_the_wall_as_it_is(rehearsal: Running, tmp_path: Path) -> None:
    good = rehearsal.show.read_text(encoding="utf-8")
    rehearsal.show.write_text("rundown: [", encoding="utf-8")
    until(lambda: any("show.yaml:" in fault["what"] for fault in status(rehearsal)["faults"]), 6)
    live, instant = rehearsal.live(tmp_path / "live.png")
    assert largest(live) > 100
    rehearsal.show.write_text(good, encoding="utf-8")
    until(lambda: status(rehearsal)["faults"] == [], 6)
    assert apart(live, rehearsal.at(instant, tmp_path / "at.png")) <= 2


def test_an_edit_waits_for_the_committed_minute_and_apply_brings_it_at_once(rehearsal: Running) -> None:
    sure = {(row["start"], row["cell"]): row["sha256"] for row in rehearsal.rows() if row["committed"]}
    good = rehearsal.show.read_text(encoding="utf-8")
    rehearsal.show.write_text(good.replace(MOSAIC, "  - {cue: photo, dwell: 20s}"), encoding="utf-8")
    until(lambda: any(row["cue"] == "photo" for row in rehearsal.rows()), 12)
    rows = rehearsal.rows()
    after = {(row["start"], row["cell"]): row["sha256"] for row in rows}
    kept = [key for key in sure if key in after]
    assert len(kept) > 20
    assert all(after[key] == sure[key] for key in kept)
    assert {row["cue"] for row in rows if row["committed"]} == {"mosaic"}
    rehearsal.command("apply")
    until(lambda: status(rehearsal)["on_air"][0]["cue"] == "photo", 25)
    assert {row["cue"] for row in rehearsal.rows()} == {"photo"}


def below(pid: int) -> list[int]:
    """All processes that a process has started, and those have."""
    children = [
        int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]
    return [*children, *(grandchild for child in children for grandchild in below(child))]


@pytest.mark.parametrize("how", ["SIGINT", "SIGTERM", "stop"])
def test_nothing_is_left_of_a_rehearsal_that_ends(how: str, tmp_path: Path, unseen: dict[str, str]) -> None:
    show = write_show(tmp_path / "show.yaml", make_media(tmp_path / "media", 12), RUNDOWN)
    environ = unseen | {"XDG_STATE_HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-m", "projector"]
    process = subprocess.Popen([*command, "rehearse", str(show)], env=environ, stderr=subprocess.PIPE, text=True)
    try:
        state = until(lambda: next(tmp_path.glob("projector-rehearsal-*"), None), 10)
        until(lambda: (state / "locks" / "understudy").exists() and (state / "locks" / "spare").exists(), 20)
        ours = below(process.pid)
        assert len(ours) >= 6, ours
        if how == "stop":
            assert subprocess.run([*command, "stop"], env=environ, check=False, timeout=30).returncode == 0
        else:
            process.send_signal(getattr(signal, how))
        assert process.wait(20) == 0
        until(lambda: not [pid for pid in ours if Path(f"/proc/{pid}").exists()], 5)
        assert not state.exists()
        assert not list((tmp_path / "home").rglob("*.json"))
    finally:
        process.kill()
        process.communicate(timeout=10)


def test_a_show_without_its_media_folder_starts_with_the_slate_and_says_so(
    tmp_path: Path, unseen: dict[str, str]
) -> None:
    show = write_show(tmp_path / "show.yaml", tmp_path / "nowhere", MOSAIC)
    now = datetime.now().astimezone()
    text = show.read_text(encoding="utf-8").replace("Europe/Warsaw", "UTC")
    utc = datetime.fromtimestamp(now.timestamp() - 3600, tz=None).astimezone().utctimetuple()
    opens = datetime(*utc[:6])  # noqa: DTZ001  the show's own zone is UTC
    window = f'window: {{from: {opens:%Y-%m-%d}, to: {opens:%Y-%m-%d}, opens: "{opens:%H:%M}", closes: "{opens + timedelta(hours=3):%H:%M}"}}'
    lines = [window if line.startswith("window:") else line for line in text.splitlines()]
    show.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with running(tmp_path / "state", show, unseen, command="show") as one:
        until(lambda: one.pid("wall") and (one.state / "ledger.db").exists(), 10)
        until(lambda: any("media folder" in fault["what"] for fault in status(one).get("faults", [])), 10)
        until(lambda: [row["cue"] for row in status(one)["on_air"]] == ["slate"], 10)
        assert largest(one.live(tmp_path / "live.png")[0]) > 100
        (tmp_path / "nowhere").mkdir()
        until(lambda: status(one)["faults"] == [], 10)
