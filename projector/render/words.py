"""The words of a clip: subtitles, and its caption quietly apart, on nothing or over the moving picture."""

from collections.abc import Sequence

import regex
from PIL import Image, ImageChops, ImageFilter

from projector.render.breaks import Manner
from projector.render.column import CENTRED, LEFT, RIGHT, Column, hang_of, widest
from projector.render.fonts import require_shaping
from projector.render.lines import Paragraph, paragraphs
from projector.render.stack import Block, Room, Setting, largest
from projector.render.text import language_of
from projector.render.theme import load_theme
from projector.show.picture import Size, WordsTile
from projector.show.showings import Texts
from projector.show.words_place import em_of_words

_SMALLEST = 1.0
# A new speaker's words begin with a dash: such lines are never run into one.
_SPEAKERS = regex.compile(r"\n\s*[-–—]")
_UNSPACED = regex.compile(
    r"([\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}、。，！？」』])\s*\n\s*(?=[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}「『])"
)


def set_words(tile: WordsTile, size: Size, languages: tuple[str, ...]) -> Image.Image:
    """The words of a clip in their band: RGBA (straight alpha) of exactly `size`, never clipped.

    Subtitles stand in one size, the first language first, broken into even lines; a writer's own lines are kept where they
    fit. The caption stands apart, in the same place whatever the subtitles say. Over a picture the letters have a soft dark
    ground. What has no room at any size is left out. `languages` are the show's (captions). Raises: Missing, naming the
    character, when no installed font has it.
    """
    require_shaping()
    em = em_of_words(size, tile.over)
    subtitles = _subtitles(tile, size, em)
    caption = _caption(tile, size, em, languages)
    bright, quiet = _mask(size, subtitles), _mask(size, caption)
    image = Image.new("RGBA", (size.width, size.height))
    if tile.over:
        image.putalpha(_halo(ImageChops.lighter(bright, quiet), em))
    for mask, colour in ((bright, load_theme().ink), (quiet, load_theme().quiet)):
        layer = Image.new("RGBA", image.size, (*colour, 0))
        layer.putalpha(mask)
        image.alpha_composite(layer)
    return image


def _subtitles(tile: WordsTile, size: Size, em: float) -> Column | None:
    theme = load_theme().words
    texts = tuple((language, text) for language, text in tile.subtitles if text.strip())
    if not texts:
        return None
    if _beside(tile, size):
        left, width = theme.gap * em, size.width - theme.gap * em - theme.side * size.width
        setting = _set(texts, Room(width, size.height * 0.6, size.height * 0.1), em)
        hang = LEFT if hang_of(texts) == LEFT else CENTRED
        return Column(setting, left, (size.height - setting.height) / 2, width, hang) if setting else None
    apart = theme.side + (theme.column + theme.side / 2 if tile.words else 0.0)
    width = min(theme.wide * em, size.width * (1 - 2 * apart))
    free = (theme.foot if tile.over else theme.head) * em
    setting = _set(texts, Room(width, size.height - 1.6 * free, 0.6 * free), em)
    if setting is None:
        return None
    top = size.height - free - setting.height if tile.over else free
    return Column(setting, (size.width - width) / 2, top, width, CENTRED)


def _set(texts: Texts, room: Room, em: float) -> Setting | None:
    """The subtitles at their usual size, or as much smaller as they must be."""
    theme = load_theme().words
    blocks = [_block(text, language, room.width / em) for language, text in texts]
    for manner, least in (
        (Manner.WORDS, 0.9 * em),
        (Manner.SIGNS, theme.smallest * em),
        (Manner.ANYWHERE, _SMALLEST),
    ):
        if setting := largest(blocks, room, (em, least), manner, theme.gutter):
            return setting
    return None


def _block(text: str, language: str, measure: float) -> Block:
    """A subtitle in its writer's lines if all of them fit, else as one stretch of words (of each speaker)."""
    kept = paragraphs(text, language)
    if _SPEAKERS.search(f"\n{text}") or all(_whole(paragraph) <= measure for paragraph in kept):
        return kept
    return paragraphs(_UNSPACED.sub(r"\1", text).replace("\n", " "), language)


def _whole(paragraph: Paragraph) -> float:
    return paragraph.line(0, len(paragraph.clusters)).width


def _caption(tile: WordsTile, size: Size, em: float, languages: tuple[str, ...]) -> Column | None:
    """The caption at the left of the subtitles, or below them where they stand beside the picture."""
    theme = load_theme().words
    texts = tuple((language_of(line, languages), line) for line in tile.words if line.strip())
    blocks = [paragraphs(line, language, theme.caption) for language, line in texts]
    beside = _beside(tile, size)
    width = size.width - 2 * theme.gap * em if beside else theme.column * size.width
    free = (theme.foot if tile.over or beside else theme.head) * em
    room = Room(width, size.height * 0.16 if beside else size.height - 1.6 * free, 0.6 * free)
    setting = _quiet(blocks, room, em) if blocks else None
    if setting is None:
        return None
    foot = free + (size.height * 0.06 if beside else 0.0)
    top = free if not (tile.over or beside) else size.height - foot - setting.height
    hang = RIGHT if hang_of(texts) == RIGHT else LEFT
    return Column(setting, theme.gap * em if beside else theme.side * size.width, top, widest(setting), hang)


def _quiet(blocks: Sequence[Block], room: Room, em: float) -> Setting | None:
    for manner in Manner:
        least = _SMALLEST if manner is Manner.ANYWHERE else 0.8 * em
        if setting := largest(blocks, room, (em, least), manner, gutter=0.5):
            return setting
    return None


def _beside(tile: WordsTile, size: Size) -> bool:
    return not tile.over and size.height > size.width


def _mask(size: Size, column: Column | None) -> Image.Image:
    mask = Image.new("L", (size.width, size.height))
    if column is not None:
        column.draw(mask, lambda _line: 255)
    return mask


def _halo(ink: Image.Image, em: float) -> Image.Image:
    """The dark round the letters: close and deep, then wide and faint, without an edge."""
    theme = load_theme().words
    near = _spread(ink, theme.halo * em, gain=6.0, most=theme.depth)
    far = _spread(ink, theme.haze * em, gain=5.0, most=theme.haze_depth)
    return ImageChops.screen(near, far)


def _spread(ink: Image.Image, radius: float, gain: float, most: float) -> Image.Image:
    blurred = ink.filter(ImageFilter.GaussianBlur(radius))
    return blurred.point([round(255 * most * min(1.0, gain * value / 255)) for value in range(256)])
