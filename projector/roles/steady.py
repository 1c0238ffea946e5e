"""The last good picture stays: what is drawn while something of the picture of the instant is not ready."""

from collections.abc import Collection

from projector.render.stacks import needed
from projector.render.tiles import Key, key_of
from projector.show.picture import BlackTile, Layer, Picture, Rect


class Steady:
    """Turns the picture of the instant into one that can be drawn whole.

    A place of which something is not ready keeps what it showed; while the places themselves are changing, the whole
    picture stays. Fades to black go on all the same.
    """

    def __init__(self) -> None:
        self._last = Picture()

    def drawable(self, picture: Picture, missing: Collection[Key], failed: Collection[Key]) -> Picture:
        """`missing` are not ready yet; `failed` cannot be had, and what lies beneath them is shown instead."""
        if failed:
            picture = Picture(tuple(x for x in picture.layers if key_of(x) not in failed), picture.gain)
        absent = {key for key in needed(picture) if key in missing and key not in failed}
        if absent:
            picture = self._patched(picture, absent)
        self._last = picture
        return picture

    def _patched(self, picture: Picture, absent: Collection[Key]) -> Picture:
        new, old = _stacks(picture), _stacks(self._last)
        veils = tuple(x for x in picture.layers if isinstance(x.tile, BlackTile) and x.opacity < 1)
        if new.keys() != old.keys():
            kept = tuple(x for x in self._last.layers if not (isinstance(x.tile, BlackTile) and x.opacity < 1))
            return Picture(kept + veils, picture.gain)
        layers: list[Layer] = []
        for rect, stack in new.items():
            waits = any(key_of(layer) in absent for layer in stack)
            layers += old[rect] if waits else stack
        return Picture(tuple(layers), picture.gain)


def _stacks(picture: Picture) -> dict[Rect, list[Layer]]:
    stacks: dict[Rect, list[Layer]] = {}
    for layer in picture.layers:
        stacks.setdefault(layer.rect, []).append(layer)
    return stacks
