"""Placeholder interviews and messages: what stands in the files."""

import json
import re
import shutil
import subprocess
from array import array
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from PIL import Image, ImageStat

from projector.errors import Missing, UsageError
from projector.render import sample_clip
from projector.render.sample import make_sample
from projector.render.sample_clip import SampleClip, encoded
from projector.render.sample_counter import flashes, is_flash, read_counter
from projector.render.sample_places import PLACES
from projector.show.message import parse_message
from projector.show.sidecar import parse_sidecar

with_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="there is no ffmpeg to make clips")
# One of each shape and rate, short.
CLIPS = [SampleClip(number, 2, "PL", "pl") for number in (1, 2, 3, 4)]
RATE = 48_000
TIME = r"\d\d:\d\d:\d\d[,.]\d\d\d"


@cache
def made(clip: SampleClip) -> bytes:
    return encoded(clip)


def probed(clip: SampleClip, folder: Path) -> tuple[dict[str, str], Path]:
    path = folder / "clip.mp4"
    path.write_bytes(made(clip))
    asked = ["ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "stream", "-of", "json", str(path)]
    stream: dict[str, str] = json.loads(subprocess.run(asked, capture_output=True, check=True).stdout)["streams"][0]
    return stream, path


def frames(path: Path, size: tuple[int, int], picture: str) -> Iterator[Image.Image]:
    asked = ["ffmpeg", "-v", "error", "-i", str(path), "-vf", picture, "-f", "rawvideo", "-pix_fmt", "gray", "-"]
    raw = subprocess.run(asked, capture_output=True, check=True).stdout
    for at in range(0, len(raw), size[0] * size[1]):
        yield Image.frombytes("L", size, raw[at : at + size[0] * size[1]])


def sound(path: Path) -> "array[int]":
    asked = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "s16le", "-ac", "1", "-ar", str(RATE), "-"]
    samples = array("h")
    samples.frombytes(subprocess.run(asked, capture_output=True, check=True).stdout)
    return samples


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def short_clips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample_clip, "_SHORTEST", 1)
    monkeypatch.setattr(sample_clip, "_LONGEST", 2)


@with_ffmpeg
@pytest.mark.parametrize("clip", CLIPS, ids=lambda clip: f"{clip.size.width}x{clip.size.height}")
def test_every_frame_is_there_and_its_number_and_flash_are_read_at_any_size(clip: SampleClip, tmp_path: Path) -> None:
    stream, path = probed(clip, tmp_path)
    size = (clip.size.width, clip.size.height)
    assert (int(stream["width"]), int(stream["height"])) == size
    assert Fraction(stream["r_frame_rate"]) == clip.rate
    assert (stream["pix_fmt"], stream["color_space"], stream["color_range"]) == ("yuv420p", "bt709", "tv")

    scale = min(640 / size[0], 360 / size[1])
    width, height = round(size[0] * scale), round(size[1] * scale)
    x, y = (640 - width) // 2, (360 - height) // 2
    place = (x, y, width, height)
    small = list(frames(path, (640, 360), f"scale={width}:{height},pad=640:360:{x}:{y}"))
    expected = list(range(clip.frames))
    assert [read_counter(image, (0, 0, *size)) for image in frames(path, size, "null")] == expected
    assert [read_counter(image, place) for image in small] == expected
    assert [is_flash(image, place) for image in small] == [flashes(number, clip.rate) for number in expected]


@with_ffmpeg
def test_a_beep_of_a_tenth_begins_with_every_flash_over_a_quiet_tone(tmp_path: Path) -> None:
    _, path = probed(CLIPS[0], tmp_path)
    samples = sound(path)

    # Loud is a hundredth of a second in which the beep stands; the tone beneath it stays far below.
    peaks = [max(map(abs, samples[at : at + RATE // 100])) for at in range(0, 2 * RATE, RATE // 100)]
    beeps = [index for index, peak in enumerate(peaks) if peak > 8000]
    assert beeps == [*range(10), *range(100, 110)]
    assert 150 < max(peaks[20:90]) < 1500


@with_ffmpeg
def test_the_same_clip_has_the_same_bytes() -> None:
    assert made(CLIPS[1]) == encoded(CLIPS[1])


@with_ffmpeg
@pytest.mark.parametrize("clip", CLIPS[:3], ids=lambda clip: f"{clip.size.width}x{clip.size.height}")
def test_the_word_stands_large_in_the_pixels_above_the_place_of_subtitles(clip: SampleClip) -> None:
    frame = next(sample_clip._frames(clip)).convert("L")
    lettered = frame.crop((0, round(frame.height * 0.35), frame.width, round(frame.height * 0.5)))
    left, top, right, bottom = lettered.point(lambda value: 255 * (value > 180)).getbbox() or (0, 0, 0, 0)

    assert right - left > 0.5 * frame.width
    assert bottom - top > frame.height / 40
    lowest = frame.crop((0, round(frame.height * 2 / 3), frame.width, frame.height))
    assert lowest.point(lambda value: 255 * (value > 150)).getbbox() is None


def test_clips_have_hues_that_are_told_apart() -> None:
    means = [ImageStat.Stat(sample_clip._still(SampleClip(n, 8, "PL", "pl"))).mean for n in range(1, 7)]

    for index, one in enumerate(means):
        assert all(sum(abs(a - b) for a, b in zip(one, other, strict=True)) > 20 for other in means[:index])


def test_clips_last_from_eight_to_twenty_seconds() -> None:
    clips = [sample_clip._clip(number, "seed", list(PLACES)) for number in range(1, 40)]

    assert {clip.seconds for clip in clips} <= set(range(8, 21))
    assert len({clip.seconds for clip in clips}) > 6


@with_ffmpeg
@pytest.mark.usefixtures("short_clips")
def test_every_interview_says_that_it_is_a_placeholder_and_has_subtitles_in_two_languages(tmp_path: Path) -> None:
    make_sample(tmp_path, 1, interviews=1)

    (clip,) = (tmp_path / "interviews").glob("*.mp4")
    sidecar = clip.with_name(f"{clip.name}.yaml")
    facts = parse_sidecar(sidecar.read_bytes(), str(sidecar))
    assert facts.placeholder
    assert facts.country
    assert facts.language
    assert "not an interview" in dict(facts.caption)["en"]
    assert clip.with_name(f"{clip.stem}.en.srt").is_file()
    assert clip.with_name(f"{clip.stem}.pl.vtt").read_text("utf-8").startswith("WEBVTT\n\n")


def test_subtitles_stand_in_order_within_the_clip_and_say_what_they_are() -> None:
    clip = SampleClip(1, 8, "PL", "pl")

    english = re.findall(rf"(\d+)\n({TIME}) --> ({TIME})\n(.+)", sample_clip._srt(clip))
    polish = re.findall(rf"({TIME}) --> ({TIME})\n(.+)", sample_clip._vtt(clip))
    times = [time for _, start, end, _ in english for time in (start, end)]
    assert times == sorted(times)
    assert times[-1] < "00:00:08,000"
    assert [text.removesuffix(",") for *_, text in english] == ["Placeholder subtitle 1", "Placeholder subtitle 2"]
    assert [text.removesuffix(",") for *_, text in polish] == ["Zastępczy napis 1", "Zastępczy napis 2"]
    assert [start.replace(".", ",") for start, *_ in polish] == [start for _, start, *_ in english]


def test_messages_say_that_they_are_placeholders_in_many_languages(tmp_path: Path) -> None:
    make_sample(tmp_path, 1, messages=8)

    texts: list[tuple[tuple[str, str], ...]] = []
    portraits = []
    for path in sorted((tmp_path / "messages").glob("*.yaml")):
        message, facts = parse_message(path.read_bytes(), f"messages/{path.name}")
        assert facts.placeholder
        assert message.who == "Placeholder"
        assert message.role
        texts.append(message.text)
        portraits += [message.portrait] if message.portrait else []
    assert len(texts) == 8
    assert {1, 3} <= {len(text) for text in texts}
    assert {"he", "ar"} <= {text[0][0] for text in texts}
    assert len(portraits) == 3
    for portrait in portraits:
        with Image.open(tmp_path / portrait) as image:
            image.load()
        sidecar = tmp_path / f"{portrait}.yaml"
        assert parse_sidecar(sidecar.read_bytes(), str(sidecar)).placeholder


def test_the_same_seed_gives_the_same_messages_however_many(tmp_path: Path) -> None:
    make_sample(tmp_path / "few", 1, messages=2)
    make_sample(tmp_path / "many", 1, messages=5)

    assert contents(tmp_path / "few").items() <= contents(tmp_path / "many").items()


@with_ffmpeg
@pytest.mark.usefixtures("short_clips")
def test_what_is_asked_for_no_more_is_taken_away(tmp_path: Path) -> None:
    make_sample(tmp_path, 1, interviews=1, messages=1)
    make_sample(tmp_path, 1)

    assert {name.partition("/")[0] for name in contents(tmp_path)} == {"photos"}


@pytest.mark.parametrize(
    "stranger",
    [
        "interviews/mine.mp4",
        "interviews/placeholder-01-pl.mp4",
        "interviews/placeholder-01-pl.en.srt",
        "messages/mine.yaml",
        "messages/placeholder-01-en.yaml",
        "messages/portraits/mine.jpg",
    ],
)
def test_what_no_sample_has_made_is_never_touched(tmp_path: Path, stranger: str) -> None:
    mine = tmp_path / stranger
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"mine")

    with pytest.raises(UsageError, match=mine.name):
        make_sample(tmp_path, 1, interviews=1, messages=1)
    assert contents(tmp_path) == {stranger: b"mine"}
    make_sample(tmp_path, 1)
    assert mine.read_bytes() == b"mine"


def test_progress_counts_all_kinds_together(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    make_sample(tmp_path, 1, progress=lambda done, of: told.append((done, of)), messages=2)

    assert told == [(1, 3), (2, 3), (3, 3)]


def test_without_ffmpeg_it_is_named_and_no_clip_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))

    with pytest.raises(Missing, match="apt-get install ffmpeg"):
        make_sample(tmp_path / "media", 1, interviews=1)
    assert not list((tmp_path / "media").rglob("*.mp4"))


def test_an_ffmpeg_that_fails_leaves_no_clip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "ffmpeg"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(Missing, match="ffmpeg"):
        encoded(SampleClip(1, 1, "PL", "pl"))
