"""Lines into a column: how large they can be, and how much white stands between them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from projector.render.breaks import Manner
from projector.render.lines import Line, Paragraph
from projector.render.theme import load_theme

# The height of Noto Serif's capitals, to which theme.toml brings the other scripts.
_CAPITAL = 0.71
# The least white between ink and ink, in ems: within a text, and between two as a share of the gutter.
_TIGHT = 0.10
_APART = 0.30
_STEP = 0.95

Block = tuple[Paragraph, ...]
"""One text: its paragraphs."""


@dataclass(frozen=True, slots=True)
class Room:
    """What a column may take, in pixels; `beyond`: how far ink may stand out above and below its optical height."""

    width: float
    height: float
    beyond: float


@dataclass(frozen=True, slots=True)
class Setting:
    """Lines with their baselines below the column's optical top, its height and how far ink stands out of it, in pixels."""

    em: float
    lines: tuple[tuple[Line, float], ...] = ()
    height: float = 0.0
    beyond: float = 0.0


def largest(
    blocks: Sequence[Block], room: Room, ems: tuple[float, float], manner: Manner, gutter: float
) -> Setting | None:
    """The largest setting that has room, its em in pixels from the first of `ems` down to the second; None if none has.

    `gutter` is the white between two texts, in ems.
    """
    first, last = ems
    steps = max(0, math.ceil(math.log(last / first) / math.log(_STEP)))
    fitting = _tried(blocks, room, first, manner, gutter)
    if fitting or first <= last:
        return fitting
    # What fits at one size fits at the smaller ones: halve the ladder of sizes instead of climbing down all of it.
    too_large, fits = 0, steps
    fitting = _tried(blocks, room, last, manner, gutter)
    while fitting and fits - too_large > 1:
        middle = (too_large + fits) // 2
        larger = _tried(blocks, room, first * _STEP**middle, manner, gutter)
        fitting, too_large, fits = (larger, too_large, middle) if larger else (fitting, middle, fits)
    return fitting


def _tried(blocks: Sequence[Block], room: Room, em: float, manner: Manner, gutter: float) -> Setting | None:
    """The setting at one size, or None when it has no room."""
    setting = _stacked(blocks, room.width, em, manner, gutter)
    return setting if setting and setting.height <= room.height and setting.beyond <= room.beyond else None


def _stacked(blocks: Sequence[Block], width: float, em: float, manner: Manner, gutter: float) -> Setting | None:
    """The blocks one below the other with even white between them, or None when one is too wide."""
    whole: list[list[Line]] = []
    for block in blocks:
        whole.append([])
        for paragraph in block:
            lines = paragraph.broken(width / em, manner)
            if lines is None:
                return None
            whole[-1] += lines
    # Texts of several lines need more white between them, to be told apart.
    white = gutter * (load_theme().page.parted if any(len(lines) > 1 for lines in whole) else 1.0)
    return _placed([(line, 0.0 if n else white) for lines in whole for n, line in enumerate(lines)], em)


def _placed(stack: Sequence[tuple[Line, float]], em: float) -> Setting:
    """Each line, with the white wanted above it in ems where it begins a text, below the one before."""
    if not stack:
        return Setting(em)
    (first, _), (last, _) = stack[0], stack[-1]
    baseline = _above(first)
    lines = [(first, baseline * em)]
    for (over, _), (line, white) in pairwise(stack):
        apart = _below(over) + white + _above(line) if white else _leading(over, line)
        baseline += max(apart, over.bottom + line.top + (_APART * white or _TIGHT))
        lines.append((line, baseline * em))
    beyond = max(first.top - _above(first), last.bottom - _below(last))
    return Setting(em, tuple(lines), (baseline + _below(last)) * em, beyond * em)


def _leading(over: Line, line: Line) -> float:
    return load_theme().page.leading * max(over.scale, line.scale)


def _above(line: Line) -> float:
    """Where the eye sees a line begin: between the height of capitals and the highest mark."""
    return (line.top + _CAPITAL * line.scale) / 2


def _below(line: Line) -> float:
    """Where the eye sees a line end: between the baseline and the lowest tail."""
    return line.bottom / 2
