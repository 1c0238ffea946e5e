"""Subtitles read. The words are placeholders."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projector.clock import Seconds
from projector.errors import PlaylistFaults
from projector.show.media import Subtitle
from projector.show.subtitles import parse_subtitles

ONE = "1\n00:00:01,000 --> 00:00:04,500\n{}\n"


def said(text: str | bytes, name: str = "a.en.srt") -> list[tuple[float, float, str]]:
    raw = text.encode() if isinstance(text, str) else text
    return [(s.start, s.end, s.text) for s in parse_subtitles(raw, name)]


def webvtt(text: str) -> list[str]:
    return [words for _, _, words in said(f"WEBVTT\n\n{text}", "a.en.vtt")]


def fault(text: str | bytes, name: str = "a.en.srt") -> str:
    with pytest.raises(PlaylistFaults) as error:
        said(text, name)
    return str(error.value.faults[0]).removeprefix(f"{name}:")


def test_srt_is_read() -> None:
    text = "1\n00:00:01,000 --> 00:00:04,500\nPlaceholder\nof two lines\n\n2\n01:02:03,004 --> 01:02:04,000\nAnother\n"
    assert said(text) == [(1.0, 4.5, "Placeholder\nof two lines"), (3723.004, 3724.0, "Another")]


def test_webvtt_is_read() -> None:
    text = (
        "WEBVTT - a placeholder\nKind: captions\n\nNOTE\nfor nobody\n\nSTYLE\n::cue {color: red}\n\n"
        "first\n00:01.000 --> 00:04.500 align:start line:0\nPlaceholder\n\n01:02:03.004 --> 01:02:04.000\nAnother\n"
    )
    assert said(text, "a.en.vtt") == [(1.0, 4.5, "Placeholder"), (3723.004, 3724.0, "Another")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_any_line_ends_with_and_without_a_mark_of_utf8(end: str, mark: str) -> None:
    assert said(mark + ONE.format("Pamięć\nzastępcza").replace("\n", end)) == [(1.0, 4.5, "Pamięć\nzastępcza")]


def test_srt_of_the_field_is_understood() -> None:
    text = (
        "\n\n1\n0:00:01.5 --> 0:00:02 X1:10 Y1:20\nwithout hours in two digits\n\n\nand an empty line\n"
        "00:00:03,000 --> 00:00:04,000\nwithout a number\n\n3\n00:00:05,000 --> 00:00:06,000\n1945\n\n"
        "4\n00:00:07,000 --> 00:00:08,000\n\n5\n00:00:09,000 --> 00:00:09,000\nfor no time\n"
    )
    assert said(text) == [
        (1.5, 2.0, "without hours in two digits\nand an empty line"),
        (3.0, 4.0, "without a number"),
        (5.0, 6.0, "1945"),
    ]


def test_a_year_before_the_next_number_stays_in_the_text() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nin\n1945\n\n2\n00:00:03,000 --> 00:00:04,000\nx\n"
    assert [words for _, _, words in said(text)] == ["in\n1945", "x"]


def test_how_words_look_is_left_out() -> None:
    assert said(ONE.format("{\\an8}<i>One</i> <font color=red>two</FONT> 3 < 4 &amp; <x>"))[0][2] == (
        "One two 3 < 4 &amp; <x>"
    )
    cue = "00:01.000 --> 00:02.000\n<v Nobody>One</v> <c.yellow>two</c> <00:00:01.500>3 &lt; 4 &amp; &nbsp;5"
    assert webvtt(cue) == ["One two 3 < 4 & 5"]


def test_the_order_is_that_of_the_times() -> None:
    text = "1\n00:00:03,000 --> 00:00:04,000\nsecond\n\n2\n00:00:01,000 --> 00:00:02,000\nfirst\n"
    assert [words for _, _, words in said(text)] == ["first", "second"]


def test_webvtt_without_a_cue_says_nothing() -> None:
    assert said("WEBVTT", "a.en.vtt") == []


def test_letters_are_composed() -> None:
    assert parse_subtitles(ONE.format("e\u0301").encode(), "a.srt") == (Subtitle(Seconds(1.0), Seconds(4.5), "é"),)


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        ("", "a.en.srt", "1:1: there are no subtitles in it"),
        ("words\n", "a.en.srt", "1:1: there are no subtitles in it"),
        ("words\n" + ONE, "a.en.srt", "1:1: these words come before any times"),
        (
            ONE.format("x") + "\n\n2\n00:00:02,000 --> x\ny",
            "a.en.srt",
            "7:1: '00:00:02,000 --> x' are no",
        ),
        ("00:00:04,000 --> 00:00:01,000\nx", "a.en.srt", "1:1: this subtitle ends before it begins"),
        ("00:60:04,000 --> 01:00:05,000\nx", "a.en.srt", "1:1: minutes and seconds of a time go to 59"),
        (
            ONE.format("x\n\n2\n00:00:05,000 -> 00:00:06,000\ny"),
            "a.en.srt",
            "2:1: '00:00:05,000 -> 00:00:06,000' stands",
        ),
        (ONE.format("x" * 501), "a.en.srt", "2:1: this subtitle has 501 signs; 500 are the most"),
        (ONE.format("a\0b"), "a.en.srt", "2:1: the control character U+0000"),
        (ONE.format("a\ufffdb"), "a.en.srt", "2:1: a character of this subtitle was lost"),
        (ONE.format("é").encode("latin-1"), "a.en.srt", "3:1: byte 0xe9 is not UTF-8; save the file as UTF-8"),
        (ONE.format("x").encode("utf-16"), "a.en.srt", "1:1: byte 0xff is not UTF-8"),
        ("WEBVTT\n", "a.en.srt", "1:1: this is WebVTT and not SRT; let the file's name end in .vtt"),
        (ONE, "a.en.vtt", "1:1: a WebVTT file begins with the line WEBVTT"),
        ("WEBVTTS\n", "a.en.vtt", "1:1: a WebVTT file begins with the line WEBVTT"),
        ("WEBVTT\n\nx\n00:01.0 --> 00:02.0\ny\n\nz\n", "a.en.vtt", "7:1: these words have no times"),
        (ONE.format("x") * 10_001, "a.en.srt", "30002:1: more than 10000 subtitles"),
        (b"x" * 2_000_001, "a.en.srt", "1:1: the file is larger than 2 MB"),
    ],
)
def test_a_fault_is_told_with_its_line(text: str | bytes, name: str, found: str) -> None:
    assert fault(text, name).startswith(found)


def test_a_file_full_of_faults_is_told_by_the_first_of_them() -> None:
    with pytest.raises(PlaylistFaults) as error:
        said("00:00:04,000 --> 00:00:01,000\nx\n\n" * 50)
    assert [fault.line for fault in error.value.faults] == [1, 4, 7]


def test_a_character_that_no_font_has_is_told_at_its_subtitle() -> None:
    def lacks(text: str, language: str) -> str | None:
        assert language == "hi"
        return "क़" if "क़" in text else None

    text = (ONE + "\n" + ONE).format("क placeholder", "क़")
    with pytest.raises(PlaylistFaults) as error:
        parse_subtitles(text.encode(), "a.hi.srt", "hi", lacks)
    (only,) = error.value.faults
    assert (only.line, only.message.split(";")[0]) == (
        6,
        "no installed font has the character 'क़' (U+0915 DEVANAGARI LETTER KA U+093C DEVANAGARI SIGN NUKTA) of its text in hi",
    )


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.binary(max_size=80)
    | st.lists(
        st.sampled_from(
            ["1", "", "00:00:01,000 --> 00:00:02,000", "WEBVTT", "NOTE", "x", "<i>", "-->", "00:01.0 --> 00:02.0"]
        )
    ).map(lambda lines: "\n".join(lines).encode()),
    st.sampled_from(["a.srt", "a.vtt"]),
)
def test_any_bytes_are_subtitles_or_faults(raw: bytes, name: str) -> None:
    try:
        read = parse_subtitles(raw, name)
    except PlaylistFaults:
        return
    for subtitle in read:
        assert 0 <= subtitle.start < subtitle.end
        assert subtitle.text.strip()
