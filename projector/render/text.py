"""Set text: words on black, as if a designer had set them, in every script that the machine has a font for.

All texts of a page have the same size: no language stands above another, the order alone says which the show names first.
"""

import math
from collections.abc import Sequence

from fontTools import unicodedata as scripts
from PIL import Image, ImageDraw

from projector.errors import UsageError
from projector.render.breaks import Manner
from projector.render.fonts import require_shaping
from projector.render.lines import Line, draw_line, paragraphs
from projector.render.stack import Block, Room, Setting, largest
from projector.render.theme import Colour, load_theme
from projector.show.picture import Size
from projector.show.showings import Texts

# Smaller than can be read, but whole: an impossible text is no reason for a black wall.
_SMALLEST = 1.0
# Japanese or Thai may break within a sentence, but a title looks better whole: this much smaller is tried first.
_TRIED_WHOLE = 0.6


def set_text(texts: Texts, size: Size) -> Image.Image:
    """The texts one below the other on true black: RGB of exactly `size`, never clipped; the same bytes for the same words.

    A text that does not fit at the smallest readable size (see `fits`) is set smaller still. Raises: Missing, naming
    the character, when no installed font has it, or naming what the machine lacks for setting text; UsageError for a text
    that fits at no size.
    """
    require_shaping()
    theme = load_theme()
    image = Image.new("RGB", (size.width, size.height))
    blocks = _blocks(texts)
    setting = _fitted(blocks, size) or _squeezed(blocks, size)
    if setting is None:
        raise UsageError(f"the text {texts[0][1][:40]!r}… is too long for {size.width}x{size.height}; shorten it")
    top = (size.height - setting.height) / 2 - theme.page.rise * size.height
    draw = ImageDraw.Draw(image)
    for line, baseline in setting.lines:
        draw_line(draw, line, size.width / 2, round(top + baseline), setting.em, theme.ink)
    return image


def fits(texts: Texts, size: Size) -> bool:
    """Whether the texts can be set in `size` with letters of a thirtieth of its height or larger. Raises: as `set_text`."""
    return _fitted(_blocks(texts), size) is not None


def set_caption(lines: tuple[str, ...], languages: tuple[str, ...], size: Size) -> Image.Image:
    """The caption of a tile, to lay over it: RGBA (straight alpha) of exactly the tile's `size`.

    The lines stand centred at the foot, the first a little larger, on a soft dark ground. `languages` are the show's in
    its order: they decide whose shapes a Chinese character has. Without words, or without room for them, nothing is laid
    over the photo. Raises: Missing, as `set_text`.
    """
    require_shaping()
    image = Image.new("RGBA", (size.width, size.height))
    words = [line for line in lines if line.strip()]
    setting = _captioned(words, languages, size) if words else None
    if setting is None:
        return image
    top = size.height * (1 - load_theme().caption.foot) - setting.height
    begins = max(0, math.floor(top - load_theme().caption.rise * setting.em))
    strip = _shade(Size(size.width, size.height - begins), full=top + setting.height - begins)
    for line, baseline in setting.lines:
        colour = load_theme().ink if line.scale == 1.0 else load_theme().quiet
        _lay_over(strip, line, round(top - begins + baseline), setting.em, colour)
    image.paste(strip, (0, begins))
    return image


def _lay_over(strip: Image.Image, line: Line, baseline: int, em: float, colour: Colour) -> None:
    """A line laid over what is there, so that its edges mix with it and not with the colour beneath nothing."""
    ink = Image.new("L", strip.size)
    draw_line(ImageDraw.Draw(ink), line, strip.width / 2, baseline, em, 255)
    layer = Image.new("RGBA", strip.size, (*colour, 0))
    layer.putalpha(ink)
    strip.alpha_composite(layer)


def _captioned(words: Sequence[str], languages: tuple[str, ...], size: Size) -> Setting | None:
    """The largest setting of a caption, from its usual size down."""
    theme = load_theme().caption
    scales = [1.0] + [theme.under] * (len(words) - 1)
    blocks = [paragraphs(w, language_of(w, languages), s) for w, s in zip(words, scales, strict=True)]
    em = max(theme.size * size.height**0.5, theme.smallest * size.height)
    room = Room(size.width * (1 - 2 * theme.side), size.height * theme.most, size.height * theme.foot * 0.8)
    for manner in Manner:
        smallest = _SMALLEST if manner is Manner.ANYWHERE else theme.shrink * em
        if setting := largest(blocks, room, (em, smallest), manner, gutter=theme.gutter):
            return setting
    return None


def language_of(text: str, languages: tuple[str, ...]) -> str:
    """The language whose shapes the characters of a text have, or "und"; `languages` are the show's, in its order."""
    first = next((s for s in map(scripts.script, text) if s not in {"Zyyy", "Zinh", "Zzzz"}), "Latn")
    if first in {"Hira", "Kana"}:
        return "ja"
    if first == "Hang":
        return "ko"
    if first == "Hani":
        return next((tag for tag in languages if tag.startswith(("zh", "ja", "ko"))), "zh")
    return "und"


def _blocks(texts: Texts) -> list[Block]:
    return [paragraphs(text, language) for language, text in texts]


def _fitted(blocks: list[Block], size: Size) -> Setting | None:
    """The largest setting on a page whose letters can be read; words are divided only where a script does so."""
    usual, readable = _ems(len(blocks), size)
    for manner, least in ((Manner.WORDS, max(readable, _TRIED_WHOLE * usual)), (Manner.SIGNS, readable)):
        if setting := largest(blocks, _room(size), (max(usual, readable), least), manner, load_theme().page.gutter):
            return setting
    return None


def _squeezed(blocks: list[Block], size: Size) -> Setting | None:
    """A setting of what does not fit: smaller than can be read, and words divided where that is not enough."""
    _, readable = _ems(len(blocks), size)
    for manner, least in ((Manner.SIGNS, 0.4 * readable), (Manner.ANYWHERE, _SMALLEST)):
        if setting := largest(blocks, _room(size), (readable, least), manner, load_theme().page.gutter):
            return setting
    return None


def _ems(count: int, size: Size) -> tuple[float, float]:
    """The usual em of a page of `count` texts, and the smallest that can be read, in pixels."""
    page = load_theme().page
    usual = page.largest[max(0, min(count, len(page.largest)) - 1)]
    return min(usual * size.height, page.widest * size.width), page.smallest * size.height


def _room(size: Size) -> Room:
    page = load_theme().page
    free = size.height * page.top
    return Room(size.width * (1 - 2 * page.side), size.height - 2 * free, free - 2 * page.rise * size.height)


def _shade(size: Size, full: float) -> Image.Image:
    """Black that rises from nothing at the top to its full depth at the row `full`, without a visible edge."""
    most = load_theme().caption.shade * 255
    steps = [min(1.0, row / full) for row in range(size.height)]
    column = Image.frombytes("L", (1, size.height), bytes(round(most * t * t * (3 - 2 * t)) for t in steps))
    image = Image.new("RGBA", (size.width, size.height))
    image.putalpha(column.resize((size.width, size.height)))
    return image
