import json
import os
import signal
import socket
import struct
import subprocess
import sys
import wave
from array import array
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from PIL import Image

from projector.clock import Seconds
from projector.errors import MediumRefused, Missing
from projector.intake import ffmpeg
from projector.intake import probe as probe_module
from projector.intake.clip import MadeClip, transcode
from projector.intake.clip_content import Demuxer
from projector.intake.original import Unreadable
from projector.show.picture import Size
from tests.intake import odd_clips
from tests.intake.odd_clips import BLUE, GREEN, RED, WHITE

WALL = Size(640, 360)
NTSC = Fraction(1001, 1000)
Colour = tuple[int, ...]

try:
    ffmpeg.require_ffmpeg()
except Missing as lacking:
    pytest.skip(str(lacking), allow_module_level=True)

# Width, height, rate, frames, sound.
RIGHT: dict[str, tuple[int, int, Fraction | int, int, bool]] = {
    "plain": (160, 120, 25, 25, True),
    "vertical": (120, 160, 25, 25, False),
    "rotated-90": (120, 160, 25, 25, False),
    "rotated-180": (160, 120, 25, 25, False),
    "rotated-270": (120, 160, 25, 25, False),
    "mirrored": (160, 120, 25, 25, False),
    "rate-24": (160, 120, 24, 24, False),
    "rate-23.976": (160, 120, 24 / NTSC, 24, False),
    "rate-29.97": (160, 120, 30 / NTSC, 30, True),
    "rate-50": (160, 120, 50, 50, False),
    "rate-59.94": (160, 120, 60 / NTSC, 60, False),
    "rate-120": (160, 120, 60, 60, False),
    "rate-15": (160, 120, 30, 60, False),
    "unsteady": (160, 120, 30, 91, False),
    "slides": (160, 120, 25, 75, False),
    "4-2-2": (160, 120, 25, 25, False),
    "4-4-4": (160, 120, 25, 25, False),
    "10-bit": (160, 120, 25, 25, False),
    "full-range": (160, 120, 25, 25, False),
    "bt601": (160, 120, 25, 25, False),
    "untagged-sd": (160, 120, 25, 25, False),
    "untagged-hd": (640, 360, 25, 5, False),
    "rgb": (160, 120, 25, 25, False),
    "mono": (160, 120, 25, 25, True),
    "5-1": (160, 120, 25, 25, True),
    "44-1": (160, 120, 25, 25, True),
    "no-sound": (160, 120, 25, 25, False),
    "silence": (160, 120, 25, 25, False),
    "two-sounds": (160, 120, 25, 25, True),
    "long-sound": (160, 120, 25, 25, True),
    "short-sound": (160, 120, 25, 50, True),
    "late-picture": (160, 120, 25, 38, True),
    "late-sound": (160, 120, 25, 50, True),
    "odd-size": (160, 120, 25, 25, False),
    "odd-4-2-0": (160, 120, 25, 25, False),
    "wide-pixels": (256, 144, 25, 25, False),
    "tall-pixels": (160, 240, 25, 25, False),
    "wide-pixels-turned": (120, 320, 25, 25, False),
    "prores": (160, 120, 25, 25, False),
    "vp9": (160, 120, 25, 25, True),
    "av1": (160, 120, 25, 10, False),
    "hevc": (160, 120, 25, 10, False),
    "mjpeg": (160, 120, 25, 25, False),
    "one-frame": (160, 120, 25, 1, False),
    "fragments": (160, 120, 25, 26, True),
    "timecode": (160, 120, 25, 25, True),
    "covered-clip": (160, 120, 25, 25, True),
    "laden": (160, 120, 25, 25, True),
    "larger": (640, 320, 25, 5, False),
    "rejoined": (160, 120, 25, 50, False),
}

REFUSED = {
    "sound-only": "has sound but no picture",
    "cover": "has sound but no picture",
    "empty": "the file is empty",
    "zeros": "nothing but zeros",
    "random": "is not a clip (MP4, MOV, MKV, WebM); save it as MP4",
    "hls": "is not a clip (MP4, MOV, MKV, WebM) but a playlist",
    "concat": "is not a clip (MP4, MOV, MKV, WebM) but a playlist",
    "links": "is not a clip (MP4, MOV, MKV, WebM) but a playlist",
    "ftyp-hls": "it is cut off",
    "page": "is not a clip (MP4, MOV, MKV, WebM) but a web page (HTML)",
    "gif": "is not a clip (MP4, MOV, MKV, WebM) but a GIF",
    "jpeg": "is not a clip (MP4, MOV, MKV, WebM) but a picture (JPEG)",
    "avi": "is not a clip (MP4, MOV, MKV, WebM) but an AVI",
    "ts": "is not a clip (MP4, MOV, MKV, WebM) but an MPEG transport stream",
    "cut": "it ends after 5 s of 8 s; it is cut off, copy it again",
    "cut-moov": "it is cut off, copy it again",
    "cut-mkv": "it ends after 5 s of 8 s; it is cut off, copy it again",
    "damaged": "of its pictures are damaged",
    "too-wide": "is too large: 8200 × 32 pixels",
    "too-small": "is too small: 12 × 12 pixels",
    "too-long": "lasts 5.0 hours; the limit is 4",
    "protected": "is protected against copying (DRM)",
    "unknown-codec": "coded in a way that is not decoded here (zmbv)",
}


class House:
    """House copies, each made once when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._made: dict[str, MadeClip] = {}

    def __call__(self, name: str) -> MadeClip:
        if name not in self._made:
            self._made[name] = transcode(self.source(name), self.folder, name, WALL)
        return self._made[name]

    def source(self, name: str) -> Path:
        folder = self.folder / f"{name}-source"
        folder.mkdir(exist_ok=True)
        there = list(folder.glob(f"{name}.*"))
        return there[0] if there else odd_clips.clip(name, folder)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="module", params=RIGHT)
def odd(request: pytest.FixtureRequest) -> str:
    """Each odd clip in turn: the tests of one stand together, so that it is made once."""
    name: str = request.param
    return name


def probed(path: Path) -> dict[str, Any]:
    asked = ["-show_streams", "-show_format", "-show_chapters", "-show_packets", "-of", "json"]
    answer = subprocess.run(["ffprobe", "-v", "error", *asked, str(path)], check=True, capture_output=True).stdout
    told: dict[str, Any] = json.loads(answer)
    return told


def colours(path: Path) -> list[Colour]:
    """The colours of the four corners, row by row."""
    with Image.open(path) as image:
        return [pixel(image, across, down) for down in (0.25, 0.75) for across in (0.25, 0.75)]


def pixel(image: Image.Image, across: float, down: float) -> Colour:
    colour = image.getpixel((int(image.width * across), int(image.height * down)))
    assert isinstance(colour, tuple)
    return colour


def near(seen: list[Colour], meant: list[Colour], most: int = 6) -> bool:
    return all(
        abs(a - b) <= most for one, other in zip(seen, meant, strict=True) for a, b in zip(one, other, strict=True)
    )


def half(colour: Colour) -> Colour:
    return tuple(part // 2 for part in colour)


def loudness(path: Path) -> tuple[float, float]:
    """Integrated loudness and true peak, measured by another filter than intake uses."""
    command = ["ffmpeg", "-nostdin", "-hide_banner", "-nostats", "-i", str(path), "-map", "0:a"]
    chain = ["-af", "ebur128=peak=true:framelog=verbose", "-f", "null", "-"]
    said = subprocess.run([*command, *chain], check=True, capture_output=True, text=True).stderr
    summary = said[said.rindex("Summary:") :]
    words = summary.split()
    return float(words[words.index("I:") + 1]), float(words[words.index("Peak:") + 1])


def samples(path: Path) -> Sequence[int]:
    """The left channel, decoded."""
    command = ["ffmpeg", "-nostdin", "-v", "error", "-i", str(path), "-vn", "-f", "s16le", "-ar", "48000", "-"]
    both = array("h", subprocess.run(command, check=True, capture_output=True).stdout)
    return both[::2]


def loudest(part: Sequence[int]) -> int:
    return max(map(abs, part), default=0)


def frames_of(path: Path) -> list[Image.Image]:
    """Every frame, in grey."""
    told = probed(path)["streams"][0]
    size = (told["width"], told["height"])
    command = ["ffmpeg", "-nostdin", "-v", "error", "-i", str(path), "-an", "-f", "rawvideo", "-pix_fmt", "gray", "-"]
    raw = subprocess.run(command, check=True, capture_output=True).stdout
    length = size[0] * size[1]
    return [Image.frombytes("L", size, raw[at : at + length]) for at in range(0, len(raw), length)]


def test_an_odd_clip_comes_out_in_its_size_rate_and_length(house: House, odd: str) -> None:
    clip = house(odd).clip
    assert (clip.width, clip.height, clip.rate, clip.frames, clip.sound) == RIGHT[odd]


def test_an_odd_clip_comes_out_upright_and_in_its_colours(house: House, odd: str) -> None:
    made = house(odd)
    for still in (made.first, made.last):
        assert near(colours(still), [RED, GREEN, BLUE, WHITE]), colours(still)
        with Image.open(still) as image:
            assert image.size == (made.clip.width, made.clip.height)


def test_an_odd_clip_comes_out_in_the_house_format(house: House, odd: str) -> None:
    made = house(odd)
    told = probed(made.video)
    picture, *sounds = told["streams"]
    assert [picture[key] for key in ("codec_name", "pix_fmt", "sample_aspect_ratio")] == ["h264", "yuv420p", "1:1"]
    for key in ("color_space", "color_primaries", "color_transfer"):
        assert picture[key] == "bt709"
    assert picture["color_range"] == "tv"
    assert Fraction(picture["r_frame_rate"]) == made.clip.rate
    assert "side_data_list" not in picture
    step = Fraction(picture["time_base"])
    packets = [one for one in told["packets"] if one["stream_index"] == 0]
    assert [one["pts"] * step for one in packets] == [n / made.clip.rate for n in range(made.clip.frames)]
    assert [n for n, one in enumerate(packets) if "K" in one["flags"]] == list(
        range(0, made.clip.frames, round(made.clip.rate))
    )
    assert [(one["codec_name"], one["sample_rate"], one["channels"], one["start_pts"]) for one in sounds] == (
        [("aac", "48000", 2, 0)] if made.clip.sound else []
    )


def test_the_sound_is_plain_pcm_as_long_as_the_picture(house: House, odd: str) -> None:
    made = house(odd)
    if made.sound is None:
        assert not made.clip.sound
        return
    raw = made.sound.read_bytes()
    count = round(made.clip.frames / made.clip.rate * 48000)
    plain = struct.pack(
        "<4sI8sIHHIIHH4sI", b"RIFF", 36 + 4 * count, b"WAVEfmt ", 16, 1, 2, 48000, 192000, 4, 16, b"data", 4 * count
    )
    assert raw[:44] == plain
    assert len(raw) == 44 + 4 * count
    with wave.open(str(made.sound)) as sound:
        assert sound.getnframes() == count


@pytest.mark.parametrize("name", ["mono", "5-1", "quiet", "loud", "peaks", "vp9"])
def test_every_sound_is_equally_loud(house: House, name: str) -> None:
    made = house(name)
    assert made.sound is not None
    integrated, peak = loudness(made.sound)
    assert integrated == pytest.approx(-23.0, abs=0.5)
    assert peak <= -1.0
    assert loudness(made.video)[0] == pytest.approx(-23.0, abs=1.0)


@pytest.mark.parametrize("name", ["no-sound", "silence", "one-frame"])
def test_a_silent_clip_has_no_sound_at_all(house: House, name: str) -> None:
    made = house(name)
    assert made.sound is None
    assert len(probed(made.video)["streams"]) == 1
    assert not (house.folder / f"{name}-sound.wav").exists()


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_whole_clip_is_refused_with_the_reason(name: str, tmp_path: Path) -> None:
    source = odd_clips.clip(name, tmp_path, "http://127.0.0.1:9")
    into = tmp_path / "into"
    into.mkdir()
    with pytest.raises(MediumRefused) as refusal:
        transcode(source, into, "it", WALL)
    assert REFUSED[name] in str(refusal.value)
    assert str(tmp_path) not in str(refusal.value)
    assert not list(into.iterdir())


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@pytest.mark.parametrize("name", ["hls", "concat", "links", "ftyp-hls"])
def test_nothing_is_fetched_for_a_playlist_in_disguise(name: str, tmp_path: Path, listener: socket.socket) -> None:
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    source = odd_clips.clip(name, tmp_path, address)
    with pytest.raises(MediumRefused):
        transcode(source, tmp_path, "it", WALL)
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_the_probe_alone_fetches_nothing_either(tmp_path: Path, listener: socket.socket) -> None:
    """The demuxer is named, so that no other is asked, whatever the first bytes pretend."""
    source = odd_clips.clip("hls", tmp_path, f"http://127.0.0.1:{listener.getsockname()[1]}")
    options = probe_module.opening(source, Demuxer.MOV)
    ended, _ = ffmpeg.heard(ffmpeg.ffprobe(*options, f"file:{source}"), 10_000)
    assert ended.code
    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.mark.parametrize("name", ["pq", "hlg"])
def test_hdr_keeps_its_colours_and_its_white_is_no_glare(house: House, name: str) -> None:
    """A face at a third of white keeps its brightness; white itself gives way to the highlights above it."""
    red, green, blue, white = colours(house(name).first)
    assert near([red, green, blue], [RED, GREEN, BLUE], 14)
    assert 195 <= min(white) <= max(white) <= 215
    assert max(white) - min(white) <= 3


@pytest.mark.parametrize("name", ["alpha-qtrle", "alpha-prores", "alpha-vp9"])
def test_what_is_half_transparent_stands_on_black(house: House, name: str) -> None:
    assert near(colours(house(name).first), [half(RED), half(GREEN), half(BLUE), half(WHITE)])


def test_fields_are_made_into_pictures_without_combs(house: House) -> None:
    """A white bar goes six pixels a field over black: in every second row it would stand elsewhere."""
    assert max(map(combs, frames_of(house.source("interlaced")))) > 500
    assert max(map(combs, frames_of(house("interlaced").video))) < 100


def combs(image: Image.Image) -> int:
    """How many pixels differ from both rows next to them, which are alike."""
    wide, high = image.size
    rows = [image.crop((0, y, wide, y + 1)).tobytes() for y in range(high)]
    return sum(
        abs(above - below) < 50 and abs(here - above) > 100
        for top, middle, bottom in zip(rows, rows[1:], rows[2:], strict=False)
        for above, here, below in zip(top, middle, bottom, strict=True)
    )


def test_the_stills_are_the_first_and_the_very_last_frame(house: House) -> None:
    made = house("turns-blue")
    assert near(colours(made.first), [RED, GREEN, BLUE, WHITE])
    assert near(colours(made.last), [BLUE] * 4)


def test_a_flash_and_a_beep_stay_together(house: House) -> None:
    """To within 5 ms, in the WAV and in the AAC, whose encoder starts late and has no edit list to say so."""
    made = house("beep")
    assert made.sound is not None
    lit = [
        n
        for n, frame in enumerate(frames_of(made.video))
        if frame.resize((1, 1), Image.Resampling.BOX).tobytes()[0] > 200
    ]
    assert lit == [30]
    for sound in (made.sound, made.video):
        heard = samples(sound)
        threshold = loudest(heard) / 4
        start = next(at for at, value in enumerate(heard) if abs(value) > threshold)
        assert start / 48000 == pytest.approx(1.2, abs=0.005)


def test_a_picture_that_comes_late_is_held_back_and_its_sound_is_not(house: House) -> None:
    made = house("late-picture")
    assert made.sound is not None
    assert loudest(samples(made.sound)[:4800]) > 300


def test_a_sound_that_comes_late_waits_in_silence(house: House) -> None:
    made = house("late-sound")
    assert made.sound is not None
    heard = samples(made.sound)
    assert loudest(heard[: int(0.45 * 48000)]) < 20
    assert loudest(heard[int(0.55 * 48000) : int(0.65 * 48000)]) > 300


def test_of_two_sounds_the_one_named_default_is_taken(house: House) -> None:
    made = house("two-sounds")
    assert made.sound is not None
    heard = samples(made.sound)[4800 : 4800 + 24000]
    crossings = sum(a < 0 <= b for a, b in pairwise(heard))
    assert crossings * 2 == pytest.approx(1000, abs=10)


def test_nothing_written_beside_the_picture_comes_along(house: House) -> None:
    for name in ("laden", "timecode", "covered-clip"):
        made = house(name)
        told = probed(made.video)
        assert [stream["codec_type"] for stream in told["streams"]] == ["video", "audio"]
        assert told["chapters"] == []
        for secret in (b"Secret", b"Lavf", b"Lavc", b"x264", b"tmcd"):
            assert secret not in made.video.read_bytes()


def test_the_table_of_contents_comes_first_and_no_edit_list_is_in_it(house: House) -> None:
    raw = house("plain").video.read_bytes()
    assert raw.index(b"moov") < raw.index(b"mdat")
    assert b"elst" not in raw


def test_the_same_bytes_give_the_same_copies(house: House, tmp_path: Path) -> None:
    once = house("plain")
    again = transcode(house.source("plain"), tmp_path, "again", WALL)
    for one, other in ((once.video, again.video), (once.sound, again.sound), (once.first, again.first)):
        assert one is not None
        assert other is not None
        assert one.read_bytes() == other.read_bytes()


def test_only_the_copies_are_left_and_they_have_their_names(tmp_path: Path) -> None:
    source = odd_clips.clip("plain", tmp_path)
    into = tmp_path / "into"
    into.mkdir()
    transcode(source, into, "it", WALL)
    assert sorted(path.name for path in into.iterdir()) == [
        "it-clip.mp4",
        "it-first.jpg",
        "it-last.jpg",
        "it-sound.wav",
    ]


def test_progress_goes_from_nothing_to_all_and_never_back(house: House, tmp_path: Path) -> None:
    heard: list[float] = []
    transcode(house.source("plain"), tmp_path, "it", WALL, heard.append)
    assert heard == sorted(heard)
    assert heard[0] < 1.0
    assert heard[-1] == 1.0
    assert len(heard) > 5


def test_who_gives_up_midway_leaves_nothing_behind(house: House, tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    def listen(part: float) -> None:
        if part > 0.5:
            raise Enough

    with pytest.raises(Enough):
        transcode(house.source("plain"), tmp_path, "it", WALL, listen)
    assert not list(tmp_path.iterdir())


def test_a_decoder_that_stands_still_is_ended_and_its_clip_refused() -> None:
    start = monotonic()
    with pytest.raises(MediumRefused, match="stood still"):
        ffmpeg.run(["sleep", "60"], lambda _: True, Seconds(0.3))
    assert monotonic() - start < 10


def test_complaining_is_no_progress() -> None:
    with pytest.raises(MediumRefused, match="stood still"):
        ffmpeg.run(["sh", "-c", "while :; do echo no >&2; done"], lambda _: True, Seconds(0.5))


def test_a_flood_of_complaints_is_read_and_not_kept() -> None:
    ended = ffmpeg.run(["sh", "-c", "yes 0123456789 | head -c 3000000 >&2"], lambda _: True)
    assert ended.code == 0
    assert len(ended.complaints) == ffmpeg.LAST_LINES


def test_the_decoder_ends_with_who_started_it(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    code = f"from projector.intake import ffmpeg; ffmpeg.run(['sh', '-c', 'echo $$ >{note}; exec sleep 60'], bool)"
    with subprocess.Popen([sys.executable, "-c", code]) as parent:
        deadline = monotonic() + 20
        while not (note.exists() and note.read_text().strip()) and monotonic() < deadline:
            sleep(0.02)
        parent.kill()
    child = int(note.read_text())
    while lives(child) and monotonic() < deadline:
        sleep(0.02)
    if lives(child):
        os.kill(child, signal.SIGKILL)
        pytest.fail("the decoder outlived its parent")


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except OSError:
        return False


def test_a_full_disk_is_not_the_clips_fault() -> None:
    """It is tried again though it does not change."""
    black = ("-f", "lavfi", "-i", "color=s=640x360:d=1")
    with pytest.raises(Unreadable, match="no room on the disk"):
        ffmpeg.run(ffmpeg.ffmpeg(*black, "-f", "rawvideo", "/dev/full"), ffmpeg.Progress().hear)


def test_a_machine_without_ffmpeg_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "defpath", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    ffmpeg.program.cache_clear()
    try:
        with pytest.raises(Missing, match="apt-get install ffmpeg"):
            ffmpeg.require_ffmpeg()
    finally:
        ffmpeg.program.cache_clear()
