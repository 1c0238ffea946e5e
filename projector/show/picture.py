"""The picture of an instant, as values: what the compositor draws."""

from dataclasses import dataclass

from projector.show.media import Clip
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
class MessageTile:
    """A message in words on black: its text in at most three languages, who says it and their role, a portrait's hash.

    `medium` is the message's own hash.
    """

    texts: Texts
    who: str | None = None
    role: tuple[str, ...] = ()
    portrait: str | None = None
    medium: str = ""


@dataclass(frozen=True, slots=True)
class WordsTile:
    """The words of a clip, over it or beside it, on nothing: RGBA. `subtitles`: ((BCP 47, lines), …); `words`: its caption.

    `over`: they stand on the moving picture and bring a ground of their own.
    """

    subtitles: Texts = ()
    words: tuple[str, ...] = ()
    over: bool = False


@dataclass(frozen=True, slots=True)
class ClipTile:
    """One frame of a clip, whole and on black, with its words.

    `showing` tells two playings of the same clip apart. `place` is where the moving picture lies within the tile, in
    pixels from its top left; `caption` the words with the part of the tile that they are set in.
    """

    medium: str
    showing: int
    clip: Clip
    frame: int
    place: Rect
    caption: tuple[WordsTile, Rect] | None = None


@dataclass(frozen=True, slots=True)
class BlackTile:
    """Nothing, on purpose."""


Tile = PhotoTile | TextTile | MessageTile | WordsTile | ClipTile | BlackTile


@dataclass(frozen=True, slots=True)
class Layer:
    """An opaque tile (no WordsTile) laid over what is beneath it with an opacity of 0 to 1."""

    tile: Tile
    rect: Rect
    opacity: float


@dataclass(frozen=True, slots=True)
class Picture:
    """Layers from the bottom up, over black; the whole multiplied by `gain` (fades at opening and close, brightness)."""

    layers: tuple[Layer, ...] = ()
    gain: float = 1.0


BLACK = Picture()
