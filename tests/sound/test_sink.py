"""The file sink and the house's PCM: every sample at its time, and nothing ever written over."""

import json
import struct
import time
import wave
from pathlib import Path

import numpy as np
import pytest

from projector.clock import Instant, Machine, Seconds, ShowClock
from projector.errors import Missing, RenditionFault
from projector.sound.mixer import BLOCK
from projector.sound.sink import HEADER_EVERY, PICTURE_LATENCY, FileSink
from projector.sound.tapes import Tapes
from projector.sound.wav import RATE, Pcm, header, open_pcm, write_wav
from tests.roles.live import until

START = Machine(100.0)
CLOCK = ShowClock(Instant(1_800_000_000.0), START)


def block(value: int) -> Pcm:
    return np.full((BLOCK, 2), value, dtype=np.int16)


def fed(sink: FileSink, now: float, value: int) -> int:
    """Give the sink all that it wants at a moment; how many blocks that was."""
    count = 0
    while sink.due(Machine(now)) is not None:
        sink.put(block(value))
        count += 1
    return count


def test_it_takes_sound_at_the_pace_of_the_machines_clock(tmp_path: Path) -> None:
    sink = FileSink(tmp_path / "a.wav", START, CLOCK)
    assert [fed(sink, START + t, 1) for t in (0.0, 0.005, 0.010, 0.5)] == [1, 0, 1, 49]
    sink.close()
    with wave.open(str(tmp_path / "a.wav")) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 2, 2)
        assert file.getnframes() == 51 * BLOCK


def test_the_first_samples_times_stand_beside_it(tmp_path: Path) -> None:
    sink = FileSink(tmp_path / "a.wav", START, CLOCK)
    said = json.loads((tmp_path / "a.wav.json").read_text(encoding="utf-8"))
    assert said["first_machine"] == START
    assert said["first_show"] == pytest.approx(CLOCK.base_show - PICTURE_LATENCY)
    assert sink.said().items() <= said.items()


def test_a_second_recording_leaves_the_first_alone(tmp_path: Path) -> None:
    for expected in ("a.wav", "a-2.wav", "a-3.wav"):
        sink = FileSink(tmp_path / "a.wav", START, CLOCK)
        assert sink.path.name == expected
        sink.close()


def test_a_recording_that_is_left_in_the_middle_can_be_read_to_there(tmp_path: Path) -> None:
    sink = FileSink(tmp_path / "a.wav", START, CLOCK)
    fed(sink, START + 0.8, 7)
    with wave.open(str(tmp_path / "a.wav")) as file:  # nobody has closed it
        assert 0.8 * RATE - HEADER_EVERY <= file.getnframes() <= 0.81 * RATE


def test_a_pause_is_silence_of_its_length_so_that_all_samples_keep_their_time(tmp_path: Path) -> None:
    sink = FileSink(tmp_path / "a.wav", START, CLOCK)
    fed(sink, START + 0.5, 7)
    fed(sink, START + 3.5, 9)
    sink.close()
    assert sink.underruns == pytest.approx(300, abs=2)
    samples = open_pcm(tmp_path / "a.wav")[:, 0]
    assert not samples[round(0.6 * RATE) : round(3.4 * RATE)].any()
    assert int(np.argmax(samples == 9)) / RATE == pytest.approx(3.5, abs=0.011)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="cannot be written"):
        FileSink(tmp_path / "nowhere" / "a.wav", START, CLOCK)


def test_other_chunks_are_passed_over(tmp_path: Path) -> None:
    samples = np.arange(200, dtype=np.int16).reshape(100, 2)
    head = header(samples.nbytes)
    listed = head[:36] + struct.pack("<4sI", b"LIST", 7) + b"INFOxyz\0" + head[36:]
    (tmp_path / "a.wav").write_bytes(listed + samples.tobytes())
    assert np.array_equal(open_pcm(tmp_path / "a.wav"), samples)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"RIFF",
        b"ID3 not a wav at all, but longer than a header is",
        header(400).replace(struct.pack("<I", RATE), struct.pack("<I", 44100), 1),
        header(400).replace(struct.pack("<HH", 1, 2), struct.pack("<HH", 3, 2), 1),
    ],
)
def test_what_is_not_the_houses_pcm_is_a_fault(tmp_path: Path, head: bytes) -> None:
    (tmp_path / "a.wav").write_bytes(head + bytes(400 if head[:4] == b"RIFF" and len(head) > 4 else 0))
    with pytest.raises(RenditionFault):
        open_pcm(tmp_path / "a.wav")


def test_tapes_are_fetched_aside_and_let_go_of(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", block(5))

    def find(medium: str) -> Path:
        if medium == "slow":
            time.sleep(0.3)
        return tmp_path / "a.wav"

    tapes = Tapes(find)
    began = time.monotonic()
    tapes.want(["slow", "a"])
    assert tapes.of("slow") is None
    assert time.monotonic() - began < 0.2
    until(lambda: tapes.of("slow") is not None and tapes.of("a") is not None, 5)
    tapes.want(["a"])
    assert tapes.of("slow") is None
    assert tapes.of("a") is not None
    tapes.stop()


def test_a_tape_that_cannot_be_had_says_why_until_it_can(tmp_path: Path) -> None:
    tapes = Tapes(lambda _: tmp_path / "a.wav", again=Seconds(0.0))
    tapes.want(["a"])
    assert "cannot be read" in until(tapes.failures, 5)[0]
    write_wav(tmp_path / "a.wav", block(5))
    tapes.want(["a"])
    until(lambda: tapes.of("a") is not None and not tapes.failures(), 5)
    tapes.stop()


def test_what_has_failed_is_not_read_again_at_once(tmp_path: Path) -> None:
    asked: list[str] = []

    def find(medium: str) -> Path:
        asked.append(medium)
        return tmp_path / "a.wav"

    tapes = Tapes(find)
    for _ in range(5):
        tapes.want(["a"])
        until(tapes.failures, 5)
    tapes.want(["a", "b"])
    until(lambda: "b" in asked, 5)
    tapes.stop()
    assert asked == ["a", "b"]


def test_a_file_sink_is_as_late_as_its_block_is_long() -> None:
    assert FileSink.latency == Seconds(BLOCK / RATE)
