"""Messages in words and in pictures, from the folder to the ledger. Nobody says them: each is a placeholder."""

import hashlib
import os
import shutil
from pathlib import Path

import pytest
from PIL import Image

from projector.ledger.media import all_media, described, find_medium, renditions_of, want, wanted
from projector.show.media import Facts, Kind, Medium, Message
from tests.intake.conftest import GREEN, Folder, old

WORDS = "{from: Placeholder, text: {en: A placeholder for a message}, placeholder: true}"
MESSAGE = Message((("en", "A placeholder for a message"),), "Placeholder")


def lacks_egyptian(text: str, _language: str) -> str | None:
    return next((sign for sign in text if "\U00013000" <= sign <= "\U0001342f"), None)


def by_file(folder: Folder) -> dict[str, Medium]:
    return {medium.file: medium for medium in all_media(folder.ledger)}


def test_a_message_in_words_is_taken(folder: Folder) -> None:
    path = folder.write("messages/one/a.yaml", WORDS)
    report = folder.ingest()
    assert (report.taken, report.refused) == (1, ())
    (medium,) = all_media(folder.ledger)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    facts = Facts(placeholder=True)
    assert medium == Medium(sha256, "messages/one/a.yaml", Kind.MESSAGE, "one", 0, 0, facts, message=MESSAGE)
    assert described(folder.ledger, [sha256]) == {sha256: medium}
    assert find_medium(folder.ledger, "a.yaml") == [medium]


def test_the_life_of_a_message(folder: Folder) -> None:
    path = folder.write("messages/a.yaml", WORDS)
    folder.ingest()
    (before,) = all_media(folder.ledger)
    assert folder.ingest().unchanged == 1
    folder.write("messages/a.yaml", WORDS.replace("for", "of"))
    assert folder.ingest().taken == 1
    (after,) = all_media(folder.ledger)
    assert after.sha256 != before.sha256
    assert after.message == Message((("en", "A placeholder of a message"),), "Placeholder")
    path.rename(folder.media / "messages/b.yaml")
    folder.ingest()
    assert [(m.file, m.sha256) for m in all_media(folder.ledger)] == [("messages/b.yaml", after.sha256)]
    folder.write("messages/b.yaml", "txt: x")
    folder.ingest()
    assert all_media(folder.ledger) == []
    assert folder.refusals()["messages/b.yaml"].startswith("messages/b.yaml:1:1: text is missing")
    (folder.media / "messages/b.yaml").unlink()
    assert folder.ingest().removed == 1
    assert folder.refusals() == {}


def test_a_message_that_is_gone_is_still_described_to_the_wall(folder: Folder) -> None:
    path = folder.write("messages/a.yaml", WORDS)
    folder.ingest()
    (medium,) = all_media(folder.ledger)
    path.unlink()
    folder.ingest()
    assert all_media(folder.ledger) == []
    assert described(folder.ledger, [medium.sha256])[medium.sha256].message == MESSAGE


def test_the_same_words_twice_are_one_message(folder: Folder) -> None:
    folder.write("messages/b.yaml", WORDS)
    folder.write("messages/a.yaml", WORDS)
    assert folder.ingest().taken == 2
    assert list(by_file(folder)) == ["messages/a.yaml"]


def test_many_messages_are_all_taken(folder: Folder) -> None:
    for number in range(60):
        folder.write(f"messages/{number}.yaml", f"text: {{en: Placeholder {number}}}")
    assert folder.ingest().taken == 60


def test_a_portrait_is_a_picture_of_the_media_folder(folder: Folder) -> None:
    folder.write("messages/one/a.yaml", "{text: words, portrait: ../portraits/p.png}")
    folder.ingest()
    assert by_file(folder)["messages/one/a.yaml"].portrait is None
    (folder.media / "messages/portraits").mkdir()
    portrait = folder.photo("p.png").rename(folder.media / "messages/portraits/p.png")
    folder.ingest()
    media = by_file(folder)
    message = media["messages/one/a.yaml"]
    assert message.message is not None
    assert message.message.portrait == "messages/portraits/p.png"
    assert message.portrait == hashlib.sha256(portrait.read_bytes()).hexdigest()
    assert media["messages/portraits/p.png"].kind is Kind.MESSAGE
    assert set(renditions_of(folder.ledger, [message.portrait])[message.portrait]) == {"small", "wall"}
    assert wanted(folder.ledger) == []
    assert described(folder.ledger, [message.sha256]) == {message.sha256: message}


def test_a_portrait_of_a_message_that_moves_is_where_it_says_now(folder: Folder) -> None:
    folder.photo("p.png")
    (folder.media / "messages/photos").mkdir(parents=True)
    folder.photo("q.png", Image.new("RGB", (80, 80), GREEN)).rename(folder.media / "messages/photos/p.png")
    path = folder.write("messages/a.yaml", "{text: words, portrait: photos/p.png}")
    folder.ingest()
    media = by_file(folder)
    assert media["messages/a.yaml"].portrait == media["messages/photos/p.png"].sha256
    (folder.media / "messages/one").mkdir()
    path.rename(folder.media / "messages/one/a.yaml")
    folder.write("messages/one/b.yaml", "{text: words, portrait: ../../photos/p.png}")
    folder.ingest()
    assert by_file(folder)["messages/one/a.yaml"].portrait is None
    assert by_file(folder)["messages/one/b.yaml"].portrait == media["photos/p.png"].sha256


def test_a_portrait_that_is_refused_is_not_shown(folder: Folder) -> None:
    folder.photo("p.png")
    folder.write("messages/a.yaml", "{text: words, portrait: ../photos/p.png}")
    folder.ingest()
    assert by_file(folder)["messages/a.yaml"].portrait is not None
    shutil.copy2(folder.photos / "p.png", folder.photos / "z.png")
    folder.sidecar("z.png.yaml", "[")
    folder.ingest()
    assert by_file(folder)["messages/a.yaml"].portrait is None


def test_a_photo_that_is_a_portrait_too_stays_a_photo(folder: Folder) -> None:
    photo = folder.photo("p.png")
    (folder.media / "messages").mkdir()
    shutil.copy2(photo, folder.media / "messages/p.png")
    folder.ingest()
    (medium,) = all_media(folder.ledger)
    assert (medium.kind, medium.file) == (Kind.PHOTO, "photos/p.png")


def test_a_picture_in_messages_is_a_message(folder: Folder) -> None:
    folder.photo("p.png").rename(old(folder.write("messages/one/p.png", "")))
    folder.write("messages/one/p.png.yaml", "country: PL")
    folder.ingest()
    (medium,) = all_media(folder.ledger)
    assert (medium.kind, medium.folder, medium.facts, medium.message) == (
        Kind.MESSAGE, "one", Facts(country="PL"), None
    )  # fmt: skip
    assert set(renditions_of(folder.ledger, [medium.sha256])[medium.sha256]) == {"small"}


def test_no_wall_size_copy_is_made_of_words(folder: Folder) -> None:
    folder.write("messages/a.yaml", WORDS)
    folder.ingest()
    want(folder.ledger, [medium.sha256 for medium in all_media(folder.ledger)])
    assert wanted(folder.ledger) == []


def test_what_cannot_lie_in_messages_is_refused(folder: Folder, tmp_path: Path) -> None:
    folder.write("messages/a.txt", "words")
    folder.write("messages/a.yml", WORDS)
    folder.write("messages/a.yaml.yaml", WORDS)
    folder.write("messages/large.yaml", "#" * 300_000)
    folder.write("messages/p.png.yaml", "country: PL")
    (tmp_path / "elsewhere").write_text(WORDS)
    link = folder.media / "messages/link.yaml"
    link.symlink_to(tmp_path / "elsewhere")
    os.utime(link, (1_700_000_000, 1_700_000_000), follow_symlinks=False)
    folder.ingest()
    reasons = folder.refusals()
    assert reasons.pop("messages/a.txt").startswith("messages are yaml, mkv, mov, mp4, webm, avif, ")
    assert "in .yaml" in reasons.pop("messages/a.yml")
    assert "no sidecar" in reasons.pop("messages/a.yaml.yaml")
    assert "too large" in reasons.pop("messages/large.yaml")
    assert "link" in reasons.pop("messages/link.yaml")
    assert reasons == {}
    assert all_media(folder.ledger) == []


@pytest.mark.parametrize(
    ("path", "text", "reason"),
    [
        ("messages/a.yaml", "from: x\nrole: y\ntext: {en: ok, pl: 'a 𓀀'}\n", "messages/a.yaml:3:20: "),
        ("messages/a.yaml", "text: x\nfrom: 𓀀\n", "messages/a.yaml:2:7: "),
        ("messages/a.yaml", "text: x\nrole: {pl: 𓀀}\n", "messages/a.yaml:2:12: "),
        ("messages/a.yaml", "text: x\ncredit: 𓀀\n", "messages/a.yaml:2:9: "),
        ("photos/a.jpg.yaml", "country: PL\nname: 𓀀\n", "photos/a.jpg.yaml:2:7: "),
        ("photos/a.jpg.yaml", "caption: 𓀀\n", "photos/a.jpg.yaml:1:10: "),
    ],
)
def test_a_character_that_no_font_has_is_refused_by_its_name(folder: Folder, path: str, text: str, reason: str) -> None:
    folder.photo("a.jpg")
    folder.write(path, text)
    folder.ingest(folder.intake(lacks=lacks_egyptian))
    (refused,) = folder.refusals().values()
    assert refused.startswith(f"{reason}no installed font has the character '𓀀' (U+13000 EGYPTIAN HIEROGLYPH A001)")
    folder.ingest(folder.intake(lacks=lacks_egyptian))
    assert list(folder.refusals().values()) == [refused]
    folder.ingest()  # a font that has it was installed, and intake started again
    assert folder.refusals() == {}


def test_a_character_of_subtitles_that_no_font_has_is_refused(folder: Folder, clip: Path) -> None:
    (folder.media / "interviews").mkdir()
    shutil.copy2(clip, folder.media / "interviews/a.mp4")
    folder.write("interviews/a.pl.srt", "1\n00:00:00,000 --> 00:00:01,000\nx\n\n00:00:01,000 --> 00:00:02,000\n𓀀\n")
    folder.ingest(folder.intake(lacks=lacks_egyptian))
    assert folder.refusals() == {
        "interviews/a.mp4": "interviews/a.pl.srt:5:1: no installed font has the character '𓀀' "
        "(U+13000 EGYPTIAN HIEROGLYPH A001) of its text in pl; take it out, or install a font that has it"
    }
    folder.ingest()
    assert folder.refusals() == {}
