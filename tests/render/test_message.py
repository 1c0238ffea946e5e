"""A message in words: what stands in the pixels."""

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from projector.errors import Missing, RenditionFault
from projector.render.message import portrait_room, set_message
from projector.render.sample import sign_texts
from projector.render.theme import load_theme
from projector.render.tiles import rasterise
from projector.show.picture import MessageTile, Size

FULL_HD = Size(1920, 1080)
SMALL = Size(640, 360)
SENTENCE = "A placeholder sentence that says nothing, and is here only to be broken into lines of even width. "
# No words of Thai and Amharic have been given to us: letters of their alphabets stand for them.
WORDS = sign_texts() | {"th": "ที่ฐฎุกำ", "am": "ሀለሐ መሠረ"}
LANGUAGES = ["en", "pl", "he", "ar", "ja", "zh-Hans", "hi", "ru", "el", "ka", "yi", "ko", "hy", "th", "am"]
RED = (255, 0, 0)


def page(tile: MessageTile, size: Size = SMALL, portrait: tuple[int, int] | None = None) -> Image.Image:
    asked = Size(*portrait) if portrait else None
    return set_message(tile, size, Image.new("RGB", (asked.width, asked.height), RED) if asked else None, ("en",))


def ink(image: Image.Image) -> tuple[int, int, int, int]:
    box = image.convert("L").point(lambda value: 255 * (value > 40)).getbbox()
    assert box is not None
    return box


def red(image: Image.Image) -> tuple[int, int, int, int]:
    """The box of a red portrait."""
    green = image.getchannel("G").point(lambda value: 255 * (value < 10))
    box = Image.composite(image.getchannel("R"), Image.new("L", image.size), green).point(lambda v: 255 * (v > 200))
    found = box.getbbox()
    assert found is not None
    return found


def rows_of_ink(image: Image.Image) -> list[tuple[int, int]]:
    grey = image.convert("L")
    inked = [max(grey.crop((0, y, grey.width, y + 1)).tobytes()) > 40 for y in range(grey.height)]
    edges = [y for y in range(1, grey.height) if inked[y] != inked[y - 1]]
    return list(zip(edges[::2], edges[1::2], strict=True))


def jpeg(size: tuple[int, int]) -> bytes:
    file = BytesIO()
    Image.new("RGB", size, RED).save(file, "JPEG", quality=95)
    return file.getvalue()


def test_a_page_is_of_exactly_its_size_on_true_black_and_the_same_each_time() -> None:
    tile = MessageTile((("en", "We Remember"), ("he", "אנחנו זוכרים")), "Placeholder", ("not a person",))

    first = page(tile)
    assert (first.mode, first.size, first.getpixel((0, 0))) == ("RGB", (640, 360), (0, 0, 0))
    assert first.tobytes() == page(tile).tobytes()


def test_the_name_stands_below_the_text_and_the_role_quieter_below_the_name() -> None:
    text, name, role = rows_of_ink(page(MessageTile((("en", "HEX"),), "HEX", ("HEX",)), FULL_HD))

    assert text[1] - text[0] > name[1] - name[0] > role[1] - role[0]
    assert role[1] - role[0] > 0.7 * FULL_HD.height / 30
    assert name[0] - text[1] > role[0] - name[1]


def test_the_role_is_of_the_quiet_colour_and_all_else_is_not() -> None:
    with_role = page(MessageTile((("en", "HEX"),), "HEX", ("HEX",)), FULL_HD).getcolors(1 << 20) or []
    without = page(MessageTile((("en", "HEX"),), "HEX"), FULL_HD).getcolors(1 << 20) or []

    assert max(count for count, colour in with_role if colour == load_theme().quiet) > 500
    assert max((count for count, colour in without if colour == load_theme().quiet), default=0) < 50


def test_all_languages_stand_in_one_size() -> None:
    first, second = rows_of_ink(page(MessageTile((("en", "HEX"), ("el", "ΗΕΧ"))), FULL_HD))

    assert first[1] - first[0] == pytest.approx(second[1] - second[0], abs=2)


def test_without_a_portrait_the_page_is_centred() -> None:
    left, top, right, bottom = ink(page(MessageTile((("en", SENTENCE),), "Placeholder"), FULL_HD))

    assert abs(left - (1920 - right)) <= 4
    assert abs(top - (1080 - bottom)) <= 60


@pytest.mark.parametrize(("language", "text", "at_left"), [("en", SENTENCE, True), ("he", "אנחנו זוכרים " * 5, False)])
def test_a_portrait_stands_where_the_first_text_begins(language: str, text: str, *, at_left: bool) -> None:
    image = page(MessageTile(((language, text),), "Placeholder"), FULL_HD, (400, 500))

    left, top, right, bottom = red(image)
    assert (right - left, bottom - top) == (400, 500)
    assert (left < FULL_HD.width - right) is at_left
    words = ink(image.crop((right, 0, 1920, 1080)) if at_left else image.crop((0, 0, left, 1080)))
    # The words keep their distance and hang to the side of the portrait.
    assert (words[0] if at_left else left - words[2]) == pytest.approx(0.045 * 1920, abs=3)


def test_lines_beside_a_portrait_begin_in_one_column() -> None:
    image = page(MessageTile((("en", "HEX HEX HEX HEX HEX HEX HEX HEX HEX HEX HEX"),), "HEX"), FULL_HD, (400, 500))
    words = image.crop((red(image)[2] + 4, 0, 1920, 1080))

    starts = [ink(words.crop((0, top, words.width, bottom)))[0] for top, bottom in rows_of_ink(words)]
    assert len(starts) > 2
    assert max(starts) - min(starts) <= 2


@pytest.mark.parametrize("original", [(300, 900), (900, 300), (50, 60), (3000, 3000)])
def test_a_portrait_is_whole_in_its_shape(original: tuple[int, int]) -> None:
    tile = MessageTile((("en", "We Remember"),), "Placeholder", (), "a")
    pixels = rasterise(tile, FULL_HD, lambda _medium, _size: jpeg(original))

    left, top, right, bottom = red(Image.frombytes("RGB", (1920, 1080), pixels, "raw", "RGBX"))
    room = portrait_room(FULL_HD)
    assert (right - left) / (bottom - top) == pytest.approx(original[0] / original[1], rel=0.02)
    assert right - left <= room.width
    assert bottom - top <= room.height
    assert room.width - (right - left) <= 2 or room.height - (bottom - top) <= 2


def test_the_portrait_is_asked_for_by_its_hash_at_the_size_of_its_room() -> None:
    asked = []

    def rendition(medium: str, size: Size) -> bytes:
        asked.append((medium, size))
        return jpeg((30, 40))

    rasterise(MessageTile((("en", "We Remember"),), portrait="abc"), SMALL, rendition)
    rasterise(MessageTile((("en", "We Remember"),)), SMALL, rendition)
    assert asked == [("abc", portrait_room(SMALL))]


def test_a_portrait_that_is_spoilt_is_a_fault_and_no_page_without_it() -> None:
    tile = MessageTile((("en", "We Remember"),), portrait="a" * 64)

    with pytest.raises(RenditionFault, match="aaaaaaaaaaaa"):
        rasterise(tile, SMALL, lambda _medium, _size: b"no picture")


def test_on_an_upright_page_the_portrait_stands_above_the_words() -> None:
    image = page(MessageTile((("en", SENTENCE),), "Placeholder"), Size(540, 960), (200, 250))

    _, _, _, bottom = red(image)
    assert image.crop((0, 0, 540, red(image)[1] - 2)).getbbox() is None
    assert ink(image.crop((0, bottom + 2, 540, 960)))[3] > 50


@pytest.mark.parametrize("times", [1, 8, 60])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("portrait", [None, (120, 150)])
def test_short_and_long_texts_of_every_script_are_never_clipped(
    language: str, times: int, portrait: tuple[int, int] | None
) -> None:
    text = " ".join([WORDS[language]] * times)
    left, top, right, bottom = ink(page(MessageTile(((language, text),), "Placeholder", ("—",)), SMALL, portrait))

    assert left > 0.05 * 640
    assert right < 0.95 * 640
    assert top > 0.03 * 360
    assert bottom < 0.97 * 360


@settings(max_examples=25, deadline=None)
@given(
    texts=st.lists(st.sampled_from(LANGUAGES), min_size=1, max_size=3, unique=True),
    times=st.integers(1, 30),
    role=st.lists(st.sampled_from(["not a person", "nie osoba", "לא אדם"]), max_size=3),
)
def test_mixed_languages_are_never_clipped(texts: list[str], times: int, role: list[str]) -> None:
    words = tuple((language, " ".join([WORDS[language]] * times)) for language in texts)
    left, top, right, bottom = ink(page(MessageTile(words, "Placeholder", tuple(role))))

    assert min(left, top, 640 - right, 360 - bottom) > 8


def test_a_long_message_is_set_smaller_and_a_short_one_large() -> None:
    short = rows_of_ink(page(MessageTile((("en", "HEX"),)), FULL_HD))
    longer = rows_of_ink(page(MessageTile((("en", "HEX " * 150),)), FULL_HD))

    assert short[0][1] - short[0][0] > 60
    assert 1080 / 30 * 0.65 < longer[0][1] - longer[0][0] < 50


def test_paragraphs_of_a_message_stand_apart() -> None:
    lines = rows_of_ink(page(MessageTile((("en", "HEX\nHEX\n\nHEX"),)), FULL_HD))

    assert lines[2][0] - lines[1][1] > 1.4 * (lines[1][0] - lines[0][1])


def test_more_white_stands_before_the_name_than_between_texts() -> None:
    first, second, name = rows_of_ink(page(MessageTile((("en", "HEX"), ("el", "ΗΕΧ")), "HEX"), FULL_HD))

    assert name[0] - second[1] > 1.3 * (second[0] - first[1])


@pytest.mark.parametrize("portrait", [None, (120, 150)])
def test_a_word_that_is_too_long_for_any_line_is_divided(portrait: tuple[int, int] | None) -> None:
    left, top, right, bottom = ink(page(MessageTile((("en", "W" * 700),), "Placeholder"), SMALL, portrait))

    assert min(left, top, 640 - right, 360 - bottom) > 8


def test_a_character_that_no_font_has_is_named_and_no_box_is_set() -> None:
    with pytest.raises(Missing, match="U\\+E000"):
        page(MessageTile((("en", "We \ue000"),)))
    with pytest.raises(Missing, match="U\\+E000"):
        page(MessageTile((("en", "We Remember"),), "\ue000"))
