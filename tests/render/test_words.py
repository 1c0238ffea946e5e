"""The words of a clip: what stands in the pixels of their band."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from projector.errors import Missing
from projector.render.sample import sign_texts
from projector.render.theme import load_theme
from projector.render.tiles import rasterise
from projector.render.words import set_words
from projector.show.media import Clip
from projector.show.picture import ClipTile, Rect, Size, WordsTile
from projector.show.showings import Texts

CLIP = Clip(4, 4, Fraction(25), 100)
OVER, BELOW, BESIDE = Size(1920, 360), Size(1920, 277), Size(900, 1080)
# No words of Thai and Amharic have been given to us: letters of their alphabets stand for them.
WORDS = sign_texts() | {"th": "ที่ฐฎุกำ", "am": "ሀለሐ መሠረ"}
LANGUAGES = ["en", "pl", "he", "ar", "ja", "zh-Hans", "hi", "ru", "el", "ka", "ko", "th", "am"]
SENTENCE = "Placeholder subtitle 1, which is as long as two lines of a subtitle are in this band"


def words(size: Size, subtitles: Texts = (), caption: tuple[str, ...] = (), *, over: bool = False) -> Image.Image:
    return set_words(WordsTile(subtitles, caption, over), size, ("en",))


def letters(image: Image.Image) -> Image.Image:
    """The letters alone, without the dark ground round them."""
    opaque = image.getchannel("A").point(lambda value: 255 * (value > 100))
    return Image.composite(image.getchannel("R"), Image.new("L", image.size), opaque).point(lambda v: 255 * (v > 120))


def rows_of_ink(image: Image.Image) -> list[tuple[int, int]]:
    grey = letters(image)
    inked = [grey.crop((0, y, grey.width, y + 1)).getbbox() is not None for y in range(grey.height)]
    edges = [y for y in range(1, grey.height) if inked[y] != inked[y - 1]]
    return list(zip(edges[::2], edges[1::2], strict=True))


def box(image: Image.Image) -> tuple[int, int, int, int]:
    found = letters(image).getbbox()
    assert found is not None
    return found


def laid_over(image: Image.Image, colour: tuple[int, int, int]) -> Image.Image:
    ground = Image.new("RGBA", image.size, (*colour, 255))
    ground.alpha_composite(image)
    return ground.convert("L")


def test_the_bytes_are_rgba_of_exactly_the_size() -> None:
    tile = WordsTile((("en", "HEX"),))
    pixels = rasterise(tile, Size(800, 200), lambda _medium, _size: b"")

    assert len(pixels) == 800 * 200 * 4
    assert pixels[:4] == bytes((0, 0, 0, 0))
    assert bytes((*load_theme().ink, 255)) in pixels
    assert pixels == rasterise(tile, Size(800, 200), lambda _medium, _size: b"")


def test_a_clip_s_frames_are_not_drawn_here() -> None:
    with pytest.raises(ValueError, match="ClipTile"):
        rasterise(ClipTile("a", 1, CLIP, 0, Rect(0, 0, 1, 1)), Size(4, 4), lambda _medium, _size: b"")


@pytest.mark.parametrize(("size", "over"), [(OVER, True), (BELOW, False), (BESIDE, False)])
def test_without_words_there_is_nothing(size: Size, *, over: bool) -> None:
    assert words(size, (("en", " "),), ("",), over=over).getbbox() is None


def test_beside_a_picture_there_is_no_ground_and_letters_are_of_the_theme_s_colour() -> None:
    image = words(BELOW, (("en", "HEX"),))

    mask = image.getchannel("A").point(lambda value: 255 * (value > 0))
    flat = Image.composite(image.convert("RGB"), Image.new("RGB", image.size, load_theme().ink), mask)
    assert flat.getcolors() == [(image.width * image.height, load_theme().ink)]


@pytest.mark.parametrize("ground", [(255, 255, 255), (235, 225, 200), (128, 128, 128), (0, 0, 0)])
def test_over_any_picture_every_letter_is_light_on_dark(ground: tuple[int, int, int]) -> None:
    image = words(OVER, (("en", "HHHHHH"),), over=True)
    left, top, right, bottom = box(image)
    seen = laid_over(image, ground).crop((left, top, right, bottom))

    row = seen.crop((0, seen.height // 4, seen.width, seen.height // 4 + 1)).tobytes()
    assert max(row) > 220
    assert min(row) < 60


def test_the_dark_ground_fades_out_within_the_band() -> None:
    alpha = words(OVER, (("en", SENTENCE), ("pl", SENTENCE)), ("Placeholder",), over=True).getchannel("A")

    assert max(alpha.crop((0, 0, 1920, 1)).tobytes()) < 12
    assert max(alpha.crop((0, 0, 1, 360)).tobytes()) < 12
    step = ImageChops.difference(alpha, ImageChops.offset(alpha, 0, 1)).crop((0, 1, 200, 200))
    assert max(step.tobytes()) < 25


def test_both_languages_have_one_size_and_the_first_stands_first() -> None:
    (first, second) = rows_of_ink(words(BELOW, (("en", "HEX"), ("el", "ΗΕΧΗΕΧ"))))

    assert first[1] - first[0] == pytest.approx(second[1] - second[0], abs=2)
    short = letters(words(BELOW, (("en", "HEX"), ("el", "ΗΕΧΗΕΧ")))).crop((0, first[0], 1920, first[1])).getbbox()
    longer = letters(words(BELOW, (("en", "HEX"), ("el", "ΗΕΧΗΕΧ")))).crop((0, second[0], 1920, second[1])).getbbox()
    assert short is not None
    assert longer is not None
    assert short[2] - short[0] < longer[2] - longer[0]


@pytest.mark.parametrize(("size", "over"), [(OVER, True), (BELOW, False), (BESIDE, False)])
def test_letters_keep_their_size_from_subtitle_to_subtitle(size: Size, *, over: bool) -> None:
    one = rows_of_ink(words(size, (("en", "HEX"),), over=over))
    four = rows_of_ink(words(size, (("en", "HEX\nHEX"), ("el", "ΗΕΧ\nΗΕΧ")), over=over))

    assert {bottom - top for top, bottom in one + four} <= {one[0][1] - one[0][0] + d for d in (-1, 0, 1)}


@pytest.mark.parametrize(("size", "over"), [(OVER, True), (BELOW, False)])
def test_two_languages_of_two_lines_are_large_enough_to_be_read(size: Size, *, over: bool) -> None:
    rows = rows_of_ink(words(size, (("en", "HEX\nHEX"), ("el", "ΗΕΧ\nΗΕΧ")), over=over))

    # Capitals are seven tenths of their em, and that is at least a thirtieth of the wall's height.
    assert len(rows) == 4
    assert all(bottom - top >= 0.69 * 1080 / 30 for top, bottom in rows)


def test_words_stand_at_the_foot_of_a_picture_and_close_below_one() -> None:
    over, below = box(words(OVER, (("en", "HEX"),), over=True)), box(words(BELOW, (("en", "HEX"),)))

    assert 30 < OVER.height - over[3] < 60
    assert 10 < below[1] < 40


def test_a_writer_s_own_lines_are_kept_where_they_fit() -> None:
    assert len(rows_of_ink(words(BELOW, (("en", "HEX\nHEX HEX HEX"),)))) == 2


def test_lines_that_do_not_fit_are_broken_anew_into_even_ones() -> None:
    image = words(BESIDE, (("en", "HEX HEX HEX HEX HEX HEX HEX\nHEX HEX HEX"),))
    rows = rows_of_ink(image)
    boxes = [letters(image).crop((0, top, 900, bottom)).getbbox() or (0, 0, 0, 0) for top, bottom in rows]
    widths = [right - left for left, _, right, _ in boxes]

    assert len(rows) == 2
    assert min(widths) > 0.9 * max(widths)


def test_a_second_speaker_begins_a_line() -> None:
    assert len(rows_of_ink(words(BESIDE, (("en", "- HEX HEX HEX HEX HEX HEX HEX\n- HEX"),)))) == 3


@pytest.mark.parametrize(("size", "over"), [(Size(1440, 360), True), (Size(1080, 274), False), (BESIDE, False)])
def test_the_caption_is_quiet_apart_and_stays_whatever_is_said(size: Size, *, over: bool) -> None:
    caption = ("Placeholder 001 and more", "Norway")
    alone = words(size, (), caption, over=over)
    with_words = words(size, (("en", SENTENCE * 2), ("pl", SENTENCE * 2)), caption, over=over)

    left, top, right, bottom = box(alone)
    assert letters(with_words).crop((left, top, right, bottom)).tobytes() == (
        letters(alone).crop((left, top, right, bottom)).tobytes()
    )
    alone.paste(Image.new("RGBA", (right - left, bottom - top)), (left, top))
    assert letters(alone).getbbox() is None
    rest = with_words.copy()
    rest.paste(Image.new("RGBA", (right - left, bottom - top)), (left, top))
    spoken = box(rest)
    assert spoken[0] > right + 10 or spoken[3] < top - 10


@settings(max_examples=40, deadline=None)
@given(
    languages=st.lists(st.sampled_from(LANGUAGES), min_size=1, max_size=2, unique=True),
    times=st.integers(1, 14),
    caption=st.sampled_from([(), ("Placeholder 001", "Norway"), ("Placeholder " * 6,)]),
    place=st.sampled_from([(Size(640, 120), True), (Size(640, 92), False), (Size(300, 360), False)]),
)
def test_words_of_every_script_are_never_clipped(
    languages: list[str], times: int, caption: tuple[str, ...], place: tuple[Size, bool]
) -> None:
    size, over = place
    subtitles = tuple((language, " ".join([WORDS[language]] * times)) for language in languages)
    image = words(size, subtitles, caption, over=over)
    left, top, right, bottom = box(image)

    assert image.size == (size.width, size.height)
    assert left > 4
    assert top > 0
    assert right < size.width - 4
    assert bottom < size.height


def test_a_character_that_no_font_has_is_named() -> None:
    with pytest.raises(Missing, match="U\\+E000"):
        words(BELOW, (("en", "\ue000"),))
