"""The picture of an instant, as values: what the compositor draws."""

from dataclasses import dataclass

from projector.show.showings import Fit, Texts


@dataclass(frozen=True, slots=True)
class Size:
    """Pixels."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Rect:
    """A place on the canvas in pixels, from the top left."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class PhotoTile:
    """A photo in its place, on black, with the lines of its caption. `medium` is the sha256 of the original's bytes."""

    medium: str
    fit: Fit = Fit.CONTAIN
    words: tuple[str, ...] = ()
    margin: int = 0


@dataclass(frozen=True, slots=True)
class TextTile:
    """Set text on black: at most three languages, one below the other."""

    texts: Texts


@dataclass(frozen=True, slots=True)
class BlackTile:
    """Nothing, on purpose."""


Tile = PhotoTile | TextTile | BlackTile


@dataclass(frozen=True, slots=True)
class Layer:
    """An opaque tile laid over what is beneath it with an opacity of 0 to 1."""

    tile: Tile
    rect: Rect
    opacity: float


@dataclass(frozen=True, slots=True)
class Picture:
    """Layers from the bottom up, over black; the whole multiplied by `gain` (fades at opening and close, brightness)."""

    layers: tuple[Layer, ...] = ()
    gain: float = 1.0


BLACK = Picture()
