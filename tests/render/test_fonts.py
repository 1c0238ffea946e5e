"""Which font sets what: facts about the fonts of the machine that the tests run on (Noto, as `make setup` installs it)."""

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from projector.errors import Missing
from projector.render import fonts
from projector.render.fonts import Face, dress, missing, require_text_stack
from projector.render.sample import sign_texts


def families(text: str, language: str) -> set[str]:
    return {cluster.face.family for cluster in dress(text, language) if cluster.face is not None}


def name_of(face: Face | None) -> str:
    assert face is not None
    with TTFont(face.path, fontNumber=face.index, lazy=True) as font:
        return str(font["name"].getDebugName(1))


def test_every_sign_text_has_a_font() -> None:
    assert {language: missing(text, language) for language, text in sign_texts().items()} == dict.fromkeys(sign_texts())


@pytest.mark.parametrize(
    ("language", "end"),
    [("ja", "JP"), ("ko", "KR"), ("zh-Hans", "SC"), ("zh-Hant", "TC"), ("zh-HK", "HK"), ("zh", "SC")],
)
def test_one_chinese_character_takes_the_shape_of_its_language(language: str, end: str) -> None:
    (cluster,) = dress("骨", language)

    assert name_of(cluster.face).endswith(end)


@pytest.mark.parametrize(("text", "end"), [("骨の", "JP"), ("骨과", "KR"), ("骨", "SC")])
def test_without_a_language_the_writing_beside_a_chinese_character_tells_its_shape(text: str, end: str) -> None:
    assert name_of(dress(text, "und")[0].face).endswith(end)


def test_a_script_is_set_in_its_own_serif_face() -> None:
    assert families("אנחנו", "he") == {"NotoSerifHebrew"}
    assert families("Մենք", "hy") == {"NotoSerifArmenian"}
    assert families("ہم", "ur") == {"NotoNastaliqUrdu"}
    assert families("نحن", "ar") == {"NotoNaskhArabic"}


def test_what_a_face_lacks_comes_from_another_and_figures_are_alike_everywhere() -> None:
    by_text = {cluster.text: cluster.face for cluster in dress("אב Peter 1945.", "he")}

    assert {face.family for text, face in by_text.items() if face and text in "Peter1945."} == {"NotoSerif"}
    assert families("27 يناير", "ar") == {"NotoSerif", "NotoNaskhArabic"}


def test_a_letter_and_its_marks_are_one_cluster_in_one_face() -> None:
    (cluster,) = dress("\u05d0\u05b8", "yi")

    assert cluster.face is not None
    assert cluster.face.family == "NotoSerifHebrew"


def test_the_first_character_without_a_font_is_named() -> None:
    assert missing("We \U000f1234 remember \U000f5678", "en") == "\U000f1234"


def test_marks_that_compose_are_looked_for_composed() -> None:
    assert missing("Łódz\u0301", "pl") is None


def test_signs_that_are_never_seen_need_no_font() -> None:
    assert missing("a\u200d\u2066b\u2069\ufe0f\n", "en") is None


def test_without_fribidi_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projector.render.fonts.features.check", lambda name: name != "fribidi")

    with pytest.raises(Missing, match="apt-get install libfribidi0"):
        require_text_stack()


def test_without_chinese_fonts_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    left = {family: path for family, path in fonts.installed().items() if "CJK" not in family}
    monkeypatch.setattr(fonts, "installed", lambda: left)

    with pytest.raises(Missing, match="apt-get install fonts-noto-cjk"):
        require_text_stack()


def test_a_font_file_that_is_none_covers_nothing(tmp_path: Path) -> None:
    broken = tmp_path / "NotoBroken-Regular.ttf"
    broken.write_bytes(b"\x00\x01\x00\x00" + b"no font" * 40)

    assert 65 not in fonts._coverage(Face("NotoBroken", broken))
