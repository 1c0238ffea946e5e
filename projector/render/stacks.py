"""What lies on what: which tiles of a picture can be seen, and which places have changed since the last one. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from projector.render.tiles import Key, key_of
from projector.show.picture import BlackTile, ClipTile, Picture, Rect, Size


class Sheet(NamedTuple):
    """One layer as it is drawn. `texture` names the pixels: a number that no other pixels ever get; 0 is black."""

    texture: int
    rect: Rect
    opacity: float


class Beneath(NamedTuple):
    """A place that another one overlaps; `covered` says that none of it looks out."""

    rect: Rect
    covered: bool


Stacks = Mapping[Rect, Sequence[Sheet]]
"""For each place, from the bottom up, all that is seen in it: its own sheets and those of places that overlap it."""


@lru_cache(maxsize=8)
def overlaps(rects: tuple[Rect, ...]) -> Mapping[Rect, tuple[Beneath, ...]]:
    """For each place the places that it overlaps, itself among them."""
    # Swept from the top, so that a grid of a thousand cells costs its rows and not its square.
    found: dict[Rect, list[Beneath]] = {rect: [Beneath(rect, covered=True)] for rect in rects}
    swept = sorted(found, key=lambda rect: rect.y)
    for index, rect in enumerate(swept):
        for other in swept[index + 1 :]:
            if other.y >= rect.y + rect.height:
                break
            if rect.x < other.x + other.width and other.x < rect.x + rect.width:
                found[rect].append(Beneath(other, covered=_covers(rect, other)))
                found[other].append(Beneath(rect, covered=_covers(other, rect)))
    return {rect: tuple(beneath) for rect, beneath in found.items()}


def stacked(sheets: Iterable[Sheet]) -> Stacks:
    """The stacks of a picture's sheets, bottom to top, without what an opaque sheet hides."""
    sheets = [sheet for sheet in sheets if sheet.opacity > 0]
    overlap = overlaps(tuple(dict.fromkeys(sheet.rect for sheet in sheets)))
    stacks: dict[Rect, list[Sheet]] = {rect: [] for rect in overlap}
    for sheet in sheets:
        for rect, covered in overlap[sheet.rect]:
            stack = stacks[rect]
            if covered and sheet.opacity >= 1:
                stack.clear()
            stack.append(sheet)
    return stacks


def seen(sheets: Iterable[Sheet], stacks: Stacks) -> list[Sheet]:
    """Those sheets that look out anywhere, in their order: all that a whole canvas needs."""
    return [sheet for sheet in sheets if any(sheet is stood for stood in stacks.get(sheet.rect, ()))]


def changed(before: Stacks, after: Stacks) -> list[Rect] | None:
    """The places to draw again, none of them inside another; None for the whole canvas."""
    if before.keys() != after.keys():
        return None
    dirty = [rect for rect, stack in after.items() if stack != before[rect]]
    overlap = overlaps(tuple(after)) if dirty else {}
    inside = {below.rect for rect in dirty for below in overlap[rect] if below.covered and below.rect != rect}
    return [rect for rect in dirty if rect not in inside]


def needed(picture: Picture) -> list[Key]:
    """The textures without which a picture cannot be drawn, bottom to top: of what is hidden or black there is none."""
    layers = picture.layers
    sheets = [Sheet(index, layer.rect, layer.opacity) for index, layer in enumerate(layers)]
    keys = (key_of(layers[sheet.texture]) for sheet in seen(sheets, stacked(sheets)))
    return list(dict.fromkeys(key for key in keys if not isinstance(key.tile, BlackTile)))


def clips_of(picture: Picture) -> list[tuple[Key, ClipTile]]:
    """The playings of clips that a picture shows, by their keys, bottom to top."""
    keys = set(needed(picture))
    tiles = ((key_of(layer), layer.tile) for layer in picture.layers if isinstance(layer.tile, ClipTile))
    return [(key, tile) for key, tile in tiles if key in keys]


def words_of(tile: ClipTile) -> list[Key]:
    """The texture of a clip's words, where it has any: a picture is drawn without them while they are not there."""
    if tile.caption is None:
        return []
    words, rect = tile.caption
    return [Key(words, Size(rect.width, rect.height))]


def _covers(rect: Rect, other: Rect) -> bool:
    return (
        rect.x <= other.x
        and rect.y <= other.y
        and rect.x + rect.width >= other.x + other.width
        and rect.y + rect.height >= other.y + other.height
    )
