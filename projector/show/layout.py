"""Where the places of a grid lie on the canvas."""

from functools import lru_cache

from projector.show.picture import Rect, Size

# A smaller grid keeps the shape of the one asked for to within this.
SHAPE_TOLERANCE = 0.25


@lru_cache(maxsize=64)
def cells(canvas: Size, columns: int, rows: int) -> tuple[Rect, ...]:
    """The places of a grid, row by row. They tile the canvas: no pixel in two, none in none."""
    xs = [round(i * canvas.width / columns) for i in range(columns + 1)]
    ys = [round(i * canvas.height / rows) for i in range(rows + 1)]
    return tuple(Rect(xs[c], ys[r], xs[c + 1] - xs[c], ys[r + 1] - ys[r]) for r in range(rows) for c in range(columns))


def whole(canvas: Size) -> Rect:
    """The place that is the whole canvas."""
    return Rect(0, 0, canvas.width, canvas.height)


@lru_cache(maxsize=256)
def shrunk(columns: int, rows: int, media: int) -> tuple[int, int]:
    """The largest grid of the proportion of `columns` × `rows` that so many media fill: at least 1 × 1."""
    if media >= columns * rows:
        return columns, rows
    asked = columns / rows
    shapes = {(max(1, round(columns * r / rows)), r) for r in range(1, rows + 1)}
    shapes |= {(c, max(1, round(rows * c / columns))) for c in range(1, columns + 1)}
    fitting = [
        (c * r, -abs(c / r - asked), c, r)
        for c, r in shapes
        if c * r <= media and abs(c / r / asked - 1) <= SHAPE_TOLERANCE
    ]
    return max(fitting)[2:] if fitting else (1, 1)


def margin(rect: Rect) -> int:
    """The black round a photo in a mosaic's cell, in pixels: a gutter that is seen as one line."""
    return max(1, round(min(rect.width, rect.height) / 60))
