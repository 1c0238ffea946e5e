"""Where a moving picture lies on the canvas, and where its words stand: beside it where there is room, else over it.

The place is the same for a whole clip, whether or not a subtitle stands at the moment: a picture never moves.
"""

from dataclasses import dataclass

from projector.show.media import Clip
from projector.show.picture import Rect, Size

# Words that can be read across the square: letters (em) of this share of the canvas's height, or width.
_OF_HEIGHT = 1 / 24
_OF_WIDTH = 1 / 26
# Two languages of two lines each, with a little white round them, are 6.1 ems high: where there is somewhat less, the letters
# are somewhat smaller. A line of 16 ems holds some thirty letters.
_LEAST_HEIGHT = 5.6
_LINES = 6.1
_LEAST_WIDTH = 16.0
# More room than this would take the words away from their picture.
_MOST_HEIGHT = 6.6
_MOST_WIDTH = 20.0
# Over the picture: the same lines, a foot that projectors and covers do not cut off, and the rise of the dark ground.
_OVER_HEIGHT = 8.0
# A line may be a little shorter than the least width, so that it does not touch the edge of its band.
_COLUMNS = 18.0


@dataclass(frozen=True, slots=True)
class ClipPlace:
    """Where the moving picture lies and where its words stand, in pixels of the canvas.

    `band` is empty (of no width and height) for a clip without words; `over`: it lies on the picture, at its foot.
    """

    place: Rect
    band: Rect
    over: bool = False


def clip_place(canvas: Size, clip: Clip, worded: bool) -> ClipPlace:
    """The place of a clip on the canvas, whole, in its shape, as large as can be; `worded`: it has words at any moment.

    Words stand below a wide picture and at the right of an upright one, if two languages of two readable lines have room
    there; else over its foot.
    """
    whole = _contained(canvas, clip)
    if not worded:
        return ClipPlace(_centred(canvas, whole), Rect(0, 0, 0, 0))
    em = min(canvas.height * _OF_HEIGHT, canvas.width * _OF_WIDTH)
    below, beside = canvas.height - whole.height, canvas.width - whole.width
    if below >= _LEAST_HEIGHT * em:
        return _below(canvas, whole, min(below, round(_MOST_HEIGHT * em)))
    if beside >= _LEAST_WIDTH * em:
        return _beside(canvas, whole, min(beside, round(_MOST_WIDTH * em)))
    place = _centred(canvas, whole)
    height = min(place.height, round(_OVER_HEIGHT * em))
    return ClipPlace(place, Rect(place.x, place.y + place.height - height, place.width, height), over=True)


def em_of_words(band: Size, over: bool) -> float:
    """The usual size of the letters in a band, in pixels: it depends on nothing else, so that it stays through a clip."""
    return min(band.height / (_OVER_HEIGHT if over else _LINES), band.width / _COLUMNS)


def _below(canvas: Size, whole: Size, height: int) -> ClipPlace:
    y = (canvas.height - whole.height - height) // 2
    place = Rect((canvas.width - whole.width) // 2, y, whole.width, whole.height)
    return ClipPlace(place, Rect(0, y + whole.height, canvas.width, height))


def _beside(canvas: Size, whole: Size, width: int) -> ClipPlace:
    x = (canvas.width - whole.width - width) // 2
    place = Rect(x, (canvas.height - whole.height) // 2, whole.width, whole.height)
    return ClipPlace(place, Rect(x + whole.width, 0, width, canvas.height))


def _contained(canvas: Size, clip: Clip) -> Size:
    """The largest size of the clip's shape that the canvas holds."""
    scale = min(canvas.width / clip.width, canvas.height / clip.height)
    width, height = round(clip.width * scale), round(clip.height * scale)
    return Size(max(1, min(width, canvas.width)), max(1, min(height, canvas.height)))


def _centred(canvas: Size, size: Size) -> Rect:
    return Rect((canvas.width - size.width) // 2, (canvas.height - size.height) // 2, size.width, size.height)
