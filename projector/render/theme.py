"""How words look on the wall, read from theme.toml; what each value means stands there."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of set text: fractions of the canvas, and ems."""

    side: float
    top: float
    largest: tuple[float, ...]
    widest: float
    smallest: float
    leading: float
    gutter: float
    parted: float
    rise: float


@dataclass(frozen=True, slots=True)
class Caption:
    """The words at the foot of a tile: fractions of the tile."""

    size: float
    smallest: float
    under: float
    side: float
    foot: float
    most: float
    gutter: float
    shrink: float
    rise: float
    shade: float


@dataclass(frozen=True, slots=True)
class Message:
    """A message in words: fractions of the canvas and of its text's letters."""

    side: float
    top: float
    largest: tuple[float, ...]
    widest: float
    name: float
    role: float
    small_name: float
    small_role: float
    gutter: float
    apart: float
    portrait: tuple[float, float]
    gap: float


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a clip in their band: fractions of its width, and ems."""

    smallest: float
    leading: float
    side: float
    wide: float
    gutter: float
    caption: float
    column: float
    head: float
    foot: float
    gap: float
    halo: float
    depth: float
    haze: float
    haze_depth: float


@dataclass(frozen=True, slots=True)
class Theme:
    """`typefaces`: families by script, or script-language; `scale`: what brings a family to the common height of letters."""

    ink: Colour
    quiet: Colour
    page: Page
    caption: Caption
    message: Message
    words: Words
    typefaces: dict[str, tuple[str, ...]]
    scale: dict[str, float]


@cache
def load_theme() -> Theme:
    """The theme of the package."""
    read = tomllib.loads((files("projector.render") / "theme.toml").read_text("utf-8"))
    page, message = read["page"], read["message"]
    across, down = message["portrait"]
    return Theme(
        ink=_colour(read["colours"]["ink"]),
        quiet=_colour(read["colours"]["quiet"]),
        page=Page(**{**page, "largest": tuple(page["largest"])}),
        caption=Caption(**read["caption"]),
        message=Message(**{**message, "largest": tuple(message["largest"]), "portrait": (across, down)}),
        words=Words(**read["words"]),
        typefaces={script: tuple(families) for script, families in read["typefaces"].items()},
        scale=read["scale"],
    )


def _colour(written: str) -> Colour:
    red, green, blue = bytes.fromhex(written.removeprefix("#"))
    return red, green, blue
