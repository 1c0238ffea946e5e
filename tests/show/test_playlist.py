"""The show file: every key, every cue, every trap, every fault at its place."""

import time
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projector.errors import PlaylistFaults
from projector.show.picture import Size
from projector.show.playlist import parse_show
from projector.show.rundown import (
    BlackCue,
    InterviewCue,
    MessageCue,
    MosaicCue,
    PhotoCue,
    Show,
    SlateCue,
    TitleCue,
)
from projector.show.showings import CUT, Fit, How, Transition
from projector.show.yaml_text import nodes_of

# FORMATS section 1, word for word.
WHOLE = """\
show: We Remember
timezone: Europe/Warsaw
place: {latitude: 50.0359, longitude: 19.1784}
canvas: 1920x1080
window:
  from: 2027-01-24
  to: 2027-01-27
  opens: dusk + 20 min          # or "16:45", sunset - 5 min …
  closes: "23:00"               # may lie past midnight ("00:30"): it belongs to the evening that opened
  closed:                       # pauses, local time
    - {from: 2027-01-24 19:00, to: 2027-01-24 19:10}
media: ../assets/sample         # photos/, interviews/, messages/ below it; relative to this file
approval: folder                # folder: what lies in the folders is approved · signed: section 4
slate: {text: {en: We Remember, pl: Pamiętamy, he: אנחנו זוכרים}}      # or {image: slates/candle.png}
defaults: {transition: mix 1.5s, dwell: 8s}
spread: country
subtitles: [pl, en]
rundown:                        # loops until the window closes
  - cue: title
    text: {en: We Remember, he: אנחנו זוכרים}
    dwell: 6s
  - cue: mosaic
    grid: 8x5                   # columns x rows
    dwell: 12s                  # each cell
    length: 12min
    where: {country: [PL, NO], language: [pl]}
    caption: [name, country]
  - {cue: photo, count: 3}
  - {cue: interview}            # least-shown first; or file: interviews/one.mp4
  - {cue: message, count: 2, dwell: 14s}
events:                         # at a fixed local moment, over the loop, which waits
  - at: 2027-01-27 18:00
    rundown: [{cue: black, dwell: 1min}, {cue: slate, dwell: 2min}]
"""

LOCAL = datetime(2027, 1, 24, 19)  # noqa: DTZ001  (as written: local time, without an offset)

HEAD = """\
show: A test
timezone: Europe/Warsaw
window: {from: 2027-01-24, to: 2027-01-27, opens: 16:45, closes: 23:00}
media: media
"""
BARE = HEAD + "rundown:\n  - cue: black\n"


def seen(*values: Any) -> tuple[Any, ...]:
    """Values to compare with plain numbers: a NewType never equals one, says mypy."""
    return values


def faults(text: str | bytes) -> list[str]:
    """The faults of a file as line:column: message; none where it is a show."""
    try:
        parse_show(text, "a.yaml")
    except PlaylistFaults as error:
        return [str(fault).removeprefix("a.yaml:") for fault in error.faults]
    return []


def fault(text: str | bytes) -> str:
    found = faults(text)
    assert len(found) == 1, found
    return found[0]


def cue(text: str) -> str:
    return HEAD + f"rundown:\n  - {text}\n"


# What a show file says


def test_the_example_of_the_contract_is_read_whole() -> None:
    show = parse_show(WHOLE, "playlists/we-remember.yaml")
    assert (show.show, show.timezone, show.zone) == ("We Remember", "Europe/Warsaw", ZoneInfo("Europe/Warsaw"))
    assert show.place is not None
    assert (show.place.latitude, show.place.longitude) == (50.0359, 19.1784)
    assert show.canvas == Size(1920, 1080)
    (window,) = show.window
    assert (window.first, window.last) == (date(2027, 1, 24), date(2027, 1, 27))
    assert seen(window.opens.sun, window.opens.offset, window.closes.clock) == ("dusk", 1200, 23 * 3600)
    assert (window.closed[0].start, window.closed[0].end) == (LOCAL, LOCAL.replace(minute=10))
    assert (show.media, show.approval, show.spread, show.consent) == (
        "../assets/sample",
        "folder",
        "country",
        "assumed",
    )
    assert show.slate.text == (("en", "We Remember"), ("pl", "Pamiętamy"), ("he", "אנחנו זוכרים"))
    assert (show.languages, show.subtitles, show.seed) == (("en", "pl", "he"), ("pl", "en"), "we-remember")
    title, mosaic, photo, interview, message = show.rundown
    assert title == TitleCue(cue="title", text=(("en", "We Remember"), ("he", "אנחנו זוכרים")), dwell="6s")  # type: ignore[arg-type]  # as a producer writes it
    assert isinstance(mosaic, MosaicCue)
    assert seen(mosaic.grid, mosaic.dwell, mosaic.length, mosaic.caption) == ((8, 5), 12, 720, ("name", "country"))
    assert (mosaic.where.country, mosaic.where.language, mosaic.fit) == (("PL", "NO"), ("pl",), Fit.CONTAIN)
    assert isinstance(photo, PhotoCue)
    assert seen(photo.count, photo.dwell, show.dwell_of(photo)) == (3, None, 8)
    assert show.transition_of(photo) == Transition(How.MIX, show.defaults.transition.seconds)
    assert isinstance(interview, InterviewCue)
    assert isinstance(message, MessageCue)
    assert seen(message.count, show.dwell_of(message)) == (2, 14)
    (event,) = show.events
    assert event.at == LOCAL.replace(day=27, hour=18)
    assert [type(part) for part in event.rundown] == [BlackCue, SlateCue]


def test_what_is_not_said_has_the_defaults_of_the_contract() -> None:
    show = parse_show(BARE, "x/candle.yaml")
    assert show.canvas == Size(1920, 1080)
    assert seen(show.window[0].fade, show.window[0].closed) == (3, ())
    assert (show.approval, show.approvals_needed, show.moderators, show.consent) == ("folder", 1, {}, "assumed")
    assert show.slate.text == (("en", "A test"),)
    assert show.languages == ("en",)
    assert seen(show.defaults.transition, show.defaults.dwell) == (
        Transition(How.MIX, show.defaults.transition.seconds),
        8,
    )
    assert show.defaults.transition.seconds == 1.5
    assert (show.spread, show.subtitles, show.seed, show.events, show.duplicates) == (
        "none",
        (),
        "candle",
        (),
        "together",
    )


def test_every_other_key_is_read() -> None:
    show = parse_show(
        HEAD.replace("23:00}", "00:30, fade: 1.5s}")
        + """\
canvas: 3840 x 1200
approval: signed
approvals_needed: 1
moderators:
  A placeholder: {key: "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=", languages: [pl, en]}
consent: required
slate: {image: slates/candle.png}
languages: [he, pl]
seed: 2027
duplicates: apart
rundown:
  - {cue: photo, file: photos/a.jpg, fit: cover, caption: name, transition: dip 2s, name: one}
  - {cue: interview, file: interviews/a.mp4, caption: [credit], subtitles: [en], where: {folder: poland/}}
  - {cue: message, file: messages/a.yaml}
  - {cue: slate, text: plain words, transition: cut}
  - {cue: slate, image: slates/other.png}
  - {cue: mosaic, grid: 2x2, where: {country: PL, file: [photos/a.jpg, photos/b.jpg]}}
""",
        "a.yaml",
    )
    assert seen(show.canvas, show.window[0].fade, show.window[0].closes.clock) == (Size(3840, 1200), 1.5, 1800)
    assert show.moderators["A placeholder"].languages == ("pl", "en")
    assert (show.slate.image, show.slate.text, show.languages) == ("slates/candle.png", (), ("he", "pl"))
    assert (show.seed, show.duplicates, show.consent) == ("2027", "apart", "required")
    photo, interview, message, slate, other, mosaic = show.rundown
    assert isinstance(photo, PhotoCue)
    assert (photo.file, photo.fit, photo.caption, photo.name) == ("photos/a.jpg", Fit.COVER, ("name",), "one")
    assert photo.transition is not None
    assert seen(photo.transition.how, photo.transition.seconds) == (How.DIP, 2)
    assert isinstance(interview, InterviewCue)
    assert (interview.subtitles, interview.where.folder) == (("en",), ("poland",))
    assert isinstance(message, MessageCue)
    assert message.file == "messages/a.yaml"
    assert isinstance(slate, SlateCue)
    assert (slate.text, slate.transition) == ((("he", "plain words"),), CUT)
    assert isinstance(other, SlateCue)
    assert other.image == "slates/other.png"
    assert isinstance(mosaic, MosaicCue)
    assert seen(mosaic.length, mosaic.where.country, mosaic.where.file) == (
        240,
        ("PL",),
        ("photos/a.jpg", "photos/b.jpg"),
    )


@pytest.mark.parametrize(
    ("slate", "language"),
    [
        ("", "en"),
        ("slate: {text: {pl: Tak, en: Yes}}", "pl"),
        ("slate: {image: a.png}", "und"),
        ("slate: {text: Tak}", "und"),
    ],
)
def test_a_plain_text_is_in_the_first_language_of_the_show(slate: str, language: str) -> None:
    title = parse_show(cue("{cue: title, text: words}") + slate, "a.yaml").rundown[0]
    assert isinstance(title, TitleCue)
    assert title.text == ((language, "words"),)


def test_texts_are_set_in_the_order_of_the_languages() -> None:
    show = parse_show(BARE + "languages: [he, pl]\n", "a.yaml")
    assert show.in_order((("en", "a"), ("pl", "b"), ("he", "c"))) == (("he", "c"), ("pl", "b"), ("en", "a"))


def test_a_default_transition_is_shortened_to_a_shorter_dwell() -> None:
    show = parse_show(cue("{cue: black, dwell: 1s}"), "a.yaml")
    assert show.transition_of(show.rundown[0]) == Transition(How.MIX, show.dwell_of(show.rundown[0]))


def test_a_show_is_written_back_as_it_can_be_read_again() -> None:
    show = parse_show(WHOLE, "a.yaml")
    assert Show.model_validate_json(show.model_dump_json(by_alias=True)) == show


def test_the_model_gives_a_json_schema_with_every_key() -> None:
    schema = Show.model_json_schema()
    assert set(schema["required"]) == {"show", "timezone", "window", "media", "rundown"}
    assert schema["properties"]["canvas"]["type"] == "string"
    assert {"from", "to"} <= set(schema["$defs"]["Window"]["properties"])


def test_a_name_is_composed_and_a_path_stays_as_its_file_is_named() -> None:
    show = parse_show(BARE.replace("A test", "Cafe\u0301").replace("media: media", "media: cafe\u0301"), "a.yaml")
    assert (show.show, show.media) == ("Caf\u00e9", "cafe\u0301")


# Durations, transitions, moments


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("8s", 8),
        ("8 s", 8),
        ("1.5s", 1.5),
        ("4min", 240),
        ("1h30min", 5400),
        ("1h", 3600),
        ("2 min 30 s", 150),
        ("0.5h", 1800),
    ],
)
def test_durations(written: str, seconds: float) -> None:
    show = parse_show(cue(f"{{cue: black, dwell: {written}}}"), "a.yaml")
    assert show.dwell_of(show.rundown[0]) == seconds


@pytest.mark.parametrize(
    "written", ["8 sek", "1,5s", "s", "8S", "30min1h", "-8s", "[8s]", "{a: 8s}", "true", "8ms", "0.1"]
)
def test_what_is_no_duration_is_said_so(written: str) -> None:
    found = fault(HEAD + f"rundown:\n  - cue: black\n    dwell: {written}\n")
    assert found.startswith("7:12: dwell: ")
    assert "write" in found


def test_the_words_for_a_wrong_duration() -> None:
    assert fault(HEAD + "rundown:\n  - cue: black\n    dwell: 8 sek\n") == (
        "7:12: dwell: '8 sek' is not a duration; write it as 8s, 1.5s, 4min or 1h30min"
    )
    assert fault(HEAD + "rundown:\n  - cue: black\n    dwell: 8\n") == "7:12: dwell: 8 has no unit; write 8s or 8min"


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("mixx 1.5s", "unknown transition 'mixx'; did you mean 'mix'?"),
        ("wipe 2s", "unknown transition 'wipe'; write cut, mix 1.5s or dip 2s"),
        ("mix", "mix needs its length; write mix 1.5s"),
        ("cut 1s", "a cut has no length; write cut alone"),
        ("mix 0s", "mix of no length; write cut"),
        ("dip 9s", "the transition takes 9 s and the dwell is 8 s; the dwell must be as long at least"),
    ],
)
def test_wrong_transitions(written: str, words: str) -> None:
    assert fault(HEAD + f"rundown:\n  - cue: black\n    transition: {written}\n").endswith(words)


@pytest.mark.parametrize(
    ("opens", "clock"), [("16:45", 60300), ("'16:45'", 60300), ("6:05", 21900), ("00:00", 0), ("16:45:30", 60330)]
)
def test_a_clock_time_is_what_it_looks_like(opens: str, clock: int) -> None:
    assert seen(parse_show(BARE.replace("16:45", opens), "a.yaml").window[0].opens.clock) == (clock,)


@pytest.mark.parametrize(
    ("opens", "words"),
    [
        ("25:00", "'25:00' is no time of the day"),
        ("16:75", "'16:75' is no time of the day"),
        ("1645", "'1645' is not a moment; write it as 16:45, dusk or sunset - 5 min"),
        ("dusc", "'dusc' is not a moment of the day; did you mean 'dusk'?"),
        ("dusk + 20", "20 has no unit; write 20s or 20min"),
        ("dusk + 20h", "'20h' is too far from dusk"),
        ("dusk", "dusk needs the place; add place: {latitude: 50.0359, longitude: 19.1784}"),
        ("23:00", "23:00 is when it opens"),
        ("24:00", "24:00 is the end of a day"),
    ],
)
def test_wrong_moments(opens: str, words: str) -> None:
    assert words in fault(BARE.replace("16:45", opens))


# The traps of YAML


@pytest.mark.parametrize(
    "word",
    ["NO", "on", "off", "yes", "y", "012", "1_000", "0x1F", "1e3", "1.50", "2027-01-24", "23:00", "Null", ".inf"],
)
def test_words_stay_what_they_look_like(word: str) -> None:
    assert nodes_of(f"a: {word}", "a.yaml")[0].plain() == {"a": word}
    assert parse_show(BARE.replace("A test", word), "a.yaml").show == word


@pytest.mark.parametrize(
    ("word", "value"),
    [("true", True), ("null", None), ("~", None), ("", None), ("12", 12), ("-1.5", -1.5), ("'12'", "12")],
)
def test_only_plain_numbers_true_false_and_null_are_more_than_text(word: str, value: object) -> None:
    found = nodes_of(f"a: {word}", "a.yaml")[0].plain()["a"]
    assert (found, type(found)) == (value, type(value))


def test_norway_is_a_country_and_norwegian_a_language() -> None:
    cues = parse_show(cue("{cue: mosaic, grid: 1x1, where: {country: NO, language: no}}"), "a.yaml").rundown
    assert isinstance(cues[0], MosaicCue)
    assert (cues[0].where.country, cues[0].where.language) == (("NO",), ("no",))
    title = parse_show(cue("{cue: title, text: {no: Vi minnes}}"), "a.yaml").rundown[0]
    assert isinstance(title, TitleCue)
    assert title.text == (("no", "Vi minnes"),)


def test_a_key_given_twice_names_the_first() -> None:
    assert fault(BARE + "media: other\n") == "7:1: the key 'media' is given twice; the first stands in line 4"


def test_an_alias_and_a_merge_save_writing() -> None:
    text = HEAD + "rundown:\n  - &m {cue: mosaic, grid: 2x2, where: &w {country: PL}}\n  - {<<: *m, grid: 3x3}\n"
    one, other = parse_show(text + "  - {cue: photo, where: *w}\n", "a.yaml").rundown[:2]
    assert isinstance(one, MosaicCue)
    assert isinstance(other, MosaicCue)
    assert (one.grid, other.grid, other.where) == ((2, 2), (3, 3), one.where)


def test_an_alias_bomb_is_refused_at_once() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefghi", "bcdefghij", strict=True)
    )
    began = time.perf_counter()
    assert "its aliases written out, holds more than 50000 values" in fault(bomb)
    assert time.perf_counter() - began < 0.5


@pytest.mark.parametrize("text", ["[" * 100_000, "a: " + "{a: " * 100_000, "- " * 100_000, "? " * 100_000])
def test_deep_nesting_is_refused_at_once(text: str) -> None:
    began = time.perf_counter()
    assert faults(text)
    assert time.perf_counter() - began < 0.5


def test_a_giant_file_is_refused_before_it_is_parsed() -> None:
    began = time.perf_counter()
    assert fault(b"a" * ((1 << 20) + 1)) == "1:1: the file is larger than 1 MiB, which no such file needs to be"
    assert time.perf_counter() - began < 0.1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (b"show: a\nmedia: \xb3\n", "2:8: byte 0xb3 is not UTF-8; save the file as UTF-8"),
        ("show: é".encode("utf-16"), "1:1: byte 0xff is not UTF-8; save the file as UTF-8"),
        (b"show: a\nmedia: x\0y\n", "2:9: the control character U+0000 stands here; remove it"),
        ("show: a\x07\n", "1:8: the control character U+0007 stands here; remove it"),
        ("show: \ud800", "1:7: byte 0xed is not UTF-8; save the file as UTF-8"),
        ("", "1:1: the file is empty; begin it with show: and a name"),
        ("# nothing\n", "1:1: the file is empty; begin it with show: and a name"),
        ("- a\n", "1:1: the file has no keys; begin it with show: and a name"),
        (BARE + "---\na: 1\n", "7:1: a second document begins here; a file holds one: remove the line ---"),
        ("a: *x\n", "1:4: *x is not defined; write &x where it is meant to be"),
        ("a: &x [*x]\n", "1:8: *x holds itself"),
    ],
)
def test_what_is_no_yaml_document_is_refused(text: str | bytes, found: str) -> None:
    assert fault(text) == found


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system", "!mine", "!!int"])
def test_tags_are_refused(tag: str) -> None:
    found = faults(f"show: {tag} x\n" + BARE.partition("\n")[2])
    assert found[0].startswith("1:7: the tag")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: 1\nb:\n\tc: 1\n", "3:1: line 3 is indented with a tab; use spaces"),
        ("a:\n  - x\n\t- y", "3:1: line 3 is indented with a tab; use spaces"),
        ("show: We: Remember", "1:9: a colon stands where none can"),
        ("a: 1\nb: [1, 2\n", "2:4: a list opened with [ is not closed"),
        ("a: {b: 1\n", "1:4: a mapping opened with { is not closed"),
        ("a: 1\nb: 'x\nc: 1\n", "2:4: a quotation mark is opened and not closed"),
        ('a: "x\\q"', "1:6: a backslash in double quotes begins a special sign"),
        ("a: @x", "1:4: text cannot begin with this sign; put it in quotes"),
        ("- a\nb: 1", "2:1: an entry of this list does not begin with -"),
        ("a: - b", "1:4: a list cannot begin on the line of its key"),
        ("a:\n  b: 1\n c: 2", "3:2: this does not fit the lines above"),
        ("a: 1\n...\nb", "3:1: the file goes on after its end"),
    ],
)
def test_broken_yaml_is_said_in_plain_words(text: str, found: str) -> None:
    assert fault(text).startswith(found)


# Faults


def test_all_faults_are_reported_at_once_in_the_order_of_the_file() -> None:
    text = """\
show: A test
timezone: Europe/Warsav
window: {from: 2027-01-24, to: 24.01.2027, opens: 16:45, closes: 23:00}
medai: media
media: media
rundown:
  - cue: mosaik
    grid: 8x5
  - cue: title
    text: {en: We Remember}
    dwel: 6s
  - {cue: photo, count: 2, file: photos/a.jpg}
  - {cue: mosaic, grid: 99x5}
events:
  - {at: 2027-01-24 18:00, rundown: [{cue: black, dwell: 2min}]}
  - {at: 2027-01-24 18:01, rundown: [{cue: black}]}
"""
    assert faults(text) == [
        "2:11: timezone: 'Europe/Warsav' is not a time zone; did you mean 'Europe/Warsaw'?",
        "3:32: to: '24.01.2027' is not a date; write it as 2027-01-24",
        "4:1: unknown key 'medai'; did you mean 'media'?",
        "7:10: unknown cue 'mosaik'; did you mean 'mosaic'?",
        "11:5: unknown key 'dwel'; did you mean 'dwell'?",
        "12:25: count and file exclude one another: file is the one that plays; remove one of them",
        "13:25: grid: '99x5' is out of range; a grid has 1x1 to 24x16 places, columns x rows",
        "16:10: at: the event of 2027-01-24 18:00 lasts until 18:02; begin this one then or later",
    ]


def test_one_wrong_key_hides_no_event_outside_the_window() -> None:
    text = (
        BARE
        + "canvas: big\nevents:\n  - at: 2027-01-28 18:00\n    rundown: [{cue: black}]\n  - at: soon\n    rundown: [{cue: black}]\n"
    )
    assert [line.partition(" ")[0] for line in faults(text)] == ["7:9:", "9:9:", "11:9:"]


def test_a_misspelt_key_brings_no_faults_that_it_would_have_prevented() -> None:
    long_title = "{cue: title, text: {en: a, pl: b, de: c, fr: d, no: e, it: f, es: g, he: h, ru: i, uk: j, sv: k, da: l, fi: m}}"
    assert fault(cue(long_title) + "defautls: {dwell: 60s}\n").startswith(
        "7:1: unknown key 'defautls'; did you mean 'defaults'?"
    )


@pytest.mark.parametrize("key", ["show", "timezone", "window", "media", "rundown"])
def test_a_required_key_that_is_missing_or_empty_is_named_with_an_example(key: str) -> None:
    lines = (HEAD + "rundown: [{cue: black}]\n").splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith(key))
    missing = fault("\n".join(lines[:at] + lines[at + 1 :]))
    assert missing.startswith(f"1:1: {key} is missing; write for example {key}: ")
    assert fault("\n".join([*lines[:at], f"{key}:", *lines[at + 1 :]])).startswith(
        f"{at + 1}:1: {key} is empty; write for"
    )


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("{cue: title}", "6:5: text is missing; write for example text: {en: We Remember}"),
        ("{cue: title, text: ''}", "6:24: text: the text is empty"),
        ("{cue: title, text: {}}", "6:24: text: the text is empty"),
        ("{cue: title, text: {en: }}", "6:29: text: nothing stands where text belongs"),
        ("{cue: title, text: {polish: x}}", "6:25: text: 'polish' is not a language code"),
        ("{cue: title, text: {pl_PL: x}}", "6:25: text: 'pl_PL' is not a language code; write pl-PL"),
        ("{cue: title, text: [x]}", "6:24: text: a list stands where text belongs"),
        ('{cue: title, text: "a\\0b"}', "6:24: text: the text holds a control character"),
        ("{cue: title, text: {en: a, pl: b, de: c, fr: d}, dwell: 3s}", "6:61: dwell: 4 languages are set in 2 pages of 3, and 3 s leave each 1.5 s; write dwell: 4s or more"),
        ("{cue: slate, text: a, image: b.png}", "6:34: a slate is text or image, not both"),
        ("{cue: black, grid: 3x3}", "6:18: unknown key 'grid'; here stand name, dwell, transition, cue"),
        ("{cue: mosaic}", "6:5: grid is missing; write for example grid: 8x5"),
        ("{cue: mosaic, grid: 8}", "6:25: grid: '8' is not a size; write it as 8x5"),
        ("{cue: mosaic, grid: 0x5}", "6:25: grid: '0x5' is out of range"),
        ("{cue: mosaic, grid: 24x17}", "6:25: grid: '24x17' is out of range"),
        ("{cue: mosaic, grid: 2x2, length: 4s}", "6:38: length: the mosaic lasts 4 s, less than the 8 s of one cell"),
        ("{cue: mosaic, grid: 2x2, fit: kover}", "6:35: fit: unknown word 'kover'; did you mean 'cover'?"),
        ("{cue: mosaic, grid: 2x2, caption: [nam]}", "6:40: caption: unknown word 'nam'; did you mean 'name'?"),
        ("{cue: mosaic, grid: 2x2, where: PL}", "6:37: where: 'PL' stands where keys belong"),
        ("{cue: photo, where: {country: [pl]}}", "6:36: country: 'pl' is not a country code; did you mean 'PL'?"),
        ("{cue: photo, where: {country: UK}}", "6:35: country: 'UK' is not a country code; did you mean 'GB'?"),
        ("{cue: photo, where: {country: XX}}", "6:35: country: 'XX' is not a country code"),
        ("{cue: photo, where: {folder: ../x}}", "6:34: folder: '../x' leaves the media folder"),
        ("{cue: photo, count: 0}", "6:25: count: 0 is out of range"),
        ("{cue: photo, count: 1.5}", "6:25: count: 1.5 is not a whole number"),
        ("{cue: photo, count: true}", "6:25: count: true is not a number"),
        ("{cue: photo, file: a.jpg}", "6:24: file: 'a.jpg' is not below photos/"),
        ("{cue: interview, subtitles: [pl, en, he]}", "6:33: subtitles has 3 entries; 2 are the most"),
        ("{cue: interview, file: photos/a.mp4}", "6:28: file: 'photos/a.mp4' is not below interviews/"),
        ("{cue: message, count: 2, file: messages/a.yaml}", "6:27: count and file exclude one another"),
        ("{cue: black, dwell: 0s}", "6:25: dwell: '0s' is too short to be seen"),
        ("{cue: black, dwell: 25h}", "6:25: dwell: '25h' is longer than a day"),
        ("{cue: [a]}", "6:11: unknown cue a list"),
        ("{dwell: 3s}", "6:5: this entry does not say what it shows"),
        ("title", "6:5: rundown: 'title' stands where keys belong"),
        ("null", "6:5: rundown: nothing stands where keys belong"),
        ("{cue: black, ? [a] : b}", "6:20: a key is one word"),
    ],
)  # fmt: skip
def test_a_wrong_cue_is_told_at_its_place(written: str, found: str) -> None:
    assert fault(cue(written)).startswith(found)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("canvas: 100x100", "7:9: canvas: '100x100' is out of range; each side has 320 to 16384 pixels"),
        ("canvas: 1920", "7:9: canvas: '1920' is not a size"),
        ("approval: sined", "7:11: approval: unknown word 'sined'; did you mean 'signed'?"),
        ("approval: signed", "7:11: approval: signed needs moderators"),
        ("approvals_needed: 0", "7:19: approvals_needed: 0 is out of range"),
        ("moderators: {a: {key: abcd}}", "7:23: key: the key has 3 bytes; an Ed25519 public key has 32"),
        ("moderators: {a: {}}", "7:17: key is missing"),
        ("moderators: [a]", "7:13: moderators: a list stands where keys belong"),
        ("consent: maybe", "7:10: consent: unknown word 'maybe'; write assumed or required"),
        ("slate: {}", "7:8: the slate is empty"),
        ("slate: {text: a, image: b}", "7:25: a slate is text or image, not both"),
        ("slate: words", "7:8: slate: 'words' stands where keys belong"),
        ("defaults: {dwell: 1s}", "7:19: the transition takes 1.5 s and the dwell is 1 s"),
        ("defaults: {transition: mix 9s}", "7:24: the transition takes 9 s and the dwell is 8 s"),
        ("spread: county", "7:9: spread: unknown word 'county'; did you mean 'country'?"),
        ("subtitles: [pl, en, he]", "7:12: subtitles has 3 entries; 2 are the most"),
        ("languages: [polish]", "7:13: languages: 'polish' is not a language code"),
        ("duplicates: apar", "7:13: duplicates: unknown word 'apar'; did you mean 'apart'?"),
        ("place: {latitude: 95, longitude: 0}", "7:19: latitude: 95 is out of range; -90 to 90"),
        ("place: {latitude: nan, longitude: 0}", "7:19: latitude: 'nan' is not a number"),
        ("place: [1, 2]", "7:8: place: a list stands where keys belong"),
        ("colour: red", "7:1: unknown key 'colour'"),
        ("events: {at: 2027-01-24 18:00}", "7:9: events: a mapping is not a list; each event begins with - at:"),
        ("events: [{at: 2027-01-24 18:00, rundown: []}]", "7:42: rundown is empty"),
        ("events: [{at: 2027-01-24, rundown: [{cue: black}]}]", "7:15: at: '2027-01-24' is not a date and time"),
        ("events: [{at: 2027-02-30 18:00, rundown: [{cue: black}]}]", "7:15: at: '2027-02-30' is no day of the calendar"),
        ("events: [{at: 2027-01-24 12:00, rundown: [{cue: black}]}]", "7:15: at: 2027-01-24 12:00 is outside the window; on 2027-01-24 it is open from 16:45 to 23:00"),
        ("events: [{at: 2027-01-28 18:00, rundown: [{cue: black}]}]", "7:15: at: 2027-01-28 18:00 is outside the window; on 2027-01-28 the wall does not open"),
        ("events: [{at: 2027-01-24 22:59, rundown: [{cue: photo, count: 10}]}]", "7:15: at: the event lasts 1 min 20 s and would run past the close at 23:00"),
        ("events: [{at: 2027-01-24 18:00, rundown: [{cue: blac}]}]", "7:49: unknown cue 'blac'; did you mean 'black'?"),
        ("events: [{at: 2027-01-24 18:00, rundown: [{cue: photo, file: x}]}]", "7:62: file: 'x' is not below photos/"),
    ],
)  # fmt: skip
def test_a_wrong_key_is_told_at_its_place(written: str, found: str) -> None:
    assert fault(BARE + written).startswith(found)


@pytest.mark.parametrize(
    ("window", "found"),
    [
        ("{from: 2027-01-27, to: 2027-01-24, opens: 16:45, closes: 23:00}", "3:32: to: 2027-01-24 is before 2027-01-27"),
        ("{from: 2027-01-24, to: 2029-01-24, opens: 16:45, closes: 23:00}", "3:32: to: 2029-01-24 is more than 366 days"),
        ("{from: 2027-01-24, to: 2027-01-24, opens: 16:45, closes: 23:00, close: 1}", "3:73: unknown key 'close'; did you mean 'closes'?"),
        ("{first: 2027-01-24, from: 2027-01-24, to: 2027-01-24, opens: 16:45, closes: 23:00}", "3:10: unknown key 'first'"),
        ("{from: 2027-01-24, to: 2027-01-24, opens: 16:45, closes: 23:00, closed: [{from: 2027-01-24 09:00, to: 2027-01-24 10:00}]}", "3:82: closed: the pause from 2027-01-24 09:00 lies outside"),
        ("{from: 2027-01-24, to: 2027-01-24, opens: 16:45, closes: 23:00, closed: [{from: 2027-01-24 19:00, to: 2027-01-24 18:00}]}", "3:111: to: the pause ends at 2027-01-24 18:00, not after"),
        ("[{from: 2027-01-24, to: 2027-01-24, opens: 16:45, closes: 03:00}, {from: 2027-01-25, to: 2027-01-25, opens: 02:00, closes: 04:00}]", "3:117: opens: the evening of 2027-01-25 opens at 02:00, before that of 2027-01-24 closes at 03:00"),
        ("tonight", "3:9: window: 'tonight' stands where keys belong"),
        ("[]", "3:9: window is empty"),
    ],
)  # fmt: skip
def test_a_wrong_window_is_told_at_its_place(window: str, found: str) -> None:
    head, _, rest = BARE.partition("window: ")
    assert fault(f"{head}window: {window}\n{rest.partition(chr(10))[2]}").startswith(found)


def test_windows_for_decades_are_refused_at_once() -> None:
    blocks = ", ".join(
        f"{{from: {year}-01-01, to: {year}-12-31, opens: 16:45, closes: 23:00}}" for year in range(2027, 2127)
    )
    assert fault(BARE.replace(BARE.splitlines()[2], f"window: [{blocks}]")).startswith(
        "3:9: window: the blocks hold more"
    )


def test_a_place_where_the_sun_does_not_set_is_told() -> None:
    text = BARE.replace("2027-01-24", "2027-06-20").replace("2027-01-27", "2027-06-21").replace("16:45", "dusk")
    found = fault(text + "place: {latitude: 69.6, longitude: 18.9}\n")
    assert found == "3:51: opens: there is no dusk on 2027-06-20 at this place; write a clock time, as 16:45"


def test_an_event_over_a_pause_is_told() -> None:
    found = fault(WHOLE.replace("at: 2027-01-27 18:00", "at: 2027-01-24 18:59"))
    assert found == "32:9: at: the event meets the closing from 19:00 to 19:10; move one of them"


def test_two_moderators_do_not_share_a_key() -> None:
    key = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI="
    text = BARE + f"approval: signed\napprovals_needed: 2\nmoderators:\n  a: {{key: {key}}}\n  b: {{key: {key}}}\n"
    assert fault(text).startswith("11:12: key: this is the key of a, too")


def test_no_fault_speaks_the_libraries_jargon() -> None:
    text = "show: [a]\ntimezone: {}\nwindow: 3\nmedia: {a: b}\nrundown: {a: b}\nmoderators: 3\nevents: 3\nlanguages: {a: b}\nslate: 3\n"
    found = faults(text)
    assert len(found) == 9
    for jargon in ("Input should", "pydantic", "type=", "Value error", "dict", "tuple", "str"):
        assert not any(jargon in line for line in found), jargon


def test_a_normal_file_is_parsed_within_30_ms() -> None:
    parse_show(WHOLE, "a.yaml")
    began = time.perf_counter()
    for _ in range(5):
        parse_show(WHOLE, "a.yaml")
    assert (time.perf_counter() - began) / 5 < 0.03


def test_the_playlists_of_the_house_are_read() -> None:
    for path in sorted((Path(__file__).parents[2] / "playlists").glob("*.yaml")):
        parse_show(path.read_bytes(), str(path))


# Anything at all


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_a_show_or_faults(text: bytes) -> None:
    faults(text)


VALUES = st.recursive(
    st.sampled_from(
        ["null", "true", "1", "-1.5", "16:45", "2027-01-24", "8s", "cut", "PL", "''", "x", "8x5", "*m", "dusk", "1e400"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda parts: f"[{', '.join(parts)}]")
        | st.dictionaries(
            st.sampled_from(["cue", "text", "en", "from", "rundown", "at", "<<", "0"]), inner, max_size=3
        ).map(lambda parts: "{" + ", ".join(f"{key}: {value}" for key, value in parts.items()) + "}")
    ),
    max_leaves=6,
)


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, len(WHOLE.splitlines()) - 1), VALUES, st.booleans())
def test_any_value_anywhere_is_a_show_or_faults(line: int, value: str, shift: bool) -> None:
    lines = WHOLE.splitlines()
    key, colon, _ = lines[line].partition(":")
    lines[line] = f"{' ' * shift}{key}{colon} {value}"
    faults("\n".join(lines).replace("{cue: interview}", "&m {cue: interview}"))
