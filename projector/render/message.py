"""A message in words: a page of a book of remembrance, with who says it, their role, and their portrait beside it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import regex
from PIL import Image

from projector.errors import UsageError
from projector.render.breaks import Manner
from projector.render.column import CENTRED, Column, begins_leftwards, hang_of, widest
from projector.render.fonts import require_shaping
from projector.render.lines import Line, paragraphs
from projector.render.stack import Block, Room, Setting, largest
from projector.render.text import language_of
from projector.render.theme import Colour, load_theme
from projector.show.picture import MessageTile, Size

_SMALLEST = 1.0
_BLANK_LINE = regex.compile(r"\n\s*\n")
# A short message looks better when signs without spaces stay together: this much smaller is tried first.
_TRIED_WHOLE = 0.6
# What does not fit at a readable size is first made so much smaller, before words are divided.
_TRIED_SMALL = 0.4


@dataclass(frozen=True, slots=True)
class _Try:
    """One way to set a message: the letters of name and role, of the text's; where lines break; from which em to which."""

    name: float
    role: float
    manner: Manner
    ems: tuple[float, float]


def portrait_room(size: Size) -> Size:
    """What a portrait may take of a page of `size`: beside the words, or above them on an upright page."""
    across, down = load_theme().message.portrait
    if _upright(size):
        return Size(round(size.width * (1 - 2 * load_theme().message.side)), round(size.height * across))
    return Size(round(size.width * across), round(size.height * down))


def set_message(tile: MessageTile, size: Size, portrait: Image.Image | None, languages: tuple[str, ...]) -> Image.Image:
    """A message on true black: RGB of exactly `size`, never clipped. `portrait` fits `portrait_room(size)`.

    The texts stand one below the other in one size, then who says it, then quieter their role. A portrait stands on the side
    on which the first text begins. `languages` are the show's: they decide whose shapes a name's Chinese characters have.
    Raises: Missing, naming the character, when no installed font has it; UsageError for a text that fits at no size.
    """
    require_shaping()
    image = Image.new("RGB", (size.width, size.height))
    free = _free(size, portrait)
    for each in _tries(len(tile.texts), size):
        room = replace(free, height=free.height - load_theme().message.apart * each.ems[0])
        blocks = _blocks(tile, each, languages)
        if setting := largest(blocks, room, each.ems, each.manner, load_theme().message.gutter):
            _lay_out(image, tile, _signed(setting), each.role, portrait)
            return image
    raise UsageError(f"the message is too long for {size.width}x{size.height}; shorten it")


def _blocks(tile: MessageTile, each: _Try, languages: tuple[str, ...]) -> list[Block]:
    """Each text, divided where its writer left a line empty; then the name and the role."""
    parts = [(language, part) for language, text in tile.texts for part in _BLANK_LINE.split(text)]
    blocks = [paragraphs(part, language) for language, part in parts]
    signed = [(tile.who or "", each.name), *((line, each.role) for line in tile.role)]
    blocks.append(tuple(p for line, scale in signed for p in paragraphs(line, language_of(line, languages), scale)))
    return [block for block in blocks if block]


def _tries(count: int, size: Size) -> Iterator[_Try]:
    """From the most beautiful to what fits in any case. A small text has a name as large as itself, or it could not be read."""
    theme, readable = load_theme().message, load_theme().page.smallest * size.height
    of_height = theme.largest[max(0, min(count, len(theme.largest)) - 1)] * size.height
    usual = max(readable, min(of_height, theme.widest * size.width))
    quiet = readable / theme.role
    for manner, least in ((Manner.WORDS, max(quiet, _TRIED_WHOLE * usual)), (Manner.SIGNS, quiet)):
        if least <= usual:
            yield _Try(theme.name, theme.role, manner, (usual, least))
    for manner, first, least in (
        (Manner.SIGNS, min(usual, quiet), readable),
        (Manner.SIGNS, readable, _TRIED_SMALL * readable),
        (Manner.ANYWHERE, readable, _SMALLEST),
    ):
        yield _Try(theme.small_name, theme.small_role, manner, (first, least))


def _free(size: Size, portrait: Image.Image | None) -> Room:
    """What is left for the words."""
    theme = load_theme().message
    width, height = size.width * (1 - 2 * theme.side), size.height * (1 - 2 * theme.top)
    gap = theme.gap * size.width
    if portrait is not None and _upright(size):
        height -= portrait.height + gap
    elif portrait is not None:
        width -= portrait.width + gap
    return Room(max(1.0, width), max(1.0, height), size.height * theme.top * 0.9)


def _signed(setting: Setting) -> Setting:
    """The same with more white between the texts and who says them."""
    down = load_theme().message.apart * setting.em
    moved = [(line, baseline + (0.0 if line.scale == 1.0 else down)) for line, baseline in setting.lines]
    unsigned = all(line.scale == 1.0 for line, _ in setting.lines)
    return setting if unsigned else replace(setting, lines=tuple(moved), height=setting.height + down)


def _lay_out(
    image: Image.Image, tile: MessageTile, setting: Setting, role: float, portrait: Image.Image | None
) -> None:
    size, wide = Size(*image.size), widest(setting)
    if portrait is None or _upright(size):
        above = 0 if portrait is None else portrait.height + load_theme().message.gap * size.width
        top = (size.height - above - setting.height) / 2 - load_theme().page.rise * size.height
        if portrait is not None:
            image.paste(portrait, ((size.width - portrait.width) // 2, round(top)))
        column = Column(setting, (size.width - wide) / 2, top + above, wide, CENTRED)
    else:
        column = _beside(image, tile, setting, portrait)
    column.draw(image, lambda line: _colour(line, role))


def _beside(image: Image.Image, tile: MessageTile, setting: Setting, portrait: Image.Image) -> Column:
    """Portrait and words, centred together, the portrait where the first text begins."""
    wide, gap = widest(setting), load_theme().message.gap * image.width
    left = (image.width - portrait.width - gap - wide) / 2
    at_right = begins_leftwards(tile.texts)
    image.paste(portrait, (round(left + wide + gap if at_right else left), (image.height - portrait.height) // 2))
    top = (image.height - setting.height) / 2
    return Column(setting, left if at_right else left + portrait.width + gap, top, wide, hang_of(tile.texts))


def _colour(line: Line, role: float) -> Colour:
    return load_theme().quiet if line.scale == role else load_theme().ink


def _upright(size: Size) -> bool:
    return size.height > size.width
