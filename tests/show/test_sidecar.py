"""What stands beside a medium."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projector.errors import PlaylistFaults
from projector.show.media import Facts
from projector.show.sidecar import parse_sidecar

WHOLE = """\
name: A placeholder        # as the person wishes to be named
country: PL
language: pl
caption: {en: A placeholder caption, pl: Podpis zastępczy}
credit: A placeholder credit
consent: {wall: true, stream: false, until: 2027-02-01}
placeholder: true
""".encode()


def faults(text: bytes) -> list[str]:
    try:
        parse_sidecar(text, "a.jpg.yaml", "Europe/Warsaw")
    except PlaylistFaults as error:
        return [str(fault).removeprefix("a.jpg.yaml:") for fault in error.faults]
    return []


def test_every_key_is_read() -> None:
    assert parse_sidecar(WHOLE, "a.jpg.yaml", "Europe/Warsaw") == Facts(
        name="A placeholder",
        country="PL",
        language="pl",
        caption=(("en", "A placeholder caption"), ("pl", "Podpis zastępczy")),
        credit="A placeholder credit",
        wall=True,
        stream=False,
        until=date(2027, 2, 1),
        placeholder=True,
    )


@pytest.mark.parametrize(
    "text", [b"", b"# nothing yet\n", b"---\n", b"{}", b"name:\ncaption:\nconsent:\n", b"\xef\xbb\xbf"]
)
def test_every_key_may_be_absent(text: bytes) -> None:
    assert parse_sidecar(text, "a.jpg.yaml") == Facts()


@pytest.mark.parametrize(
    ("word", "agrees"),
    [("true", True), ("yes", True), ("on", True), ("false", False), ("no", False), ("NO", False), ("off", False)],
)
def test_no_means_no_where_only_yes_or_no_can_be_meant(word: str, agrees: bool) -> None:
    assert parse_sidecar(f"consent: {{wall: {word}}}".encode(), "a.jpg.yaml").wall is agrees


def test_a_name_stays_as_the_person_writes_it() -> None:
    assert parse_sidecar(b"name: Null", "a.jpg.yaml").name == "Null"
    assert parse_sidecar(b"name: No\ncredit: 012", "a.jpg.yaml") == Facts(name="No", credit="012")


def test_norway_is_a_country() -> None:
    assert parse_sidecar(b"country: NO\nlanguage: no", "a.jpg.yaml") == Facts(country="NO", language="no")


def test_a_plain_caption_is_in_the_language_of_the_medium() -> None:
    assert parse_sidecar(b"caption: words\nlanguage: pl", "a.jpg.yaml").caption == (("pl", "words"),)
    assert parse_sidecar(b"caption: words", "a.jpg.yaml").caption == (("und", "words"),)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (b"nam: x", "1:1: unknown key 'nam'; did you mean 'name'?"),
        (b"name: [a]", "1:7: name: a list stands where text belongs"),
        (b"country: pl", "1:10: country: 'pl' is not a country code; did you mean 'PL'?"),
        (b"country: Norway", "1:10: country: 'Norway' is not a country code"),
        (b"language: polish", "1:11: language: 'polish' is not a language code"),
        (b"caption: {en: ''}", "1:15: caption: the text is empty"),
        (b"caption: {}", "1:10: caption: the text is empty"),
        (b"consent: yes", "1:10: consent: 'yes' stands where keys belong"),
        (b"consent: {wall: maybe}", "1:17: wall: 'maybe' is neither true nor false"),
        (b"consent: {wal: true}", "1:11: unknown key 'wal'; did you mean 'wall'?"),
        (b"consent: {until: 01.02.2027}", "1:18: until: '01.02.2027' is not a date; write it as 2027-02-01"[:47]),
        (b"placeholder: 3", "1:14: placeholder: '3' is neither true nor false"),
        (b"name: a\nname: b", "2:1: the key 'name' is given twice; the first stands in line 1"),
        (b"- a", "1:1: a sidecar has keys"),
        (b"name: \xff", "1:7: byte 0xff is not UTF-8"),
        (b"name: !!python/name:os.system x", "1:7: the tag"),
    ],
)
def test_a_fault_is_told_at_its_place(text: bytes, found: str) -> None:
    (only,) = faults(text)
    assert only.startswith(found)


def test_all_faults_are_told_at_once() -> None:
    assert [
        line.split(" ")[0] for line in faults(b"nam: x\nname: b\nname: c\ncountry: xx\nconsent: {until: soon}\n")
    ] == [
        "1:1:",
        "3:1:",
        "4:10:",
        "5:18:",
    ]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.binary(max_size=100) | st.text(max_size=100).map(lambda text: f"name: {text}".encode("utf-8", "surrogatepass"))
)
def test_any_bytes_are_facts_or_faults(text: bytes) -> None:
    faults(text)
