"""Single frames of clips: for `snapshot`, and for a rehearsal at another speed."""

from fractions import Fraction
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from projector.errors import Missing, RenditionFault
from projector.render.frames import frame_of, still_frame
from projector.render.ring import Shape
from projector.render.still import draw_still
from projector.show.media import Clip
from projector.show.picture import ClipTile, Layer, Picture, Rect, Size
from tests.render.counted import clip_of, make, number_in, number_on

SHAPE = Shape(320, 180)
WHOLE = Rect(0, 0, 320, 180)


@pytest.mark.parametrize("rate", [Fraction(25), Fraction(30000, 1001), Fraction(60000, 1001)], ids=str)
def test_the_frame_that_is_named_is_the_frame_that_comes(tmp_path: Path, rate: Fraction) -> None:
    clip = clip_of(130, rate)
    path, group = make(tmp_path / "a.mp4", clip), round(rate)
    for number in (0, 1, group - 1, group, group + 1, 129):
        assert number_in(frame_of(path, clip, number), SHAPE) == number


def test_a_frame_that_a_copy_does_not_have_is_a_fault(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp4", clip_of(30))
    with pytest.raises(RenditionFault, match="no frame 40"):
        frame_of(path, clip_of(100), 40)


def test_without_ffmpeg_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Missing, match="apt install ffmpeg"):
        frame_of(tmp_path / "a.mp4", clip_of(100), 4)


def test_a_still_drawn_shows_the_very_frame_in_its_place(tmp_path: Path) -> None:
    clip = clip_of(60)
    path = make(tmp_path / "a.mp4", clip)
    picture = Picture((Layer(ClipTile("a", 1, clip, 37, WHOLE), WHOLE, 1.0),))
    rgb = draw_still(
        picture, Size(320, 180), lambda _medium, _size: b"", frame=lambda tile: frame_of(path, tile.clip, tile.frame)
    )
    assert number_on(rgb, 320) == 37


def test_a_jpeg_still_becomes_a_frame_of_the_same_colours() -> None:
    clip = Clip(64, 32, Fraction(25), 1)
    image = Image.new("RGB", (128, 64), (180, 40, 90))
    file = BytesIO()
    image.save(file, "JPEG", quality=95, subsampling=0)
    place = Rect(0, 0, 64, 32)
    picture = Picture((Layer(ClipTile("a", 1, clip, 0, place), place, 1.0),))
    frame = still_frame(file.getvalue(), clip)
    assert len(frame) == Shape(64, 32).bytes
    rgb = draw_still(picture, Size(64, 32), lambda _medium, _size: b"", frame=lambda _tile: frame)
    assert tuple(rgb[:3]) == pytest.approx((180, 40, 90), abs=3)


def test_a_still_that_is_no_jpeg_is_a_fault() -> None:
    with pytest.raises(RenditionFault, match="cannot be decoded"):
        still_frame(b"no picture", clip_of(1))
