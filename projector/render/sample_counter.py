"""The number of a frame as black and white squares: drawn into a sample clip, read back from whatever shows it.

Twenty squares in two rows: white, bits 15 to 8, black; black, bits 7 to 0, parity. The bits are a Gray code,
so that two frames blended into one are seen as a blend and never read as a third. Apart from them stands a square that is
white for the tenth of a second in which the beep sounds.
"""

from fractions import Fraction

from PIL import Image, ImageDraw

from projector.show.picture import Size

Place = tuple[float, float, float, float]
"""Where a clip lies in an image: x, y, width, height in pixels."""

FLASH = Fraction(1, 10)
"""How long a flash and its beep last from each whole second on, in seconds."""

_BITS = 16
_COLUMNS = 10
# A square is this share of the clip's shorter side, and the squares stand so far from its left, top and right edge.
_SQUARE = 0.07
_EDGE = 0.06
# Squares that differ by less than this are too dim to be told apart.
_LEAST_CONTRAST = 24
# The middle half of a square is read; it counts as white or black when it is as near to that as this.
_MIDDLE = 0.25
_CLEAR = 0.3


def square(size: Size) -> float:
    """The side of a square in a clip of this size, in pixels: at least a thirtieth of the height."""
    return max(min(size.width, size.height) * _SQUARE, size.height / 30)


def draw_counter(image: Image.Image, number: int) -> None:
    """Draw the number of a frame, below 65536, in the squares at the upper left of a clip's frame."""
    draw = ImageDraw.Draw(image)
    for white, (x, y, width, height) in zip(_squares(number), _places((0, 0, *image.size)), strict=True):
        box = (round(x), round(y), round(x + width) - 1, round(y + height) - 1)
        draw.rectangle(box, fill=(255, 255, 255) if white else (0, 0, 0))


def draw_flash(image: Image.Image, *, white: bool) -> None:
    """Draw the square of the beep at the upper right of a clip's frame."""
    x, y, width, height = _flash_place((0, 0, *image.size))
    box = (round(x), round(y), round(x + width) - 1, round(y + height) - 1)
    ImageDraw.Draw(image).rectangle(box, fill=(255, 255, 255) if white else (0, 0, 0))


def flashes(number: int, rate: Fraction) -> bool:
    """Whether a frame is one of those of a beep."""
    return (number / rate) % 1 < FLASH


def read_counter(image: Image.Image, place: Place) -> int | None:
    """The number of the frame that stands in an image at `place`; None when it cannot be told without doubt."""
    grey = image.convert("L")
    light = [_light(grey, each) for each in _places(place)]
    white, black = light[0], max(light[_COLUMNS - 1], light[_COLUMNS])
    if white - black < _LEAST_CONTRAST:
        return None
    shares = [(each - black) / (white - black) for each in light]
    if any(_CLEAR < share < 1 - _CLEAR for share in shares):
        return None
    seen = [share > 0.5 for share in shares]
    number = _number(seen[1 : _COLUMNS - 1] + seen[_COLUMNS + 1 : -1])
    return number if seen == _squares(number) else None


def is_flash(image: Image.Image, place: Place) -> bool:
    """Whether the square of the beep is white in an image that shows the clip at `place`."""
    grey = image.convert("L")
    squares = _places(place)
    white, black = _light(grey, squares[0]), _light(grey, squares[_COLUMNS - 1])
    return white - black >= _LEAST_CONTRAST and _light(grey, _flash_place(place)) > (white + black) / 2


def _squares(number: int) -> list[bool]:
    """Which squares are white, row by row."""
    code = number ^ (number >> 1)
    bits = [bool(code >> bit & 1) for bit in reversed(range(_BITS))]
    return [True, *bits[:8], False, False, *bits[8:], sum(bits) % 2 == 1]


def _number(bits: list[bool]) -> int:
    code = sum(bit << place for place, bit in enumerate(reversed(bits)))
    number = 0
    while code:
        number ^= code
        code >>= 1
    return number


def _places(clip: Place) -> list[Place]:
    """The places of the squares, row by row."""
    side, left, top = _side_and_corner(clip)
    return [(left + column * side, top + row * side, side, side) for row in range(2) for column in range(_COLUMNS)]


def _flash_place(clip: Place) -> Place:
    side, _, top = _side_and_corner(clip)
    x, _, width, _ = clip
    return (x + width * (1 - _EDGE) - 2 * side, top, 2 * side, 2 * side)


def _side_and_corner(clip: Place) -> tuple[float, float, float]:
    x, y, width, height = clip
    side = max(min(width, height) * _SQUARE, height / 30)
    return side, x + width * _EDGE, y + min(width, height) * _EDGE


def _light(grey: Image.Image, place: Place) -> int:
    """How light the middle of a place is, 0 to 255."""
    x, y, width, height = place
    box = (x + width * _MIDDLE, y + height * _MIDDLE, x + width * (1 - _MIDDLE), y + height * (1 - _MIDDLE))
    return grey.resize((1, 1), Image.Resampling.BOX, box=box).tobytes()[0]
