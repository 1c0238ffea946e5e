"""Set text: what stands in the pixels."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from projector.errors import Missing
from projector.render.breaks import Manner
from projector.render.lines import Line, paragraphs
from projector.render.sample import sign_texts
from projector.render.text import fits, set_caption, set_text
from projector.render.theme import load_theme
from projector.show.picture import Size

FULL_HD = Size(1920, 1080)
CELL = Size(240, 216)
SENTENCE = "A placeholder sentence that says nothing, and is here only to be broken into lines of even width."

# Tall, deep, stacked, joined, wide and unbroken: what is most easily cut off.
CHUNKS = [
    "W",
    "gjqy ",
    "ÅŞẤ",
    "a\u0301\u0301\u0301\u0301",
    " ",
    "אצך ל\u05b8",
    "لجے ",
    "ﷺ",
    "हैं ",
    "खि",
    "ฐฎ\u0e38",
    "ที่",
    "永の",
    "、。",
    "(«",
    "!7'",
    "f" * 30,
]


def only_line(text: str, language: str) -> Line:
    (paragraph,) = paragraphs(text, language)
    return paragraph.line(0, len(paragraph.clusters))


def ink(image: Image.Image) -> tuple[int, int, int, int]:
    box = image.getbbox()
    assert box is not None
    return box


def columns_of_ink(image: Image.Image) -> list[bool]:
    left, top, right, bottom = ink(image)
    row = image.convert("L").crop((left, top, right, bottom)).resize((right - left, 1), Image.Resampling.BOX)
    return [value > 0 for value in row.tobytes()]


def weight(image: Image.Image) -> int:
    return sum(image.convert("L").tobytes())


def rows_of_ink(image: Image.Image) -> list[tuple[int, int]]:
    """The lines of a page, each from its first row of ink to its last."""
    grey = image.convert("L")
    inked = [grey.crop((0, y, grey.width, y + 1)).getbbox() is not None for y in range(grey.height)]
    edges = [y for y in range(1, grey.height) if inked[y] != inked[y - 1]]
    return list(zip(edges[::2], edges[1::2], strict=True))


def test_a_page_is_true_black_of_exactly_its_size_and_the_same_each_time() -> None:
    texts = (("en", "We Remember"), ("he", "אנחנו זוכרים"), ("ja", "私たちは忘れない"))

    page = set_text(texts, FULL_HD)

    assert (page.mode, page.size) == ("RGB", (1920, 1080))
    assert page.getpixel((0, 0)) == (0, 0, 0)
    assert max(page.getcolors(1 << 20) or [], key=lambda c: c[0])[1] == (0, 0, 0)
    assert page.tobytes() == set_text(texts, FULL_HD).tobytes()


def test_letters_are_of_the_theme_s_colour() -> None:
    colours = {colour for _, colour in set_text((("en", "We Remember"),), FULL_HD).getcolors(1 << 20) or []}

    assert load_theme().ink in colours


def test_a_page_of_three_is_centred_with_wide_margins() -> None:
    left, top, right, bottom = ink(
        set_text((("en", "We Remember"), ("pl", "Pamiętamy"), ("hu", "Emlékezünk")), FULL_HD)
    )

    assert abs(left - (1920 - right)) <= 3
    assert left > 192
    assert 100 < top < 1080 - bottom + 40
    assert abs((top + bottom) / 2 - 540) < 40


def test_every_sign_text_is_set_large_enough_to_be_read() -> None:
    signs = list(sign_texts().items())

    assert all(fits(tuple(signs[i : i + 3]), FULL_HD) for i in range(0, len(signs), 3))


def test_three_texts_stand_one_below_the_other_with_even_white() -> None:
    first, second, third = rows_of_ink(set_text((("el", "ΑΒΓ"), ("en", "HEX"), ("ru", "НЕТ")), FULL_HD))

    assert second[0] - first[1] == pytest.approx(third[0] - second[1], abs=4)
    assert first[1] - first[0] == pytest.approx(third[1] - third[0], abs=4)


def test_hebrew_runs_from_right_to_left() -> None:
    page = set_text((("he", "וושששש"),), FULL_HD)

    left, right = page.crop((0, 0, 960, 1080)), page.crop((960, 0, 1920, 1080))
    assert len([c for c in columns_of_ink(left) if not c]) < len([c for c in columns_of_ink(right) if not c])
    assert weight(left) > 0
    assert only_line("וש", "he").runs[0].leftwards


def test_arabic_letters_are_joined() -> None:
    assert all(columns_of_ink(set_text((("ar", "ههههه"),), FULL_HD)))
    assert not all(columns_of_ink(set_text((("ar", "\u200c".join("ههههه")),), FULL_HD)))


def test_devanagari_vowels_are_put_where_they_are_read() -> None:
    # Written ka-i, read with the vowel's hook before it: narrower than the two apart, and one unbroken headline.
    assert all(columns_of_ink(set_text((("hi", "किकि"),), FULL_HD)))


def test_a_name_in_latin_letters_keeps_its_place_in_a_hebrew_line() -> None:
    line = only_line("אנחנו Peter Kowalski זוכרים 1945.", "he")

    assert [run.text.strip() for run in line.runs if run.text.strip()] == [
        ".",
        "1945",
        "זוכרים",
        "Peter Kowalski",
        "אנחנו",
    ]


def test_a_hebrew_name_keeps_its_place_in_an_english_line() -> None:
    line = only_line("They read אנחנו זוכרים, twice.", "en")

    seen = [run.text.strip() for run in line.runs if run.text.strip()]
    assert seen == ["They read", "אנחנו זוכרים", ",", "twice."]


def test_a_hebrew_line_that_begins_with_a_latin_name_still_begins_on_the_right() -> None:
    assert only_line("Peter אנחנו", "he").runs[-1].text.strip() == "Peter"
    assert only_line("Peter אנחנו", "en").runs[0].text.strip() == "Peter"


def test_brackets_round_a_latin_name_stay_round_it() -> None:
    texts = [run.text for run in only_line("שלום (Peter) שלום", "he").runs]

    assert "".join(texts).index("Peter") > 0
    shown = [t.strip() for t in texts if t.strip()]
    assert shown.index("Peter") - 1 == shown.index(")")
    assert shown.index("Peter") + 1 == shown.index("(")


def test_a_character_without_a_font_is_named_and_no_box_is_drawn() -> None:
    with pytest.raises(Missing, match=r"U\+F1234"):
        set_text((("en", "We \U000f1234"),), FULL_HD)
    with pytest.raises(Missing, match=r"U\+F1234"):
        set_caption(("\U000f1234",), (), CELL)


def test_composed_and_decomposed_letters_look_the_same() -> None:
    assert set_text((("pl", "Łódz\u0301"),), FULL_HD).tobytes() == set_text((("pl", "Łódź"),), FULL_HD).tobytes()


def test_lines_are_of_even_width() -> None:
    (paragraph,) = paragraphs(SENTENCE, "en")

    lines = paragraph.broken(22.0, Manner.WORDS)

    assert lines is not None
    assert len(lines) > 1
    assert min(line.width for line in lines) > 0.75 * max(line.width for line in lines)


def test_a_line_begins_with_no_stop_and_ends_with_no_bracket() -> None:
    (paragraph,) = paragraphs("これは「仮の文」です。何も、意味しない。" * 3, "ja")

    for measure in range(4, 30):
        lines = paragraph.broken(float(measure), Manner.SIGNS) or ()
        texts = ["".join(run.text for run in line.runs) for line in lines]
        assert not [text for text in texts if text[0] in "。、」" or text[-1] == "「"]


def test_a_detached_stop_stays_with_its_word() -> None:
    (paragraph,) = paragraphs("Nous nous souvenons !", "fr")

    lines = paragraph.broken(max(unit.width for unit in paragraph.units(Manner.WORDS)), Manner.WORDS)

    assert lines is not None
    assert lines[-1].runs[-1].text.endswith("souvenons !")


def test_a_japanese_title_is_not_divided_where_it_has_room() -> None:
    assert len(rows_of_ink(set_text((("ja", "私たちは忘れない私たちは忘れない"),), FULL_HD))) == 1


def test_what_is_too_long_to_be_read_is_said_and_still_set_whole() -> None:
    texts = (("en", SENTENCE * 20),)

    left, top, right, bottom = ink(set_text(texts, FULL_HD))

    assert not fits(texts, FULL_HD)
    assert left > 100
    assert right < 1820
    assert top > 20
    assert bottom < 1060


@settings(max_examples=40, deadline=None)
@given(
    words=st.lists(st.sampled_from(CHUNKS), min_size=1, max_size=12),
    language=st.sampled_from(["en", "he", "ar", "ur", "hi", "ja", "th"]),
    size=st.sampled_from([Size(480, 270), Size(270, 480), CELL, Size(600, 90)]),
)
def test_text_is_never_clipped(words: list[str], language: str, size: Size) -> None:
    box = set_text(((language, "".join(words)), ("en", "gÅ")), size).getbbox()

    assert box is not None
    assert min(box[0], box[1], size.width - box[2], size.height - box[3]) >= 1


def test_no_words_are_a_black_page() -> None:
    assert set_text((), FULL_HD).getbbox() is None
    assert set_text((("en", " \n"),), FULL_HD).getbbox() is None


def test_a_caption_lies_at_the_foot_and_leaves_the_face_alone() -> None:
    caption = set_caption(("Placeholder 012", "Poland"), ("en",), FULL_HD)

    assert (caption.mode, caption.size) == ("RGBA", (1920, 1080))
    assert caption.crop((0, 0, 1920, 700)).getchannel("A").getextrema() == (0, 0)
    assert caption.getpixel((960, 1079))[3] > 150  # type: ignore[index]  # RGBA: a tuple


def test_the_ground_of_a_caption_has_no_edge() -> None:
    alphas = list(set_caption(("Placeholder",), (), FULL_HD).getchannel("A").crop((0, 0, 1, 1080)).tobytes())

    assert alphas == sorted(alphas)
    assert max(b - a for a, b in pairwise(alphas)) <= 4


@pytest.mark.parametrize(
    "name", ["Placeholder with a very long name, longer than a cell", "ממלא מקום", "仮の写真" * 9, "W" * 70]
)
def test_a_caption_in_a_cell_is_never_clipped(name: str) -> None:
    caption = set_caption((name, "Bosnia and Herzegovina"), ("en", "he", "ja"), CELL)

    bright = caption.convert("L").point([0] * 150 + [255] * 106)
    left, top, right, bottom = ink(bright)
    assert left >= 5
    assert right <= 235
    assert top > 100
    assert bottom <= 214


def test_a_full_screen_caption_can_be_read_from_afar() -> None:
    bright = set_caption(("HEX",), (), FULL_HD).convert("L").point([0] * 150 + [255] * 106)

    _, top, _, bottom = ink(bright)
    assert bottom - top >= 0.7 * 1080 / 30


def test_without_words_or_room_nothing_is_laid_over_the_photo() -> None:
    assert set_caption((), ("en",), CELL).getbbox() is None
    assert set_caption(("", " "), ("en",), CELL).getbbox() is None
    assert set_caption((SENTENCE * 20,), ("en",), Size(30, 20)).getbbox() is None


@pytest.mark.parametrize(("text", "language"), [("HEX w HEX", "pl"), ("HEX I HEX", "en"), ("ХЕХ в ХЕХ", "ru")])
def test_a_word_of_one_letter_never_ends_a_line(text: str, language: str) -> None:
    (paragraph,) = paragraphs(text, language)
    whole = paragraph.line(0, len(paragraph.clusters)).width

    lines = paragraph.broken(whole * 0.8, Manner.WORDS) or ()

    first, _, second = text.partition(" ")
    assert ["".join(run.text for run in line.runs) for line in lines] == [first, second]
