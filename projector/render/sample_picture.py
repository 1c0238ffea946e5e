"""One placeholder picture: quiet colour fields, and a sheet of paper with the campaign's words and the word Placeholder."""

import random

from PIL import Image, ImageDraw, ImageFilter, ImageOps

from projector.render.text import set_text
from projector.render.theme import Colour, load_theme
from projector.show.picture import Size

# Ground, light, and a third colour, all of them low in colour: dusk, moss, sand, plum, rain, clay, ash, pine.
_PALETTES: tuple[tuple[Colour, Colour, Colour], ...] = (
    ((38, 50, 66), (120, 138, 152), (88, 82, 96)),
    ((46, 56, 46), (134, 142, 116), (84, 98, 92)),
    ((92, 78, 62), (196, 178, 148), (132, 112, 96)),
    ((58, 46, 60), (146, 126, 142), (96, 88, 112)),
    ((52, 62, 68), (158, 168, 170), (96, 112, 120)),
    ((84, 58, 48), (176, 140, 118), (112, 94, 90)),
    ((54, 54, 54), (160, 156, 150), (102, 98, 94)),
    ((34, 56, 58), (112, 146, 142), (76, 92, 84)),
)
_PAPER: Colour = (238, 231, 216)
_PENCIL: Colour = (46, 42, 38)
# What is soft is drawn small and enlarged: it looks the same and takes a hundredth of the time.
_SOFT = 10


def draw_placeholder(size: Size, language: str, words: str, label: str, chance: random.Random) -> Image.Image:
    """An RGB picture of `size`, the same for the same state of `chance`. `label` must stand in its pixels."""
    ground, light, third = chance.choice(_PALETTES)
    image = _fields(size, ground, light, third, chance)
    sheet = _sheet(size, language, words, label)
    turned = sheet.rotate(chance.uniform(-3.5, 3.5), Image.Resampling.BICUBIC, expand=True)
    at = ((size.width - turned.width) // 2, round((size.height - turned.height) * chance.uniform(0.44, 0.56)))
    _shadow(image, turned.getchannel("A"), at)
    image.paste(turned, at, turned)
    return image


def _fields(size: Size, ground: Colour, light: Colour, third: Colour, chance: random.Random) -> Image.Image:
    """A field of light above a darker one, with two soft shapes in them."""
    small = (max(8, size.width // _SOFT), max(8, size.height // _SOFT))
    image = Image.composite(
        Image.new("RGB", small, ground), Image.new("RGB", small, light), Image.linear_gradient("L").resize(small)
    )
    draw = ImageDraw.Draw(image)
    horizon = round(small[1] * chance.uniform(0.55, 0.75))
    draw.rectangle((0, horizon, small[0], small[1]), fill=_between(ground, third, 0.35))
    for colour in (third, _between(light, third, 0.5)):
        reach = chance.uniform(0.3, 0.6) * min(small)
        x, y = chance.uniform(0, small[0]), chance.uniform(0, small[1])
        draw.ellipse((x - reach, y - reach, x + reach, y + reach), fill=colour)
    return image.filter(ImageFilter.GaussianBlur(min(small) / 14)).resize(
        (size.width, size.height), Image.Resampling.BICUBIC
    )


def _sheet(size: Size, language: str, words: str, label: str) -> Image.Image:
    """The sheet of paper, upright, RGBA: the words, a line, the label below it."""
    width = min(size.width * 0.84, size.height * 1.5)
    height = min(size.height * 0.66, width * 0.86)
    sheet = Image.new("RGBA", (round(width), round(height)), (*_PAPER, 255))
    upper, lower = round(height * 0.66), round(height * 0.34)
    sheet.paste(_PENCIL, (0, 0), written(Size(sheet.width, upper), language, words, most=0.84))
    ImageDraw.Draw(sheet).line(
        (width * 0.3, upper, width * 0.7, upper), fill=(*_between(_PAPER, _PENCIL, 0.35), 255), width=2
    )
    sheet.paste(_PENCIL, (0, upper), written(Size(sheet.width, lower), "en", label, most=0.66))
    # A clear rim, or its edges would be jagged once it is turned.
    return ImageOps.expand(sheet, 2, fill=(*_PAPER, 0))


def written(size: Size, language: str, words: str, most: float) -> Image.Image:
    """The words as a mask of `size`, no wider than `most` of it, and of a quiet size where they are short."""
    width = round(size.width * 1.9)
    mask = set_text(((language, words),), Size(width, width * 3 // 4)).convert("L")
    full = _brightness()
    mask = mask.point([min(255, value * 255 // full) for value in range(256)])
    ink = mask.crop(mask.getbbox())
    ink.thumbnail((round(size.width * most), round(size.height * 0.58)), Image.Resampling.LANCZOS)
    place = Image.new("L", (size.width, size.height))
    place.paste(ink, ((size.width - ink.width) // 2, (size.height - ink.height) // 2))
    return place


def _brightness() -> int:
    return Image.new("RGB", (1, 1), load_theme().ink).convert("L").tobytes()[0]


def _shadow(image: Image.Image, shape: Image.Image, at: tuple[int, int]) -> None:
    small = Image.new("L", (image.width // _SOFT + 1, image.height // _SOFT + 1))
    thumb = shape.resize((max(1, shape.width // _SOFT), max(1, shape.height // _SOFT)))
    small.paste(thumb.point([value * 5 // 10 for value in range(256)]), (at[0] // _SOFT, at[1] // _SOFT + 2))
    soft = small.filter(ImageFilter.GaussianBlur(2)).resize(image.size, Image.Resampling.BICUBIC)
    image.paste((0, 0, 0), (0, 0), soft)


def _between(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue
