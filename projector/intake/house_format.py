"""What the house copy of a clip is like: its rate, its size. Arithmetic alone."""

from fractions import Fraction

from projector.intake.sizes import contained
from projector.show.picture import Size

WHOLE_RATES = tuple(map(Fraction, (24, 25, 30, 48, 50, 60)))
RATES = (Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60000, 1001), *WHOLE_RATES)
HIGHEST = Fraction(60)
LOWEST_OWN = Fraction(239, 10)

# Below the rates of film a picture is repeated; these are tried in order for one that repeats each picture equally often.
REPEATING = tuple(map(Fraction, (25, 30, 48, 50, 60)))

# Nearer than this two rates are the same: 24 and 23.976 differ by twice as much.
SAME = Fraction(1, 2000)
# A telephone drops pictures in the dark; the rate that it meant is still known from the steps of its time stamps.
MEANT = Fraction(3, 100)


def house_rate(average: Fraction, finest: Fraction) -> Fraction:
    """The standard rate that a clip is given.

    `average` are the pictures a second, `finest` the rate of the steps in which they come, 0 where either is not known.
    The same for a constant standard rate; a variable one becomes constant.
    """
    average = average or finest or Fraction(25)
    own = _standard(finest)
    if own is not None and abs(own / average - 1) <= MEANT:
        return own
    if average > HIGHEST * (1 + SAME):
        return _parted(average)
    if average < LOWEST_OWN:
        return next((rate for rate in REPEATING if _is_whole(rate / average)), REPEATING[0])
    return _standard(average) or min(WHOLE_RATES, key=lambda rate: abs(rate - average))


def house_size(coded: Size, aspect: Fraction, turn: int, wall: Size) -> Size:
    """The even size of the house copy: square pixels, upright, no larger than lies in the wall, never scaled up.

    `aspect` is that of a pixel, `turn` the degrees by which the picture is turned.
    """
    upright = displayed(coded, aspect, turn)
    size = contained(upright, wall)
    if size == upright:
        return Size(_even_below(size.width), _even_below(size.height))
    return Size(
        min(_nearest_even(size.width), _even_below(wall.width)),
        min(_nearest_even(size.height), _even_below(wall.height)),
    )


def displayed(coded: Size, aspect: Fraction, turn: int) -> Size:
    """The size in which a picture is meant to be seen, in square pixels; none of its own pixels is given up."""
    width = round(coded.width * max(aspect, Fraction(1)))
    height = round(coded.height / min(aspect, Fraction(1)))
    return Size(height, width) if turn % 180 else Size(width, height)


def _parted(rate: Fraction) -> Fraction:
    """A rate beyond the highest: every second picture, or every third, where that is a standard rate."""
    parts = (_standard(rate / parts) for parts in range(2, 11))
    return next((part for part in parts if part is not None), HIGHEST)


def _standard(rate: Fraction) -> Fraction | None:
    """The standard rate that a rate is meant to be."""
    return next((one for one in RATES if rate and abs(one / rate - 1) <= SAME), None)


def _is_whole(times: Fraction) -> bool:
    return abs(times / max(1, round(times)) - 1) <= SAME


def _even_below(pixels: int) -> int:
    return max(2, pixels - pixels % 2)


def _nearest_even(pixels: int) -> int:
    return max(2, 2 * ((pixels + 1) // 2))
