"""The last good picture stays: what is drawn while something of the picture of the instant is not ready."""

from collections.abc import Collection, Iterable, Sequence

from projector.render.stacks import needed
from projector.render.tiles import Key, key_of
from projector.show.picture import BlackTile, ClipTile, Layer, PhotoTile, Picture, Rect


class Steady:
    """Turns the picture of the instant into one that can be drawn whole.

    A place of which something is not ready keeps what it showed; while the places themselves are changing, the whole
    picture stays. Fades to black go on all the same.
    """

    def __init__(self) -> None:
        self._last = Picture()

    def drawable(
        self,
        picture: Picture,
        missing: Collection[Key],
        failed: Collection[Key],
        barred: Collection[str] = (),
    ) -> Picture:
        """`missing` are not ready yet; `failed` cannot be had, and what lies beneath them is shown instead.

        Media that are `barred` are not kept, whatever is missing.
        """
        if failed:
            picture = self._without(picture, failed, barred)
        absent = {key for key in needed(picture) if key in missing and key not in failed}
        if absent:
            picture = self._patched(picture, absent, barred)
        self._last = picture
        return picture

    def _without(self, picture: Picture, failed: Collection[Key], barred: Collection[str]) -> Picture:
        """A picture without what cannot be had: what is beneath it, else what its place showed."""
        layers, veils = _parted(picture)
        old = _stacks(_kept(self._last, barred))
        drawn: list[Layer] = []
        for rect, stack in _stacks(layers).items():
            good = [layer for layer in stack if key_of(layer) not in failed]
            drawn += good or old.get(rect, [])
        return Picture((*drawn, *veils), picture.gain)

    def _patched(self, picture: Picture, absent: Collection[Key], barred: Collection[str]) -> Picture:
        layers, veils = _parted(picture)
        kept = _kept(self._last, barred)
        new, old = _stacks(layers), _stacks(kept)
        if new.keys() != _stacks(_parted(self._last)[0]).keys():
            return Picture((*kept, *veils), picture.gain)
        drawn: list[Layer] = []
        for rect, stack in new.items():
            waits = any(key_of(layer) in absent for layer in stack)
            drawn += old.get(rect, []) if waits else stack
        return Picture((*drawn, *veils), picture.gain)


def _kept(picture: Picture, barred: Collection[str]) -> list[Layer]:
    """What may stay of a picture that was shown."""
    layers, _ = _parted(picture)
    return [x for x in layers if not (isinstance(x.tile, PhotoTile | ClipTile) and x.tile.medium in barred)]


def _parted(picture: Picture) -> tuple[Sequence[Layer], Sequence[Layer]]:
    """The layers of a picture, and those at its top that are a fade to black."""
    end = len(picture.layers)
    while end > 0 and isinstance(picture.layers[end - 1].tile, BlackTile) and picture.layers[end - 1].opacity < 1:
        end -= 1
    return picture.layers[:end], picture.layers[end:]


def _stacks(layers: Iterable[Layer]) -> dict[Rect, list[Layer]]:
    stacks: dict[Rect, list[Layer]] = {}
    for layer in layers:
        stacks.setdefault(layer.rect, []).append(layer)
    return stacks
