import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pyglet
import pytest
from PIL import Image

from projector.render.canvas import letterboxed
from projector.render.compositor import Compositor
from projector.render.output import OffscreenOutput
from projector.render.tiles import Key, key_of
from projector.show.layout import cells
from projector.show.media import Clip
from projector.show.picture import BLACK, BlackTile, ClipTile, Layer, PhotoTile, Picture, Rect, Size, WordsTile

CANVAS = Size(96, 60)
WHOLE = Rect(0, 0, 96, 60)
LEFT, RIGHT = Rect(0, 0, 48, 60), Rect(48, 0, 48, 60)
Colour = tuple[int, int, int]


@pytest.fixture
def compositor(offscreen: OffscreenOutput) -> Iterator[Compositor]:
    offscreen.make_current()
    compositor = Compositor(CANVAS)
    yield compositor
    compositor.close()


def layer(name: str, rect: Rect = WHOLE, opacity: float = 1.0) -> Layer:
    return Layer(PhotoTile(name), rect, opacity)


def plain(compositor: Compositor, wanted: Layer, colour: Colour) -> None:
    compositor.upload(key_of(wanted), bytes((*colour, 0)) * (wanted.rect.width * wanted.rect.height))


def at(compositor: Compositor, x: int, y: int) -> Colour:
    pixels, start = compositor.read(), 3 * (y * compositor.size.width + x)
    return pixels[start], pixels[start + 1], pixels[start + 2]


def test_the_canvas_is_black_before_anything_is_drawn(compositor: Compositor) -> None:
    assert compositor.read() == bytes(96 * 60 * 3)
    assert not compositor.draw(BLACK)


def test_a_tile_comes_out_texel_for_pixel_and_upright(compositor: Compositor) -> None:
    rect = Rect(7, 11, 33, 21)
    noise = random.Random(1).randbytes(33 * 21 * 4)
    compositor.upload(Key(PhotoTile("noise"), Size(33, 21)), noise)
    assert compositor.draw(Picture((layer("noise", rect),)))
    canvas = Image.frombytes("RGB", (96, 60), compositor.read())
    wanted = Image.frombytes("RGB", (33, 21), noise, "raw", "RGBX")
    assert canvas.crop((7, 11, 40, 32)).tobytes() == wanted.tobytes()
    assert canvas.getbbox() == (7, 11, 40, 32)


def test_white_at_half_opacity_over_black_is_half_grey(compositor: Compositor) -> None:
    plain(compositor, layer("white"), (255, 255, 255))
    compositor.draw(Picture((layer("white", opacity=0.5),)))
    assert set(compositor.read()) <= {127, 128}


def test_a_mix_weighs_both_pictures(compositor: Compositor) -> None:
    plain(compositor, layer("red"), (200, 0, 0))
    plain(compositor, layer("blue"), (0, 0, 200))
    compositor.draw(Picture((layer("red"), layer("blue", opacity=0.25))))
    assert at(compositor, 5, 5) == pytest.approx((150, 0, 50), abs=1)


def test_the_gain_darkens_all_and_comes_back_without_a_trace(compositor: Compositor) -> None:
    plain(compositor, layer("white"), (200, 100, 50))
    picture = Picture((layer("white"),))
    compositor.draw(picture)
    bright = compositor.read()
    assert compositor.draw(Picture(picture.layers, gain=0.5))
    assert at(compositor, 50, 30) == pytest.approx((100, 50, 25), abs=1)
    assert not compositor.draw(Picture(picture.layers, gain=0.5))
    compositor.draw(Picture(picture.layers, gain=0.0))
    assert not any(compositor.read())
    compositor.draw(picture)
    assert compositor.read() == bright


def test_black_laid_over_a_picture_darkens_it(compositor: Compositor) -> None:
    plain(compositor, layer("white"), (200, 200, 200))
    compositor.draw(Picture((layer("white"), Layer(BlackTile(), LEFT, 0.75))))
    assert at(compositor, 0, 0) == pytest.approx((50, 50, 50), abs=1)
    assert at(compositor, 48, 0) == (200, 200, 200)


def test_a_tile_that_is_not_ready_leaves_what_is_beneath_it(compositor: Compositor) -> None:
    plain(compositor, layer("ready"), (10, 20, 30))
    picture = Picture((layer("ready"), layer("late")))
    assert compositor.missing(picture) == [key_of(layer("late"))]
    compositor.draw(picture)
    assert at(compositor, 40, 40) == (10, 20, 30)
    plain(compositor, layer("late"), (90, 90, 90))
    assert compositor.missing(picture) == []
    assert compositor.draw(picture)
    assert at(compositor, 40, 40) == (90, 90, 90)


def test_a_tile_uploaded_again_is_drawn_again(compositor: Compositor) -> None:
    picture = Picture((layer("a"),))
    plain(compositor, layer("a"), (1, 2, 3))
    compositor.draw(picture)
    plain(compositor, layer("a"), (7, 8, 9))
    assert compositor.draw(picture)
    assert at(compositor, 0, 0) == (7, 8, 9)


def test_a_wrong_number_of_bytes_is_refused(compositor: Compositor) -> None:
    with pytest.raises(ValueError, match="96x60"):
        compositor.upload(key_of(layer("a")), bytes(96 * 60 * 3))


def test_only_the_place_that_changed_is_touched(compositor: Compositor, monkeypatch: pytest.MonkeyPatch) -> None:
    for rect in (LEFT, RIGHT):
        for name in "ab":
            plain(compositor, layer(name, rect), (50, 60, 70))
    picture = Picture((layer("a", LEFT), layer("a", RIGHT)))
    compositor.draw(picture)
    touched = []
    monkeypatch.setattr(compositor, "_draw_place", lambda place, sheets: touched.append((place, len(sheets))))
    assert not compositor.draw(picture)
    assert touched == []
    compositor.draw(Picture((*picture.layers, layer("b", RIGHT, 0.3))))
    assert touched == [(RIGHT, 2)]
    compositor.draw(Picture((layer("a", LEFT),)))
    assert touched[1:] == [(WHOLE, 1)]


def wandering(chance: random.Random, ready: list[Layer]) -> Picture:
    """A picture as a show might draw one, or stranger: grids, titles, mixes, overlaps, black, fades."""
    grid = [cells(CANVAS, 3, 2), cells(CANVAS, 4, 3), (WHOLE,), (LEFT, RIGHT)][chance.randrange(4)]
    layers = [one for one in ready if one.rect in grid or chance.random() < 0.04]
    chosen = [Layer(one.tile, one.rect, chance.choice([0.0, 0.1, 0.5, 0.9, 1.0, 1.0])) for one in layers]
    if chance.random() < 0.3:
        chosen.append(Layer(BlackTile(), chance.choice([WHOLE, LEFT]), chance.random()))
    chance.shuffle(chosen)
    return Picture(tuple(chosen), chance.choice([1.0, 1.0, 1.0, 0.8, 0.35]))


@pytest.mark.parametrize("seed", range(6))
def test_a_picture_is_the_same_whatever_was_drawn_before(offscreen: OffscreenOutput, seed: int) -> None:
    offscreen.make_current()
    chance = random.Random(seed)
    places = [*cells(CANVAS, 3, 2), *cells(CANVAS, 4, 3), WHOLE, LEFT, RIGHT]
    ready = [layer(name, rect) for rect in places for name in "ab"]
    tiles = {key_of(one): chance.randbytes(one.rect.width * one.rect.height * 4) for one in ready}
    wall, picture = Compositor(CANVAS), BLACK
    for key, pixels in tiles.items():
        wall.upload(key, pixels)
    for _ in range(25):
        # A step is a new picture, or the last one a little further on: the case that is drawn by halves.
        moved = [Layer(one.tile, one.rect, chance.choice([one.opacity, 0.4, 1.0])) for one in picture.layers]
        picture = Picture(tuple(moved), picture.gain) if chance.random() < 0.7 else wandering(chance, ready)
        wall.draw(picture)
        scratch = Compositor(CANVAS)
        for key in scratch.missing(picture):
            scratch.upload(key, tiles[key])
        scratch.draw(picture)
        assert wall.read() == scratch.read()
        scratch.close()
    wall.close()


def objects() -> int:
    """How many GL objects of the kinds that we make are alive."""
    gl = pyglet.gl
    kinds = (gl.glIsTexture, gl.glIsFramebuffer, gl.glIsVertexArray, gl.glIsProgram, gl.glIsShader, gl.glIsBuffer)
    return sum(bool(alive(number)) for alive in kinds for number in range(1, 1500))


def test_after_five_hundred_tiles_no_gl_object_is_left(offscreen: OffscreenOutput) -> None:
    offscreen.make_current()
    before = objects()
    chance, compositor = random.Random(3), Compositor(CANVAS)
    for number in range(500):
        rect = Rect(chance.randrange(20), chance.randrange(20), chance.randrange(1, 400), chance.randrange(1, 300))
        plain(compositor, layer(str(number), rect), (number % 256, 0, 0))
        compositor.draw(Picture((layer(str(number), rect, chance.random()),)))
        compositor.drop(compositor.keys()[:-3])
    assert len(compositor.keys()) == 3
    # A few of each of 7 x 5 size classes stand by.
    assert objects() < before + 110
    compositor.close()
    assert objects() == before


def test_the_canvas_lies_in_the_window_whole_and_upright_with_black_round_it(offscreen: OffscreenOutput) -> None:
    offscreen.make_current()
    compositor = Compositor(Size(16, 8))
    top, bottom = layer("top", Rect(0, 0, 16, 4)), layer("bottom", Rect(0, 4, 16, 4))
    plain(compositor, top, (255, 0, 0))
    plain(compositor, bottom, (0, 0, 255))
    compositor.draw(Picture((top, bottom)))
    compositor.present(16, 16)
    gl = pyglet.gl
    window = (gl.GLubyte * (16 * 16 * 4))()
    gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, 0)
    gl.glReadPixels(0, 0, 16, 16, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, window)
    rows = [bytes(window)[64 * row : 64 * row + 3] for row in range(15, -1, -1)]
    black, red, blue = bytes(3), b"\xff\0\0", b"\0\0\xff"
    assert rows == [black] * 4 + [red] * 4 + [blue] * 4 + [black] * 4
    compositor.close()


@pytest.mark.parametrize(
    ("window", "place"),
    [
        (Size(1920, 1080), Rect(0, 0, 1920, 1080)),
        (Size(1280, 800), Rect(0, 40, 1280, 720)),
        (Size(1000, 450), Rect(100, 0, 800, 450)),
        (Size(1, 1), Rect(0, 0, 1, 1)),
    ],
)
def test_the_canvas_keeps_its_shape_in_every_window(window: Size, place: Rect) -> None:
    assert letterboxed(Size(1920, 1080), window) == place


# Clips ----------------------------------------------------------------------------------------------------------------

CLIP = Clip(96, 60, Fraction(25), 100)
BARS = [(191, 191, 191), (191, 191, 0), (0, 191, 191), (0, 191, 0), (191, 0, 191), (191, 0, 0), (0, 0, 191), (0, 0, 0)]


def yuv(colour: Colour) -> tuple[int, int, int]:
    """BT.709 in limited range, as the standard has it."""
    red, green, blue = (part / 255 for part in colour)
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return (
        round(16 + 219 * luma),
        round(128 + 224 * (blue - luma) / 1.8556),
        round(128 + 224 * (red - luma) / 1.5748),
    )


def i420(colours: list[Colour], size: Size = CANVAS) -> bytes:
    """A frame of upright bars of equal width, which must be even."""
    bars, width = [yuv(colour) for colour in colours], size.width // len(colours)
    rows = [b"".join(bytes([bar[part]]) * (width if part == 0 else width // 2) for bar in bars) for part in range(3)]
    return rows[0] * size.height + rows[1] * (size.height // 2) + rows[2] * (size.height // 2)


def clip(frame: int = 0, place: Rect = WHOLE, showing: int = 1, opacity: float = 1.0, **more: Any) -> Layer:
    return Layer(ClipTile("clip", showing, CLIP, frame, place, **more), WHOLE, opacity)


def test_bars_come_out_in_their_colours(compositor: Compositor) -> None:
    compositor.upload_frame(key_of(clip()), Size(96, 60), i420(BARS))
    assert compositor.draw(Picture((clip(),)))
    for index, colour in enumerate(BARS):
        assert at(compositor, index * 12 + 6, 30) == pytest.approx(colour, abs=2)


def test_a_ramp_of_greys_runs_from_black_to_white(compositor: Compositor) -> None:
    greys = [(step * 17, step * 17, step * 17) for step in range(16)]
    compositor.upload_frame(key_of(clip()), Size(96, 60), i420(greys))
    compositor.draw(Picture((clip(),)))
    for index, grey in enumerate(greys):
        assert at(compositor, index * 6 + 3, 10) == pytest.approx(grey, abs=2)


def test_what_is_beyond_limited_range_is_black_or_white_and_wraps_nowhere(compositor: Compositor) -> None:
    for luma, light in ((0, 0), (16, 0), (235, 255), (255, 255)):
        compositor.upload_frame(key_of(clip()), Size(96, 60), bytes([luma]) * 5760 + bytes([128]) * 2880)
        compositor.draw(Picture((clip(),)))
        assert set(compositor.read()) == {light}


def test_a_frame_is_drawn_pixel_for_pixel_at_its_own_size(compositor: Compositor) -> None:
    luma = bytes(random.Random(2).choices(range(16, 236), k=5760))
    compositor.upload_frame(key_of(clip()), Size(96, 60), luma + bytes([128]) * 2880)
    compositor.draw(Picture((clip(),)))
    drawn = compositor.read()[::3]
    assert max(abs(a - (b - 16) * 255 / 219) for a, b in zip(drawn, luma, strict=True)) <= 1.5


def test_a_vertical_clip_keeps_its_shape_with_black_beside_it(compositor: Compositor) -> None:
    place = Rect(30, 0, 34, 60)
    compositor.upload_frame(key_of(clip()), Size(34, 60), i420([(200, 200, 200)], Size(34, 60)))
    compositor.draw(Picture((layer("under"), clip(place=place))))
    canvas = Image.frombytes("RGB", (96, 60), compositor.read())
    assert canvas.getbbox() == (30, 0, 64, 60)
    assert canvas.getpixel((47, 30)) == pytest.approx((200, 200, 200), abs=2)


def test_a_smaller_frame_fills_its_place_smoothly(compositor: Compositor) -> None:
    compositor.upload_frame(key_of(clip()), Size(4, 2), bytes([16, 16, 235, 235] * 2) + bytes([128]) * 4)
    compositor.draw(Picture((clip(),)))
    row = compositor.read()[: 96 * 3 : 3]
    assert row[0] == 0
    assert row[95] == 255
    assert all(0 <= b - a < 20 for a, b in pairwise(row))


def test_a_new_frame_is_a_change_and_the_same_frame_is_none(compositor: Compositor) -> None:
    compositor.upload_frame(key_of(clip()), Size(96, 60), i420([(10, 10, 10)]))
    assert compositor.draw(Picture((clip(0),)))
    assert not compositor.draw(Picture((clip(1),))), "what is asked for makes no picture: what was uploaded does"
    compositor.upload_frame(key_of(clip()), Size(96, 60), i420([(90, 90, 90)]))
    assert compositor.draw(Picture((clip(1),)))
    assert at(compositor, 4, 4) == pytest.approx((90, 90, 90), abs=2)


def test_two_playings_of_one_clip_are_kept_apart(compositor: Compositor) -> None:
    first, second = clip(showing=1), clip(showing=2)
    compositor.upload_frame(key_of(first), Size(96, 60), i420([(10, 10, 10)]))
    assert compositor.missing(Picture((second,))) == [key_of(second)]
    compositor.upload_frame(key_of(second), Size(96, 60), i420([(90, 90, 90)]))
    compositor.draw(Picture((first,)))
    assert at(compositor, 4, 4) == pytest.approx((10, 10, 10), abs=2)


def test_a_clip_mixes_with_a_photo(compositor: Compositor) -> None:
    plain(compositor, layer("photo"), (200, 0, 0))
    compositor.upload_frame(key_of(clip()), Size(96, 60), i420([(0, 0, 200)]))
    compositor.draw(Picture((layer("photo"), clip(opacity=0.25))))
    assert at(compositor, 5, 5) == pytest.approx((150, 0, 50), abs=2)


WORDS = WordsTile(words=("We Remember",))
BAND = Rect(8, 40, 40, 12)


def words_drawn(compositor: Compositor, alpha: int) -> Colour:
    worded = clip(caption=(WORDS, BAND))
    compositor.upload_frame(key_of(worded), Size(96, 60), i420([(100, 100, 100)]))
    compositor.upload(Key(WORDS, Size(40, 12)), bytes((250, 240, 230, alpha)) * (40 * 12))
    compositor.draw(Picture((worded,)))
    canvas = Image.frombytes("RGB", (96, 60), compositor.read())
    grey = canvas.copy()
    grey.paste((0, 0, 0), (8, 40, 48, 52))
    corners = [grey.getpixel(point) for point in ((7, 40), (48, 40), (8, 39), (8, 52))]
    assert corners == [pytest.approx((100, 100, 100), abs=2)] * 4, "words stay in their band"
    return at(compositor, 47, 51)


def test_words_lie_over_the_clip_and_nothing_of_them_where_they_are_clear(compositor: Compositor) -> None:
    assert words_drawn(compositor, 255) == pytest.approx((250, 240, 230), abs=1)
    assert words_drawn(compositor, 0) == pytest.approx((100, 100, 100), abs=2)
    assert words_drawn(compositor, 128) == pytest.approx((175, 170, 165), abs=2)


def test_words_that_are_not_there_yet_hold_nothing_back(compositor: Compositor) -> None:
    worded = clip(caption=(WORDS, BAND))
    compositor.upload_frame(key_of(worded), Size(96, 60), i420([(100, 100, 100)]))
    assert not compositor.missing(Picture((worded,)))
    assert compositor.draw(Picture((worded,)))
    compositor.upload(Key(WORDS, Size(40, 12)), bytes((250, 240, 230, 255)) * (40 * 12))
    assert compositor.draw(Picture((worded,))), "and come up once they are"
    assert at(compositor, 20, 45) == pytest.approx((250, 240, 230), abs=1)
    assert compositor.draw(Picture((clip(),))), "and go"


def test_a_dropped_clip_is_missing_again(compositor: Compositor) -> None:
    compositor.upload_frame(key_of(clip()), Size(96, 60), i420(BARS))
    assert compositor.keys() == [key_of(clip())]
    compositor.drop([key_of(clip())])
    assert compositor.missing(Picture((clip(),))) == [key_of(clip())]


def test_a_clip_that_is_dropped_stands_until_the_next_picture(compositor: Compositor) -> None:
    compositor.upload_frame(key_of(clip()), Size(96, 60), i420(BARS))
    compositor.draw(Picture((clip(),)))
    compositor.drop([key_of(clip())])
    assert at(compositor, 18, 30) == pytest.approx(BARS[1], abs=2)


def test_a_frame_of_another_size_than_it_says_is_refused(compositor: Compositor) -> None:
    with pytest.raises(ValueError, match="not a frame of 96x60"):
        compositor.upload_frame(key_of(clip()), Size(96, 60), bytes(100))
