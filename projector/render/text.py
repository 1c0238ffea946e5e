"""Set text: words on black, as if a designer had set them, in every script that the machine has a font for.

All texts of a page have the same size: no language stands above another, the order alone says which the show names first.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from fontTools import unicodedata as scripts
from PIL import Image, ImageDraw

from projector.errors import UsageError
from projector.render.fonts import require_text_stack
from projector.render.lines import Line, Manner, Paragraph, draw_line, paragraphs
from projector.render.theme import Colour, load_theme
from projector.show.picture import Size
from projector.show.showings import Texts

# The height of Noto Serif's capitals, to which theme.toml brings the other scripts.
_CAPITAL = 0.71
_TIGHT = 0.10
_APART = 0.30
_STEP = 0.95
_SMALLEST = 4.0

_Block = tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class _Setting:
    """Lines with their baselines below the block's optical top, and its height, in pixels; `em` in pixels."""

    em: float
    lines: tuple[tuple[Line, float], ...]
    height: float


def set_text(texts: Texts, size: Size) -> Image.Image:
    """The texts one below the other on true black: RGB of exactly `size`, never clipped; the same bytes for the same words.

    A text that does not fit at the smallest readable size (see `fits`) is set smaller still. Raises: Missing, naming
    the character, when no installed font has it, or naming what the machine lacks for setting text; UsageError for a text
    that fits at no size.
    """
    require_text_stack()
    theme = load_theme()
    image = Image.new("RGB", (size.width, size.height))
    setting = _fitted(_blocks(texts), size, smallest=_SMALLEST)
    if setting is None:
        raise UsageError(f"the text {texts[0][1][:40]!r}… is too long for {size.width}x{size.height}; shorten it")
    top = (size.height - setting.height) / 2 - theme.page.rise * size.height
    draw = ImageDraw.Draw(image)
    for line, baseline in setting.lines:
        draw_line(draw, line, size.width / 2, round(top + baseline), setting.em, theme.ink)
    return image


def fits(texts: Texts, size: Size) -> bool:
    """Whether the texts can be set in `size` with letters of a thirtieth of its height or larger. Raises: as `set_text`."""
    return _fitted(_blocks(texts), size, smallest=load_theme().page.smallest * size.height) is not None


def set_caption(lines: tuple[str, ...], languages: tuple[str, ...], size: Size) -> Image.Image:
    """The caption of a tile, to lay over it: RGBA (straight alpha) of exactly the tile's `size`; empty words, an empty picture.

    The lines stand centred at the foot, the first a little larger, on a soft dark ground. `languages` are the show's in
    its order: they decide whose shapes a Chinese character has. Raises: as `set_text`.
    """
    require_text_stack()
    words = [line for line in lines if line.strip()]
    if not words:
        return Image.new("RGBA", (size.width, size.height))
    setting = _captioned(words, languages, size)
    top = size.height * (1 - load_theme().caption.foot) - setting.height
    begins = max(0, math.floor(top - load_theme().caption.rise * setting.em))
    strip = _shade(Size(size.width, size.height - begins), full=top + setting.height - begins)
    for line, baseline in setting.lines:
        first = line.scale == 1.0
        _lay_over(strip, line, round(top - begins + baseline), setting.em, load_theme().ink if first else load_theme().quiet)
    image = Image.new("RGBA", (size.width, size.height))
    image.paste(strip, (0, begins))
    return image


def _lay_over(strip: Image.Image, line: Line, baseline: int, em: float, colour: Colour) -> None:
    """A line laid over what is there, so that its edges mix with it and not with the colour beneath nothing."""
    ink = Image.new("L", strip.size)
    draw_line(ImageDraw.Draw(ink), line, strip.width / 2, baseline, em, 255)
    layer = Image.new("RGBA", strip.size, (*colour, 0))
    layer.putalpha(ink)
    strip.alpha_composite(layer)


def _captioned(words: Sequence[str], languages: tuple[str, ...], size: Size) -> _Setting:
    """The largest setting of a caption, from its usual size down."""
    theme = load_theme().caption
    scales = [1.0] + [theme.under] * (len(words) - 1)
    blocks = [paragraphs(w, _language_of(w, languages), s) for w, s in zip(words, scales, strict=True)]
    em = max(theme.size * size.height**0.5, theme.smallest * size.height)
    for manner in Manner:
        smallest = _SMALLEST if manner is Manner.ANYWHERE else theme.shrink * em
        box = (size.width * (1 - 2 * theme.side), size.height * theme.most)
        if setting := _largest(blocks, box, em, smallest, manner, gutter=theme.gutter):
            return setting
    raise UsageError(f"the caption {words[0][:40]!r}… is too long for {size.width}x{size.height}; shorten it")


def _language_of(text: str, languages: tuple[str, ...]) -> str:
    """The first of the show's languages that is written in the script of a text's first letter, or none."""
    first = next((s for s in map(scripts.script, text) if s not in {"Zyyy", "Zinh", "Zzzz"}), "Latn")
    if first in {"Hira", "Kana"}:
        return "ja"
    if first == "Hang":
        return "ko"
    if first == "Hani":
        return next((tag for tag in languages if tag.startswith(("zh", "ja", "ko"))), "zh")
    return "und"


def _blocks(texts: Texts) -> list[_Block]:
    return [paragraphs(text, language) for language, text in texts]


def _fitted(blocks: list[_Block], size: Size, smallest: float) -> _Setting | None:
    """The largest setting on a page that is not below `smallest`; words are divided only when smaller letters do not help."""
    page = load_theme().page
    wanted = page.largest[min(len(blocks), len(page.largest)) - 1] * size.height
    em = min(wanted, page.widest * size.width)
    box = (size.width * (1 - 2 * page.side), size.height * (1 - 2 * page.top))
    readable = max(smallest, page.smallest * size.height)
    unspaced = max(smallest, 0.6 * em)
    for manner, least in ((Manner.WORDS, unspaced), (Manner.SIGNS, readable), (Manner.ANYWHERE, smallest)):
        if setting := _largest(blocks, box, em, least, manner, page.gutter):
            return setting
    return None


def _largest(blocks: list[_Block], box: tuple[float, float], em: float, smallest: float, manner: Manner, gutter: float) -> _Setting | None:
    """The setting with the largest em, from `em` down to `smallest`, that fits a box of (width, height) in pixels."""
    width, height = box
    while em >= smallest - 1e-9:
        setting = _stacked(blocks, width, em, manner, gutter)
        if setting and setting.height <= height:
            return setting
        em = em * _STEP if em == smallest else max(em * _STEP, smallest)
    return None


def _stacked(blocks: list[_Block], width: float, em: float, manner: Manner, gutter: float) -> _Setting | None:
    """The blocks one below the other with even white between them, or None when one is too wide."""
    broken = [[paragraph.broken(width / em, manner) for paragraph in block] for block in blocks]
    whole = [[line for lines in block for line in lines or ()] for block in broken]
    if any(lines is None for block in broken for lines in block):
        return None
    # Texts of several lines need more white between them, to be told apart.
    white = gutter * (load_theme().page.parted if any(len(lines) > 1 for lines in whole) else 1.0)
    stack = [(line, 0.0 if n else white) for lines in whole for n, line in enumerate(lines)]
    return _Setting(em, *_baselines(stack, em))


def _baselines(stack: list[tuple[Line, float]], em: float) -> tuple[tuple[tuple[Line, float], ...], float]:
    """Each line with its baseline below the optical top of the first, and the whole optical height, in pixels."""
    if not stack:
        return (), 0.0
    baseline = _above(stack[0][0])
    placed = [(stack[0][0], baseline * em)]
    for (over, _), (line, gutter) in pairwise(stack):
        apart = load_theme().page.leading * max(over.scale, line.scale)
        if gutter:
            apart = _below(over) + gutter + _above(line)
        baseline += max(apart, over.bottom + line.top + (_APART * gutter if gutter else _TIGHT))
        placed.append((line, baseline * em))
    return tuple(placed), (baseline + _below(stack[-1][0])) * em


def _above(line: Line) -> float:
    """Where the eye sees a line begin: between the height of capitals and the highest mark."""
    return (line.top + _CAPITAL * line.scale) / 2


def _below(line: Line) -> float:
    """Where the eye sees a line end: between the baseline and the lowest tail."""
    return line.bottom / 2


def _shade(size: Size, full: float) -> Image.Image:
    """Black that rises from nothing at the top to its full depth at the row `full`, without a visible edge."""
    most = load_theme().caption.shade * 255
    steps = [min(1.0, row / full) for row in range(size.height)]
    column = Image.frombytes("L", (1, size.height), bytes(round(most * t * t * (3 - 2 * t)) for t in steps))
    image = Image.new("RGBA", (size.width, size.height))
    image.putalpha(column.resize((size.width, size.height)))
    return image
