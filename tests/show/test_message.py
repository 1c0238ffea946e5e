"""Messages in words, read. Nobody says them: each is a placeholder."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projector.errors import PlaylistFaults
from projector.show.media import Facts, Message
from projector.show.message import parse_message

WHOLE = b"""\
from: Placeholder
role: {en: not a person, pl: nie osoba}
text:
  en: A placeholder for a message.
  he: placeholder
portrait: portraits/placeholder.jpg
name: another placeholder
country: PL
language: en
caption: a caption
credit: nobody
consent: {wall: true, stream: false, until: 2027-02-01}
placeholder: true
"""


def faults(text: str, source: str = "messages/one/a.yaml") -> list[str]:
    try:
        parse_message(text.encode(), source)
    except PlaylistFaults as error:
        return [str(fault).removeprefix(f"{source}:") for fault in error.faults]
    return []


def portrait(written: str, source: str = "messages/one/a.yaml") -> str | None:
    return parse_message(f"text: x\nportrait: {written}".encode(), source)[0].portrait


def test_every_key_is_read() -> None:
    message, facts = parse_message(WHOLE, "messages/a.yaml")
    assert message == Message(
        (("en", "A placeholder for a message."), ("he", "placeholder")),
        "Placeholder",
        (("en", "not a person"), ("pl", "nie osoba")),
        "messages/portraits/placeholder.jpg",
    )
    assert facts == Facts(
        "another placeholder", "PL", "en", (("en", "a caption"),), "nobody",
        wall=True, stream=False, until=date(2027, 2, 1), placeholder=True,
    )  # fmt: skip


def test_only_the_text_has_to_be_there() -> None:
    assert parse_message(b"text: {pl: x}", "messages/a.yaml") == (Message((("pl", "x"),)), Facts())


def test_plain_words_are_in_the_language_of_the_message() -> None:
    message, _ = parse_message(b"{text: x, role: y, language: pl}", "messages/a.yaml")
    assert (message.text, message.role) == ((("pl", "x"),), (("pl", "y"),))
    assert parse_message(b"text: x", "messages/a.yaml")[0].text == (("und", "x"),)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("p.jpg", "messages/one/p.jpg"),
        ("./two/p.PNG", "messages/one/two/p.PNG"),
        ("../p.webp", "messages/p.webp"),
        ("../../photos/x/p.jpg", "photos/x/p.jpg"),
    ],
)
def test_a_portrait_is_told_from_the_folder_of_its_message(written: str, meant: str) -> None:
    assert portrait(written) == meant


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "1:1: text is missing"),
        ("from: x", "1:1: text is missing"),
        ("text:", "1:1: text is empty"),
        ("text: {}", "1:7: text: the text is empty"),
        ("text: [a]", "1:7: text: a list stands where text belongs"),
        ("text: {polish: x}", "1:8: text: 'polish' is not a language code"),
        ("text: {en: ''}", "1:12: text: the text is empty"),
        ("text: x\nfro: y", "2:1: unknown key 'fro'; did you mean 'from'?"),
        ("text: x\nfrom: {en: y}", "2:7: from: a mapping stands where text belongs"),
        ("text: x\nportrait: ../../../p.jpg", "2:11: portrait: '../../../p.jpg' leaves the media folder"),
        ("text: x\nportrait: /p.jpg", "2:11: portrait: '/p.jpg' leaves the media folder"),
        ("text: x\nportrait: ../../interviews/p.jpg", "2:11: portrait: '../../interviews/p.jpg' lies outside of"),
        ("text: x\nportrait: ../../p.jpg", "2:11: portrait: '../../p.jpg' lies outside of photos or messages"),
        ("text: x\nportrait: p.mp4", "2:11: portrait: 'p.mp4' is no picture by its name"),
        ("- a", "1:1: a message has keys"),
        ("text: a\ntext: b", "2:1: the key 'text' is given twice"),
    ],
)
def test_a_fault_is_told_at_its_place(text: str, found: str) -> None:
    (only,) = faults(text)
    assert only.startswith(found)


def test_all_faults_are_told_at_once() -> None:
    assert [line.split(" ")[0] for line in faults("fro: x\ntext: {e: y}\ncountry: xx\n")] == ["1:1:", "2:8:", "3:10:"]


def test_words_without_a_font_are_told_each_at_its_place() -> None:
    def lacks(text: str, _language: str) -> str | None:
        return "x" if "x" in text else None

    with pytest.raises(PlaylistFaults) as error:
        parse_message(b"text: {en: ok, pl: x}\nfrom: x\ncredit: ok\nportrait: a.mp4", "messages/a.yaml", lacks)
    assert [(fault.line, fault.column) for fault in error.value.faults] == [(1, 20), (2, 7), (4, 11)]
    assert error.value.faults[0].message.startswith(
        "no installed font has the character 'x' (U+0078 LATIN SMALL LETTER X) of its text in pl; take it out, or install"
    )


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.binary(max_size=100)
    | st.text(max_size=60).map(lambda text: f"text: {text}\nportrait: {text}".encode("utf-8", "surrogatepass"))
)
def test_any_bytes_are_a_message_or_faults(text: bytes) -> None:
    try:
        message, _ = parse_message(text, "messages/a.yaml")
    except PlaylistFaults:
        return
    assert message.text
    assert message.portrait is None or message.portrait.startswith(("photos/", "messages/"))
