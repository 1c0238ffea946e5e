import json
from pathlib import Path

import pytest

from tests.roles.live import Running, apart, brightest, make_photo, projector, until


def test_the_live_canvas_is_the_picture_of_its_instant(unseen: Running, tmp_path: Path) -> None:
    for number in range(4):  # cells are mixing at nearly every moment
        live, instant = unseen.live(tmp_path / f"live{number}.png")
        assert apart(live, unseen.at(instant, tmp_path / "at.png")) <= 2


def test_the_same_snapshot_twice_is_the_same_file(unseen: Running, tmp_path: Path) -> None:
    _, instant = unseen.live(tmp_path / "live.png")
    unseen.at(instant, tmp_path / "a.png")
    unseen.at(instant, tmp_path / "b.png")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_photos_that_arrive_are_in_the_ledger_and_change_nothing_committed(unseen: Running) -> None:
    before = {(r["start"], r["cell"]): r["sha256"] for r in unseen.rows() if r["committed"]}
    taken = unseen.status()["media"]["photos"]
    media = unseen.show.parent / "media" / "photos"
    for number in range(100, 110):
        make_photo(media / f"{number}.jpg", number)
    until(lambda: unseen.status()["media"]["photos"] == taken + 10, 6)
    until(lambda: {r["file"] for r in unseen.rows()} >= {f"photos/{n}.jpg" for n in range(100, 110)}, 20)
    after = {(r["start"], r["cell"]): r["sha256"] for r in unseen.rows()}
    still_to_come = {key: sha for key, sha in before.items() if key in after}
    assert len(still_to_come) > 20
    assert all(after[key] == sha for key, sha in still_to_come.items())
    first = min(r["start"] for r in unseen.rows() if r["file"] == "photos/105.jpg")
    assert first > max(start for start, _ in before)


def test_blackout_is_black_and_lights_bring_the_picture_back(unseen: Running, tmp_path: Path) -> None:
    unseen.command("blackout")
    until(lambda: brightest(unseen.live(tmp_path / "black.png")[0]) == 0, 5)
    unseen.command("lights")
    until(lambda: brightest(unseen.live(tmp_path / "lit.png")[0]) > 100, 5)


def test_hold_stands_still_and_resume_goes_on_from_there(unseen: Running, tmp_path: Path) -> None:
    unseen.command("hold")
    until(lambda: unseen.status()["mode"] == "hold")
    until(lambda: apart(unseen.live(tmp_path / "a.png")[0], unseen.live(tmp_path / "b.png")[0]) == 0, 8)
    before = unseen.status()["on_air"]
    unseen.command("resume")
    assert unseen.status()["mode"] == "run"
    assert {r["file"] for r in unseen.status()["on_air"]} & {r["file"] for r in before}


def test_take_goes_to_the_next_cue_once_and_rejoin_goes_back_to_the_clock(unseen: Running, tmp_path: Path) -> None:
    unseen.command("rejoin")
    assert unseen.status()["on_air"][0]["cue"] == "mosaic"
    assert "taken" in unseen.command("take").stdout
    until(lambda: unseen.status()["on_air"][0]["cue"] == "photo", 5)
    live, instant = unseen.live(tmp_path / "live.png")
    assert apart(live, unseen.at(instant, tmp_path / "at.png")) <= 2
    unseen.command("rejoin")
    until(lambda: unseen.status()["on_air"][0]["cue"] == "mosaic", 5)
    live, instant = unseen.live(tmp_path / "live.png")
    assert apart(live, unseen.at(instant, tmp_path / "at.png")) <= 2


def test_a_removed_photo_is_off_the_wall_and_comes_back_only_when_restored(unseen: Running) -> None:
    unseen.command("rejoin")
    file = until(lambda: next((r["file"] for r in unseen.status()["on_air"] if r["file"]), None), 10)
    unseen.command("remove", file)
    until(lambda: file not in {r["file"] for r in unseen.status()["on_air"]}, 3)
    until(lambda: file not in {r["file"] for r in unseen.rows()}, 5)
    assert not (unseen.show.parent / "media" / "approvals.jsonl").exists()  # a rehearsal leaves no trace
    unseen.command("restore", file)
    until(lambda: file in {r["file"] for r in unseen.rows()}, 15)


def test_a_broken_edit_changes_nothing_and_is_reported_until_it_is_mended(unseen: Running) -> None:
    good = unseen.show.read_text(encoding="utf-8")
    plan = {(r["start"], r["cell"]): r["sha256"] for r in unseen.rows() if r["committed"]}
    unseen.show.write_text(good.replace("cue: mosaic", "cue: mosaik"), encoding="utf-8")
    said = until(lambda: [f["what"] for f in unseen.status()["faults"] if "mosaik" in f["what"]], 6)
    assert "did you mean 'mosaic'" in said[0]
    unseen.show.write_text(good, encoding="utf-8")
    until(lambda: not any("mosaik" in f["what"] for f in unseen.status()["faults"]), 6)
    after = {(r["start"], r["cell"]): r["sha256"] for r in unseen.rows()}
    assert all(after[key] == sha for key, sha in plan.items() if key in after)


def test_an_edit_takes_effect_after_the_committed_minute_and_apply_at_once(unseen: Running) -> None:
    good = unseen.show.read_text(encoding="utf-8")
    unseen.show.write_text(good + "  - {cue: black, dwell: 7s}\n", encoding="utf-8")
    until(lambda: any(r["cue"] == "black" for r in unseen.rows()), 10)
    assert not any(r["cue"] == "black" and r["committed"] for r in unseen.rows())
    unseen.command("apply")
    unseen.show.write_text(good, encoding="utf-8")
    until(lambda: not any(r["cue"] == "black" for r in unseen.rows()), 10)


def test_a_second_show_on_the_same_state_is_refused_with_the_first_ones_pid(unseen: Running) -> None:
    done = projector("rehearse", str(unseen.show), "--state", str(unseen.state), env=unseen.env)
    assert done.returncode == 1
    assert str(unseen.process.pid) in done.stderr


def test_commands_find_the_one_show_that_runs(unseen: Running) -> None:
    done = projector("status", "--json", env=unseen.env)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["state"] == str(unseen.state)


@pytest.mark.parametrize("role", ["planner", "intake", "understudy", "spare"])
def test_a_role_that_is_killed_is_back_at_once(unseen: Running, role: str) -> None:
    until(lambda: unseen.pid(role), 10)
    killed = unseen.kill(role)
    until(lambda: unseen.pid(role) not in {0, killed}, 3)
