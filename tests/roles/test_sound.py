"""The sound role itself, a real process on a real ledger: a clip with a beep a second, recorded in a file sink."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from projector.clock import Instant, Programme, Seconds, ShowClock, machine_now
from projector.intake.store import Store
from projector.ledger import clock, control, edition, health, media, showings
from projector.ledger.database import Ledger
from projector.ledger.tables import open_ledger
from projector.show.calendar import Calendar
from projector.show.control import Control, Cover, covered, first_anchor, hold, resume
from projector.show.frame import Frame
from projector.show.media import Clip, Kind
from projector.show.picture import Size
from projector.show.picture_at import Slate
from projector.show.showings import Block, Showing, Showings, Shows
from projector.sound.sink import PICTURE_LATENCY
from projector.sound.wav import RATE, Pcm, open_pcm, write_wav
from projector.state import Launch, State
from projector.supervisor import boot
from tests.roles.live import make_media, projector, running, until, write_show
from tests.show.shows import OPENING, calendar

BEGINS, LENGTH = 2.0, 120
MEDIUM = "c" * 64
# The issue allows +40 and -60 ms against the picture; a file sink has no excuse for more than this.
CLOSE = 0.010
LOUD = 12_000


def beeps(length: int = LENGTH) -> Pcm:
    """Silence with 40 ms of 1 kHz at every whole second, its first sample loud."""
    tape = np.zeros((length * RATE, 2), dtype=np.int16)
    beep = LOUD * np.cos(2 * np.pi * 1000 * np.arange(int(0.04 * RATE)) / RATE)
    for second in range(length):
        tape[second * RATE : second * RATE + len(beep)] = np.rint(beep)[:, None]
    return tape


def heard_beeps(file: Path, first_show: float) -> list[float]:
    """The show times, counted from the clip's first frame, at which beeps begin in a recording."""
    loud = np.flatnonzero(np.abs(open_pcm(file)[:, 0].astype(np.int32)) > LOUD // 3)
    starts = loud[np.diff(loud, prepend=-RATE) > RATE // 10]
    return [float(first_show - OPENING - BEGINS + start / RATE) for start in starts]


def make_state(root: Path, sound: str, tape: Pcm | None = None) -> State:
    """A show in which one clip is on air now, six seconds after its beginning."""
    state = State(root)
    state.make()
    state.write_launch(Launch(str(root / "show.yaml"), sound=sound))
    Store(state.store).clean()
    recording = state.store / "tmp" / "beeps.wav"
    write_wav(recording, beeps() if tape is None else tape)
    sha = Store(state.store).add(recording)
    with open_ledger(state.ledger) as ledger:
        now = Instant(OPENING + BEGINS + 6.0)
        clock.write(ledger, clock.Running(ShowClock(now, machine_now()), boot(), rehearsal=True))
        open_calendar = calendar(1, 0.1)
        frame = Frame("Test", "Europe/Warsaw", Size(640, 360), open_calendar, Slate(), Size(160, 90))
        edition.write(ledger, edition.Edition("show.yaml", b"", frame, "media"), now)
        control.first(ledger, Control(first_anchor(open_calendar), at=now))
        media.write(ledger, medium_rows(sha, now))
        start, end = Programme(BEGINS), Programme(BEGINS + LENGTH)
        block = Block(1, "interview", 0, Shows.MEDIA, start, end, dwell=Seconds(LENGTH))
        plan = Showings([block], [Showing(1, 1, None, MEDIUM, start, end)])
        showings.write(ledger, Showings((), ()), plan, now, Programme(0.0))
    return state


def medium_rows(sha: str, now: Instant) -> media.Changes:
    clip = Clip(640, 360, Fraction(25), LENGTH * 25)
    return media.Changes(
        files=[media.FileRow("interviews/beeps.mp4", 1, 1, 1, MEDIUM, Kind.INTERVIEW, media.State.TAKEN)],
        media=[media.MediumRow(MEDIUM, Kind.INTERVIEW, 640, 360, now, clip)],
        renditions=[(MEDIUM, "sound", media.Rendition(sha, 0, 0, 44 + LENGTH * RATE * 4))],
    )


@contextmanager
def role(state: State) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", "projector.roles.sound", str(state.root)])
    try:
        yield process
    finally:
        process.terminate()
        process.wait(10)


def figures(ledger: Ledger, process: subprocess.Popen[bytes]) -> dict[str, Any]:
    """The figures of this very process, once it beats."""

    def said() -> dict[str, Any] | None:
        known = health.read(ledger).get("sound", {})
        return known["figures"] if known.get("pid") == process.pid else None

    found: dict[str, Any] = until(said, 20)
    return found


def now_of(ledger: Ledger) -> Instant:
    running = clock.read(ledger)
    assert running is not None
    return running.clock.at(machine_now())


def on_time(beeps_: list[float], shift: float = 0.0) -> list[float]:
    """How far each beep is from its second, `shift` being how long the clip was held before."""
    return [(b - shift) - round(b - shift) for b in beeps_]


def test_beeps_are_heard_on_their_second_also_after_a_hold_and_after_kill_9(tmp_path: Path) -> None:
    state = make_state(tmp_path / "state", f"file:{tmp_path / 'heard.wav'}")
    with open_ledger(state.ledger) as ledger:
        with role(state) as process:
            first = figures(ledger, process)
            time.sleep(3.2)
            held = now_of(ledger)
            control.command(ledger, "hold", "test", held, lambda c: hold(c, calendar(1, 0.1), held))
            time.sleep(2.35)
            resumed = now_of(ledger)
            control.command(ledger, "resume", "test", resumed, lambda c: resume(c, calendar(1, 0.1), resumed))
            time.sleep(3.2)
            os.kill(process.pid, signal.SIGKILL)
            process.wait(10)
        with role(state) as process:
            second = figures(ledger, process)
            time.sleep(3.2)
    beeps_ = heard_beeps(Path(first["file"]), first["first_show"])
    hold_at, resume_at = held - OPENING - BEGINS, resumed - OPENING - BEGINS
    before = [b for b in beeps_ if b < hold_at]
    after = [b for b in beeps_ if b > resume_at + 0.3]
    assert not [b for b in beeps_ if hold_at + 0.4 < b < resume_at]
    again = heard_beeps(Path(second["file"]), second["first_show"])
    assert min(len(before), len(after), len(again)) >= 2
    shift = resumed - held
    off = [*on_time(before), *on_time(after, shift), *on_time(again, shift)]
    print("beeps off by (ms):", [round(1000 * x, 2) for x in off])
    assert max(map(abs, off)) <= CLOSE
    assert Path(second["file"]).name == "heard-2.wav"
    assert first["first_machine"] - PICTURE_LATENCY < second["first_machine"]


def test_no_command_clicks_and_in_between_every_bit_is_the_clips(tmp_path: Path) -> None:
    tone = np.rint(LOUD * np.sin(2 * np.pi * 440 * np.arange(LENGTH * RATE) / RATE)).astype(np.int16)
    tape = np.repeat(tone[:, None], 2, axis=1)
    state = make_state(tmp_path / "state", f"file:{tmp_path / 'heard.wav'}", tape)
    with open_ledger(state.ledger) as ledger, role(state) as process:
        said = figures(ledger, process)
        time.sleep(1.2)
        for change in (hold, resume, black, black, lit):
            now = now_of(ledger)
            control.command(ledger, "test", "test", now, partial(change, calendar=calendar(1, 0.1), now=now))
            time.sleep(0.45 if change is not resume else 0.1)
    heard = open_pcm(Path(said["file"]))[:, 0].astype(np.int32)
    assert np.abs(heard).max() == LOUD
    assert np.abs(np.diff(heard)).max() <= LOUD * 2 * np.pi * 440 / RATE * 1.01 + 2
    second = round((said["first_show"] - OPENING - BEGINS) * RATE)
    first = int(np.argmax(np.abs(heard) > LOUD // 2)) + RATE // 2
    assert np.array_equal(heard[first : first + RATE // 4], tone[second + first : second + first + RATE // 4])


def black(c: Control, calendar: Calendar, now: Instant) -> Control:
    del calendar
    return covered(c, Cover.BLACKOUT, now)


def lit(c: Control, calendar: Calendar, now: Instant) -> Control:
    del calendar
    return covered(c, Cover.NONE, now)


def test_a_sound_that_is_damaged_is_one_fault_and_silence(tmp_path: Path) -> None:
    state = make_state(tmp_path / "state", f"file:{tmp_path / 'heard.wav'}")
    file = next(state.store.glob("*/*.wav"))
    file.chmod(0o600)
    whole = file.read_bytes()
    file.write_bytes(whole[:-4] + b"\1\1\1\1")
    with open_ledger(state.ledger) as ledger, role(state) as process:
        first = figures(ledger, process)
        said = until(lambda: health.faults(ledger), 10)
        assert [fault["role"] for fault in said] == ["sound"]
        assert "damaged" in said[0]["what"]
        file.write_bytes(whole)
        until(lambda: not health.faults(ledger), 10)
        until(lambda: figures(ledger, process)["sounding"] == [MEDIUM], 10)
        time.sleep(1.5)
    assert heard_beeps(Path(first["file"]), first["first_show"])


def test_a_folder_that_is_gone_is_one_fault_until_it_is_back(tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    state = make_state(tmp_path / "state", f"file:{folder / 'heard.wav'}")
    with open_ledger(state.ledger) as ledger, role(state) as process:
        figures(ledger, process)
        said = until(lambda: health.faults(ledger), 10)
        time.sleep(1.0)
        assert len(health.faults(ledger)) == 1
        assert "heard.wav" in said[0]["what"]
        folder.mkdir()
        until(lambda: not health.faults(ledger), 10)
        assert process.poll() is None


@pytest.fixture
def silent_env(env: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """A machine on which ALSA knows no device."""
    nothing = tmp_path / "asound.conf"
    nothing.write_text("", encoding="utf-8")
    return {**env, "ALSA_CONFIG_PATH": str(nothing)}


def test_a_device_that_is_not_there_is_one_sentence(tmp_path: Path, silent_env: dict[str, str]) -> None:
    show = tmp_path / "show.yaml"
    (tmp_path / "media" / "photos").mkdir(parents=True)
    show.write_text(
        f"""show: Test
timezone: Europe/Warsaw
window: {{from: 2027-01-24, to: 2027-01-25, opens: "17:00", closes: "17:45"}}
media: {tmp_path / "media"}
rundown: [{{cue: title, text: We Remember}}]
""",
        encoding="utf-8",
    )
    done = projector("rehearse", str(show), "--sound", "Grand Piano", "--state", str(tmp_path / "s"), env=silent_env)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "there is no 'Grand Piano'" in done.stderr


def test_the_supervisor_starts_the_role_again_and_status_tells_of_it(tmp_path: Path, env: dict[str, str]) -> None:
    show = write_show(tmp_path / "show.yaml", make_media(tmp_path / "media", 1), "  - {cue: photo}")
    with running(tmp_path / "state", show, env, "--sound", f"file:{tmp_path / 'heard.wav'}") as one:
        until(lambda: one.pid("sound"), 20)
        until((tmp_path / "heard.wav").exists, 10)
        killed = one.kill("sound")
        until(lambda: one.pid("sound") not in {0, killed}, 5)
        until((tmp_path / "heard-2.wav").exists, 10)
        said = one.status()["roles"]["sound"]
        assert (said["alive"], said["restarts"]) == (True, 1)
        pid = one.pid("sound")
    assert not Path(f"/proc/{pid}").exists()


def test_without_a_device_the_show_goes_on_silently_and_says_so_once(
    tmp_path: Path, silent_env: dict[str, str]
) -> None:
    show = write_show(tmp_path / "show.yaml", make_media(tmp_path / "media", 1), "  - {cue: photo}")
    with running(tmp_path / "state", show, silent_env) as one:
        until(lambda: one.command("status", code=None).returncode == 0, 20)
        time.sleep(1.5)
        assert "sound" not in one.status()["roles"]
        assert not [fault for fault in one.status()["faults"] if fault["role"] == "sound"]
    assert said_of_sound(tmp_path, show, silent_env) == 1


def said_of_sound(tmp_path: Path, show: Path, env: dict[str, str]) -> int:
    """How often a rehearsal says on stderr that there is no sound device."""
    process = subprocess.Popen(
        [sys.executable, "-m", "projector", "rehearse", str(show), "--state", str(tmp_path / "other")],
        env=env, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    until((tmp_path / "other" / "locks" / "planner").exists, 20)
    time.sleep(1.0)
    process.terminate()
    return process.communicate(timeout=20)[1].count("no sound device: going on without sound")
