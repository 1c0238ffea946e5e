"""A tile as bytes: letterboxed or cropped, captioned or set, at exactly the size of its place. Pillow only, no GL."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import NamedTuple, assert_never

from PIL import Image

from projector.errors import RenditionFault
from projector.render.message import portrait_room, set_message
from projector.render.text import set_caption, set_text
from projector.render.words import set_words
from projector.show.picture import (
    BlackTile,
    ClipTile,
    Layer,
    MessageTile,
    PhotoTile,
    Rect,
    Size,
    TextTile,
    Tile,
    WordsTile,
)
from projector.show.showings import Fit

Rendition = Callable[[str, Size], bytes]
"""`(medium, size)` → the verified bytes of the JPEG that suits `size`, or RenditionFault."""

# Halving by the JPEG decoder and by box filter down to twice the size costs a third of LANCZOS alone and looks the same.
REDUCING_GAP = 2.0


class Key(NamedTuple):
    """What one texture holds: a tile at a size in pixels."""

    tile: Tile
    size: Size


def key_of(layer: Layer) -> Key:
    """The texture that a layer wants; of a clip it is that of its playing, whatever frame it is at."""
    if isinstance(layer.tile, ClipTile):
        playing = replace(layer.tile, frame=0, place=Rect(0, 0, 0, 0), caption=None)
        return Key(playing, Size(layer.rect.width, layer.rect.height))
    return Key(layer.tile, Size(layer.rect.width, layer.rect.height))


def rasterise(tile: Tile, size: Size, rendition: Rendition, languages: tuple[str, ...] = ()) -> bytes:
    """The pixels of a tile, rows from the top, `4 × width × height` bytes: RGBX, X means nothing; of a WordsTile RGBA.

    `languages` are the show's, in its order (captions). Raises: RenditionFault when the copy cannot be had or decoded
    whole; Missing when no font has a character of a text; ValueError for a ClipTile, whose frames are not drawn here.
    """
    if isinstance(tile, WordsTile):
        return set_words(tile, size, languages).tobytes()
    return _image(tile, size, rendition, languages).tobytes("raw", "RGBX")


def _image(
    tile: PhotoTile | TextTile | MessageTile | ClipTile | BlackTile,
    size: Size,
    rendition: Rendition,
    languages: tuple[str, ...],
) -> Image.Image:
    match tile:
        case PhotoTile():
            return _photo(tile, size, rendition, languages)
        case TextTile(texts):
            return set_text(texts, size)
        case MessageTile():
            return set_message(tile, size, _portrait(tile, size, rendition), languages)
        case ClipTile():
            raise ValueError(tile)
        case BlackTile():
            return _black(size)
        case _:
            assert_never(tile)


def _portrait(tile: MessageTile, size: Size, rendition: Rendition) -> Image.Image | None:
    if tile.portrait is None:
        return None
    room = portrait_room(size)
    return _fitted(PhotoTile(tile.portrait), room, rendition(tile.portrait, room))


def _photo(tile: PhotoTile, size: Size, rendition: Rendition, languages: tuple[str, ...]) -> Image.Image:
    image = _black(size)
    inner = Size(max(1, size.width - 2 * tile.margin), max(1, size.height - 2 * tile.margin))
    placed = _fitted(tile, inner, rendition(tile.medium, inner))
    image.paste(placed, ((size.width - placed.width) // 2, (size.height - placed.height) // 2))
    if tile.words:
        caption = set_caption(tile.words, languages, inner)
        image.paste(caption, (tile.margin, size.height - tile.margin - caption.height), caption)
    return image


def _fitted(tile: PhotoTile, place: Size, jpeg: bytes) -> Image.Image:
    """The photo, decoded whole, at its size in `place`: all of it, or its middle in the shape of the place."""
    try:
        with Image.open(BytesIO(jpeg), formats=("JPEG",)) as image:
            target, shape = _contained(image.size, place) if tile.fit is Fit.CONTAIN else _covered(image.size, place)
            shrink = min(shape[0] / target.width, shape[1] / target.height)
            drafted = (round(image.width / shrink * REDUCING_GAP), round(image.height / shrink * REDUCING_GAP))
            image.draft("RGB", drafted)
            box = _middle(image.size, target) if tile.fit is Fit.COVER else None
            whole = image if image.mode == "RGB" else image.convert("RGB")
            return whole.resize(
                (target.width, target.height), Image.Resampling.LANCZOS, box=box, reducing_gap=REDUCING_GAP
            )
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise RenditionFault(f"the copy of {tile.medium[:12]} cannot be decoded: {error}") from error


def _contained(image: tuple[int, int], place: Size) -> tuple[Size, tuple[float, float]]:
    """How large all of an image comes out in a place, and which size of the image that is."""
    scale = min(place.width / image[0], place.height / image[1])
    width, height = round(image[0] * scale), round(image[1] * scale)
    return Size(max(1, min(width, place.width)), max(1, min(height, place.height))), (image[0], image[1])


def _covered(image: tuple[int, int], place: Size) -> tuple[Size, tuple[float, float]]:
    """The place itself, and the size of the part of the image that fills it."""
    left, top, right, bottom = _middle(image, place)
    return place, (right - left, bottom - top)


def _middle(image: tuple[int, int], place: Size) -> tuple[float, float, float, float]:
    """The largest box in the middle of an image that has the shape of a place: of a tall portrait its middle third."""
    scale = max(place.width / image[0], place.height / image[1])
    width, height = min(place.width / scale, image[0]), min(place.height / scale, image[1])
    left, top = (image[0] - width) / 2, (image[1] - height) / 2
    return left, top, left + width, top + height


def _black(size: Size) -> Image.Image:
    return Image.new("RGB", (size.width, size.height))
