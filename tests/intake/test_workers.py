import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from projector.clock import Machine, Seconds
from projector.errors import Missing
from projector.intake.pool import Trade
from projector.intake.sizes import Made, Wants
from projector.intake.workers import DIED, Gone, Known, Outcome, Refused, Workers
from projector.show.folders import Form
from tests.intake.conftest import WANTS, corners, png

SAY = "import sys; from multiprocessing.connection import Connection as C; c = C(int(sys.argv[1])); "
READY = SAY + "c.send_bytes(b'{\"ready\": true}'); "
HANGS = (sys.executable, "-c", READY + "import time; time.sleep(100)")
DIES = (sys.executable, "-c", READY + "c.recv_bytes(); import os; os.abort()")


def everything(_key: str, _sha256: str) -> Wants | None:
    return WANTS


def finished(
    workers: Workers, decide: Callable[[str, str], Wants | None] = everything, number: int = 1
) -> dict[str, Outcome]:
    outcomes: dict[str, Outcome] = {}
    end = time.monotonic() + 10
    while len(outcomes) < number and time.monotonic() < end:
        workers.wait(Seconds(0.05))
        outcomes |= dict(workers.turn(Machine(0.0), decide))
    return outcomes


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "a.jpg"
    corners().save(path)
    return path


def test_a_photo_is_made_and_a_bad_one_refused(pool: Workers, photo: Path) -> None:
    bad = photo.with_name("b.jpg")
    bad.write_text("text")
    for path in (photo, bad, photo.with_name("none.jpg")):
        pool.begin(path.name, path)
    outcomes = finished(pool, number=3)
    made = outcomes["a.jpg"]
    assert isinstance(made, Made)
    assert {copy.kind for copy in made.copies if copy.path.stat().st_size} == {"small", "wall"}
    assert made.mark[0] == photo.stat().st_size
    refused = outcomes["b.jpg"]
    assert isinstance(refused, Refused)
    assert "text" in refused.reason
    assert outcomes["none.jpg"] == Gone()


def test_known_bytes_are_not_decoded(pool: Workers, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"no picture at all")
    pool.begin("a", path)
    assert isinstance(finished(pool, lambda _key, _sha: None)["a"], Known)


def test_a_worker_that_is_killed_midway_costs_nothing_but_time(tmp_path: Path, photo: Path) -> None:
    with Workers(tmp_path, count=1) as workers:
        killed: list[int] = []

        def kill_once(_key: str, _sha: str) -> Wants:
            if not killed:
                killed.append(workers.pids[0])
                os.kill(workers.pids[0], signal.SIGKILL)
            return WANTS

        workers.begin("a", photo)
        assert isinstance(finished(workers, kill_once)["a"], Made)
        assert workers.pids != killed


def test_a_picture_that_kills_every_worker_is_refused_alone(tmp_path: Path, photo: Path) -> None:
    with Workers(tmp_path, count=1) as workers:

        def kill(key: str, _sha: str) -> Wants:
            if key == "bad":
                os.kill(workers.pids[0], signal.SIGKILL)
            return WANTS

        workers.begin("bad", photo)
        workers.begin("good", photo)
        outcomes = finished(workers, kill, 2)
    assert outcomes["bad"] == Refused(DIED)
    assert isinstance(outcomes["good"], Made)


def test_a_decoder_that_aborts_is_a_refusal(tmp_path: Path, photo: Path) -> None:
    with Workers(tmp_path, count=1, command=DIES) as workers:
        workers.begin("a", photo)
        assert finished(workers)["a"] == Refused(DIED)


def test_a_decoder_that_hangs_is_ended(tmp_path: Path, photo: Path) -> None:
    with Workers(tmp_path, count=1, command=HANGS) as workers:
        (before,) = workers.pids
        workers.begin("a", photo)
        workers.wait(Seconds(5.0))
        workers.turn(Machine(0.0), everything)
        assert workers.turn(Machine(60.0), everything) == []
        ((key, outcome),) = workers.turn(Machine(60.1), everything)
        assert key == "a"
        assert isinstance(outcome, Refused)
        assert "60 seconds" in outcome.reason
        assert workers.pids != [before]
        assert not Path(f"/proc/{before}").exists()


def test_decoders_that_do_not_start_are_said(tmp_path: Path) -> None:
    with (
        Workers(tmp_path, count=1, command=(sys.executable, "-c", "")) as workers,
        pytest.raises(Missing, match="make setup"),
    ):
        finished(workers)


def test_workers_are_limited_and_nice(pool: Workers, photo: Path) -> None:
    pool.begin("a", photo)
    finished(pool)
    limits = Path(f"/proc/{pool.pids[0]}/limits").read_text()
    assert limits.split("Max address space")[1].split()[0] == "3000000000"
    assert limits.split("Max core file size")[1].split()[0] == "0"
    assert os.getpriority(os.PRIO_PROCESS, pool.pids[0]) >= 10


def test_a_picture_that_needs_too_much_memory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(9000, 9000, 8, 2, b"\0" * 27000))
    with Workers(tmp_path, count=1, memory=300_000_000) as workers:
        workers.begin("a", tmp_path / "a.png")
        outcome = finished(workers)["a"]
    assert isinstance(outcome, Refused)
    assert "memory" in outcome.reason


def test_workers_end_with_their_parent(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from projector.intake.workers import Workers\n"
        f"w = Workers(Path({str(tmp_path)!r}), count=2); print(*w.pids, 'PIL' in sys.modules, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        *pids, pillow = parent.stdout.readline().split()
        assert pillow == "False"  # Pillow is loaded in the workers only
        parent.kill()
    end = time.monotonic() + 5
    while any(alive(int(pid)) for pid in pids) and time.monotonic() < end:
        time.sleep(0.02)
    assert not any(alive(int(pid)) for pid in pids)


TELLS = SAY + "import json, pathlib, time; c.send_bytes(b'{\"ready\": true}'); t = json.loads(c.recv_bytes()); "
PIECE = TELLS + "(pathlib.Path(t['into']) / (t['stem'] + '-original')).write_bytes(b'x'); "


def trade(code: str) -> Trade:
    return Trade((sys.executable, "-c", code), 1_000_000_000, Seconds(10.0), "save it again", tells=True)


def heard(workers: Workers, now: float) -> list[tuple[str, Outcome]]:
    workers.wait(Seconds(5.0))
    return workers.turn(Machine(now), everything)


def test_a_clips_worker_starts_with_the_first_clip_and_takes_no_photos(tmp_path: Path, photo: Path) -> None:
    with Workers(tmp_path, count=1, clips=trade(PIECE + "c.recv_bytes()")) as workers:
        assert len(workers.pids) == 1
        workers.begin("clip", tmp_path / "a.mp4", Form.CLIP)
        assert len(workers.pids) == 2
        assert (workers.free(), workers.free(Form.CLIP)) == (1, 0)
        workers.begin("photo", photo)
        assert isinstance(finished(workers)["photo"], Made)
        assert workers.busy == 1


def test_a_clip_takes_any_time_while_its_worker_tells_how_far_it_is(tmp_path: Path) -> None:
    code = PIECE + "[(c.send_bytes(b'{\"progress\": 0.%d}' % n),) for n in range(1, 9)]; "
    with Workers(tmp_path, count=1, clips=trade(code + "time.sleep(100)")) as workers:
        workers.begin("a", tmp_path / "a.mp4", Form.CLIP)
        now, end = 0.0, time.monotonic() + 10
        while workers.shares.get("a", 0.0) < 0.8 and time.monotonic() < end:
            before = workers.shares.get("a", 0.0)
            assert heard(workers, now) == []
            now += 9.0 if workers.shares.get("a", 0.0) > before else 0.0
        assert workers.shares == {"a": 0.8}
        assert now > 60
        pid = workers.pids[1]
        assert workers.turn(Machine(now), everything) == []
        ((key, outcome),) = workers.turn(Machine(now + 2), everything)
        assert key == "a"
        assert outcome == Refused("the decoder stood still for 10 seconds; save it again")
        assert not alive(pid)
        assert list(tmp_path.iterdir()) == []  # what it had begun is gone with it


def test_a_clip_whose_worker_dies_again_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with Workers(tmp_path, count=1, clips=trade(PIECE + "import os; os.abort()")) as workers:
        workers.begin("a", tmp_path / "a.mp4", Form.CLIP)
        assert finished(workers)["a"] == Refused("the decoder died on this file; save it again")
        assert not list(tmp_path.glob("*-original"))


def test_jobs_that_nobody_asks_for_any_more_are_ended(tmp_path: Path, photo: Path) -> None:
    with Workers(
        tmp_path, count=1, clips=trade(PIECE + "c.send_bytes(b'{\"progress\": 0.5}'); c.recv_bytes()")
    ) as workers:
        workers.begin("clip", tmp_path / "a.mp4", Form.CLIP)
        end = time.monotonic() + 10
        while workers.shares.get("clip") != 0.5 and time.monotonic() < end:
            heard(workers, 0.0)
        workers.begin("waits", tmp_path / "b.mp4", Form.CLIP)
        pid = workers.pids[1]
        workers.cancel()
        assert workers.busy == 0
        assert not alive(pid)
        assert not list(tmp_path.glob("*-original"))
        workers.begin("photo", photo)
        assert isinstance(finished(workers)["photo"], Made)


def test_the_clips_worker_may_use_more_and_is_nice(tmp_path: Path, clip: Path) -> None:
    with Workers(tmp_path, count=1) as workers:
        workers.begin("a", clip, Form.CLIP)
        assert isinstance(finished(workers, lambda _key, _sha: None)["a"], Known)
        limits = Path(f"/proc/{workers.pids[1]}/limits").read_text()
        assert limits.split("Max file size")[1].split()[0] == "64000000000"
        assert limits.split("Max cpu time")[1].split()[0] == "unlimited"
        assert os.getpriority(os.PRIO_PROCESS, workers.pids[1]) >= 10
        assert list(tmp_path.iterdir()) == []


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
