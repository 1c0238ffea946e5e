"""Placeholder media: pictures that plainly say so, in their pixels and in their sidecars.

No person is shown, and nobody is named: what stands in for a photo must never be taken for one.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image

from projector.errors import Missing, UsageError
from projector.render.sample_clip import placeholder_interviews
from projector.render.sample_folder import Files, earlier, made_here, write
from projector.render.sample_message import placeholder_messages
from projector.render.sample_picture import draw_placeholder
from projector.render.sample_places import PLACES
from projector.show.picture import Size
from projector.show.yaml_text import nodes_of

SIGN_TEXTS = Path(__file__).parents[2] / "assets" / "sign-texts.yaml"

# Landscape most of all, as people send them; upright, square, wide and a panorama too.
_SHAPES = (
    (1260, 840),
    (840, 1260),
    (1200, 900),
    (1260, 840),
    (1000, 1000),
    (720, 1280),
    (1280, 720),
    (900, 1200),
    (1600, 533),
)
_ENDINGS = ("jpg", "jpg", "webp", "jpg", "jpeg", "jpg", "png", "jpg", "jpg", "webp", "jpg")
# Every fourth JPEG lies as a telephone may have stored it: orientation, and how its pixels are turned so that it shows upright.
_TURNED = (
    (6, Image.Transpose.ROTATE_90),
    (3, Image.Transpose.ROTATE_180),
    (8, Image.Transpose.ROTATE_270),
    (2, Image.Transpose.FLIP_LEFT_RIGHT),
    (5, Image.Transpose.TRANSPOSE),
    (7, Image.Transpose.TRANSVERSE),
    (4, Image.Transpose.FLIP_TOP_BOTTOM),
)
_ORIENTATION = 0x0112


@dataclass(frozen=True, slots=True)
class _Placeholder:
    number: int
    folder: str
    country: str
    language: str

    @property
    def label(self) -> str:
        return f"Placeholder {self.number:03d}"

    @property
    def ending(self) -> str:
        return _ENDINGS[self.number % len(_ENDINGS)]

    @property
    def file(self) -> Path:
        """Relative to the folder photos/."""
        return Path(self.folder, f"placeholder-{self.number:03d}-{self.language.lower()}.{self.ending}")


def make_sample(
    folder: Path,
    photos: int,
    seed: str = "sample",
    progress: Callable[[int, int], None] | None = None,
    interviews: int = 0,
    messages: int = 0,
) -> None:
    """Write placeholder media with their sidecars below `folder`: `photos/`, `interviews/` and `messages/`.

    The same arguments give the same bytes (of interviews: with the same ffmpeg). What an earlier sample left there and
    this one does not make is deleted. `progress(done, of)` is told after each. Raises: UsageError for nothing at all,
    and when a folder that is written to holds anything else; Missing without ffmpeg where interviews are wanted.
    """
    if photos + interviews + messages < 1:
        raise UsageError("nothing is asked for; ask for at least one photo, interview or message")
    each_kind = {
        "photos": [_files(each, seed) for each in _placeholders(photos, seed)],
        "interviews": placeholder_interviews(interviews, seed),
        "messages": placeholder_messages(messages, seed),
    }
    wanted = [files for made in each_kind.values() for files in made]
    old = {path for kind, made in each_kind.items() for path in earlier(folder, kind, strict=bool(made))}
    for path in old - {folder / path for files in wanted for path, _ in files}:
        path.unlink()
    for done, files in enumerate(wanted, start=1):
        for path, content in files:
            write(folder / path, content())
        if progress is not None:
            progress(done, len(wanted))


@cache
def sign_texts() -> dict[str, str]:
    """The campaign's own two words by language, in the order of assets/sign-texts.yaml. Raises Missing without that file."""
    try:
        root, faults = nodes_of(SIGN_TEXTS.read_text("utf-8"), str(SIGN_TEXTS))
    except OSError as error:
        raise Missing(f"{SIGN_TEXTS} cannot be read", "Run from a whole checkout of the repository") from error
    if faults:
        raise UsageError(str(faults[0]))
    return {str(language): str(text) for language, text in root.plain().items()}


def _placeholders(count: int, seed: str) -> list[_Placeholder]:
    """Every place once before any comes again, in an order of the seed."""
    order: list[tuple[str, str, str]] = []
    turn = 0
    while len(order) < count:
        order += random.Random(f"{seed}:{turn}").sample(PLACES, len(PLACES))
        turn += 1
    return [_Placeholder(number, *place) for number, place in enumerate(order[:count], start=1)]


def _picture(each: _Placeholder, seed: str) -> bytes:
    """The bytes of one picture's file."""
    chance = random.Random(f"{seed}:{each.number}")
    size = Size(*_SHAPES[each.number % len(_SHAPES)])
    image = draw_placeholder(size, each.language, sign_texts()[each.language], each.label, chance)
    file = BytesIO()
    match each.ending:
        case "png":
            # A palette keeps soft colour fields small, and is a kind of PNG that people do send.
            image.quantize(192, dither=Image.Dither.FLOYDSTEINBERG).save(file, "PNG", optimize=True)
        case "webp":
            image.save(file, "WEBP", quality=84, method=4)
        case _ if each.number % 4 == 0:
            orientation, turn = _TURNED[each.number // 4 % len(_TURNED)]
            exif = Image.Exif()
            exif[_ORIENTATION] = orientation
            image.transpose(turn).save(file, "JPEG", quality=86, exif=exif)
        case _:
            image.save(file, "JPEG", quality=86, progressive=each.number % 5 == 0)
    return file.getvalue()


def _sidecar(each: _Placeholder) -> str:
    return (
        f"{made_here('photograph')}name: {each.label}\ncountry: {each.country}\nlanguage: {each.language}\n"
        "caption: {en: 'A placeholder, not a photograph', pl: 'Obraz zastępczy, nie fotografia'}\nplaceholder: true\n"
    )


def _files(each: _Placeholder, seed: str) -> Files:
    path = Path("photos") / each.file
    # The sidecar comes first: a running show must never see the picture without the word that it is a placeholder.
    return (
        (path.with_name(f"{path.name}.yaml"), lambda: _sidecar(each).encode()),
        (path, lambda: _picture(each, seed)),
    )
