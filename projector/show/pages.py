"""Texts in more languages than can be set together: pages, of which each mixes to the next. Pure."""

from collections.abc import Sequence

from projector.clock import Seconds
from projector.show.picture import Layer, Rect, Tile
from projector.show.showings import Texts

LANGUAGES_TOGETHER = 3
PAGE_MIX = Seconds(1.0)


def pages_of(texts: Texts) -> list[Texts]:
    """Texts cut into pages; at least one."""
    return [texts[i : i + LANGUAGES_TOGETHER] for i in range(0, len(texts), LANGUAGES_TOGETHER)] or [()]


def page_layers(pages: Sequence[Tile], page: int, into: float, mix: float, rect: Rect) -> list[Layer]:
    """A page (counted on from the last to the first), `into` seconds after its turn, over the one before while it comes up."""
    share = 1.0 if mix <= 0 else min(1.0, max(0.0, into / mix))
    new = Layer(pages[page % len(pages)], rect, share)
    return [new] if share >= 1 else [Layer(pages[(page - 1) % len(pages)], rect, 1.0), new]


def turned(pages: Sequence[Tile], passed: float, dwell: Seconds, rect: Rect) -> list[Layer]:
    """Pages that share a dwell, `passed` seconds after its beginning; the last one stays."""
    length = dwell / len(pages)
    page = min(len(pages) - 1, int(max(0.0, passed) / length)) if length > 0 else len(pages) - 1
    mix = min(PAGE_MIX, length / 4) if page else 0.0
    return page_layers(pages, page, passed - page * length, mix, rect)
