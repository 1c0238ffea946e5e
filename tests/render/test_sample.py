"""Placeholder media, and the show files that come with the program."""

import random
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageOps

from projector.errors import Missing, UsageError
from projector.render import sample
from projector.render.sample import make_sample, sign_texts
from projector.render.sample_picture import draw_placeholder
from projector.render.sample_places import PLACES
from projector.show.picture import Size
from projector.show.playlist import parse_show
from projector.show.rundown import PER_PAGE, Show, TitleCue
from projector.show.sidecar import parse_sidecar

ROOT = Path(__file__).parents[2]
FEW = 9


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    make_sample(folder, FEW)
    return folder


def pictures(folder: Path) -> list[Path]:
    found = (path for path in (folder / "photos").rglob("*") if path.is_file() and path.suffix != ".yaml")
    return sorted((path for path in found if path.name != ".gitkeep"), key=lambda path: path.name)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def shipped(name: str) -> Show:
    path = ROOT / "playlists" / name
    return parse_show(path.read_bytes(), str(path))


def test_the_same_seed_gives_the_same_bytes_however_many_are_made(made: Path, tmp_path: Path) -> None:
    make_sample(tmp_path, 3)

    assert contents(tmp_path).items() <= contents(made).items()


def test_another_seed_gives_other_pictures(made: Path, tmp_path: Path) -> None:
    make_sample(tmp_path, 2, seed="other")

    assert not contents(tmp_path).items() & contents(made).items()


def test_every_picture_has_a_sidecar_that_says_it_is_a_placeholder(made: Path) -> None:
    for picture in pictures(made):
        sidecar = picture.with_name(f"{picture.name}.yaml")
        facts = parse_sidecar(sidecar.read_bytes(), str(sidecar))
        assert facts.placeholder
        assert facts.name is not None
        assert facts.name.startswith("Placeholder ")
        assert (facts.country, facts.language) in {(country, language) for _, country, language in PLACES}


def test_the_label_stands_in_the_pixels_of_every_picture() -> None:
    size = Size(600, 400)
    one = draw_placeholder(size, "en", "We Remember", "Placeholder 001", random.Random(7))
    other = draw_placeholder(size, "en", "We Remember", "Placeholder 002", random.Random(7))
    unlabelled = draw_placeholder(size, "en", "We Remember", " ", random.Random(7))

    assert ImageChops.difference(one, other).getbbox() is not None
    _, top, _, bottom = ImageChops.difference(one, unlabelled).getbbox() or (0, 0, 0, 0)
    assert bottom - top > 400 / 30


def test_pictures_are_of_many_shapes_formats_and_countries(made: Path) -> None:
    found = pictures(made)
    shapes = {ImageOps.exif_transpose(Image.open(path)).size for path in found}

    assert len({path.suffix for path in found}) >= 3
    assert {width > height for width, height in shapes} == {True, False}
    assert len({path.stem.partition("-")[2].partition("-")[2] for path in found}) >= 6
    assert len({path.parent for path in found}) >= 2


def test_a_picture_that_lies_on_its_side_comes_up_the_right_way() -> None:
    turned = sample._Placeholder(4, "europe", "PL", "pl")
    size = Size(*sample._SHAPES[4 % len(sample._SHAPES)])
    upright = draw_placeholder(size, "pl", sign_texts()["pl"], turned.label, random.Random("sample:4"))

    with Image.open(BytesIO(sample._picture(turned, "sample"))) as image:
        assert image.getexif().get(0x0112, 1) != 1
        shown = ImageOps.exif_transpose(image)

    difference = ImageChops.difference(shown, upright).convert("L").resize((20, 20), Image.Resampling.BOX)
    assert max(difference.tobytes()) < 8


@pytest.mark.parametrize(("orientation", "turn"), sample._TURNED)
def test_pixels_are_turned_as_their_orientation_says(orientation: int, turn: Image.Transpose) -> None:
    upright = Image.frombytes("L", (3, 2), bytes((0, 50, 100, 150, 200, 250)))
    stored = upright.transpose(turn)
    stored.getexif()[0x0112] = orientation

    shown = ImageOps.exif_transpose(stored)

    assert (shown.size, shown.tobytes()) == (upright.size, upright.tobytes())


@pytest.mark.parametrize(
    "stranger", ["mine.jpg", "placeholder-001-pl.jpg", "notes.txt", "europe/placeholder-002-de.jpg.yaml"]
)
def test_a_folder_with_anything_else_in_it_is_refused_and_left_alone(tmp_path: Path, stranger: str) -> None:
    mine = tmp_path / "photos" / stranger
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"mine")

    with pytest.raises(UsageError, match=Path(stranger).name):
        make_sample(tmp_path, 1)

    assert contents(tmp_path) == {f"photos/{stranger}": b"mine"}


def test_making_fewer_or_other_ones_replaces_what_was_made_before(tmp_path: Path) -> None:
    make_sample(tmp_path, 3)
    make_sample(tmp_path, 2, seed="other")

    make_sample(tmp_path / "fresh", 2, seed="other")
    assert contents(tmp_path / "photos") == contents(tmp_path / "fresh" / "photos")


def test_progress_is_told_after_each(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    make_sample(tmp_path, 2, progress=lambda done, of: told.append((done, of)))

    assert told == [(1, 2), (2, 2)]


def test_nothing_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least one"):
        make_sample(tmp_path, 0)


def test_without_the_list_of_words_it_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sample, "SIGN_TEXTS", tmp_path / "sign-texts.yaml")

    with pytest.raises(Missing, match=r"sign-texts\.yaml"):
        sign_texts.__wrapped__()


def test_the_sample_that_comes_with_the_program_is_small_and_says_what_it_is() -> None:
    found = pictures(ROOT / "assets" / "sample")

    assert len(found) == 60
    assert sum(len(content) for content in contents(ROOT / "assets" / "sample").values()) < 5_000_000
    assert all(b"placeholder: true" in path.with_name(f"{path.name}.yaml").read_bytes() for path in found)


def test_the_media_folder_that_comes_with_the_program_is_empty() -> None:
    assert {Path(name).name for name in contents(ROOT / "assets" / "media")} <= {".gitkeep"}


def test_the_campaign_s_words_are_there_in_many_languages_each_once() -> None:
    assert len(sign_texts()) >= 24
    assert {"en", "pl", "he", "yi", "de", "ar"} <= sign_texts().keys()
    assert all(text == text.strip() for text in sign_texts().values())


@pytest.mark.parametrize(("name", "languages"), [("sample.yaml", 15), ("we-remember.yaml", 20)])
def test_titles_say_the_campaign_s_words_and_every_page_stands_long_enough(name: str, languages: int) -> None:
    titles = [cue for cue in shipped(name).rundown if isinstance(cue, TitleCue)]

    assert {language for title in titles for language, _ in title.text} >= {"en", "pl", "he"}
    assert sum(len(title.text) for title in titles) >= languages
    for title in titles:
        assert [sign_texts()[language] for language, _ in title.text] == [text for _, text in title.text]
        pages = -(-len(title.text) // PER_PAGE)
        assert title.dwell is not None
        assert title.dwell / pages >= 4


def test_the_real_show_stands_at_the_real_place_and_time() -> None:
    show = shipped("we-remember.yaml")

    assert show.place is not None
    assert (show.place.latitude, show.place.longitude, show.timezone) == (50.0359, 19.1784, "Europe/Warsaw")
    assert [str(event.at) for event in show.events] == ["2027-01-27 18:00:00"]
