"""The order in which mixed writing runs, left to right and right to left (Unicode annex 9), by FriBiDi.

Pillow shapes a run in one font; a line that needs two fonts has to be put in order before. FriBiDi is there in any case,
since Pillow loads it too.
"""

import ctypes
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TypeVar

from projector.errors import Missing
from projector.render.fonts import NO_FRIBIDI

# FRIBIDI_PAR_LTR and FRIBIDI_PAR_RTL of fribidi-bidi-types.h
_LEFT_TO_RIGHT = 0x110
_RIGHT_TO_LEFT = 0x111
_STRONG_LEFT, _STRONG_RIGHT = {"L"}, {"R", "AL"}
_RTL_LANGUAGES = frozenset(
    ["ar", "arc", "ckb", "dv", "fa", "he", "jrb", "jpr", "ku-arab", "lad", "ps", "sd", "syr", "ug", "ur", "yi"]
)

T = TypeVar("T")


def runs_leftwards(text: str, language: str) -> bool:
    """Whether a paragraph's lines begin on the right: by its language where it has letters of it, else by its first letter."""
    strong = [kind for kind in map(unicodedata.bidirectional, text) if kind in _STRONG_LEFT | _STRONG_RIGHT]
    primary = language.partition("-")[0].lower()
    wanted = _STRONG_RIGHT if primary in _RTL_LANGUAGES else _STRONG_LEFT
    if primary not in {"", "und"} and any(kind in wanted for kind in strong):
        return wanted is _STRONG_RIGHT
    return bool(strong) and strong[0] in _STRONG_RIGHT


def levels(text: str, *, leftwards: bool) -> tuple[int, ...]:
    """The embedding level of every character of a paragraph: odd runs right to left. Raises Missing without FriBiDi."""
    length = len(text)
    characters = (ctypes.c_uint32 * length)(*map(ord, text))
    kinds = (ctypes.c_uint32 * length)()
    brackets = (ctypes.c_uint32 * length)()
    result = (ctypes.c_int8 * length)()
    base = ctypes.c_uint32(_RIGHT_TO_LEFT if leftwards else _LEFT_TO_RIGHT)
    fribidi = _fribidi()
    fribidi.fribidi_get_bidi_types(characters, length, kinds)
    fribidi.fribidi_get_bracket_types(characters, length, kinds, brackets)
    fribidi.fribidi_get_par_embedding_levels_ex(kinds, brackets, length, ctypes.byref(base), result)
    return tuple(result)


def in_order_of_sight(runs: Sequence[tuple[int, T]]) -> tuple[T, ...]:
    """The runs of one line, (level, run) in the order of reading, from left to right as they stand (rule L2)."""
    ordered = list(runs)
    for level in range(max((level for level, _ in runs), default=0), 0, -1):
        ordered = _with_stretches_turned(ordered, level)
    return tuple(run for _, run in ordered)


def _with_stretches_turned(runs: Iterable[tuple[int, T]], level: int) -> list[tuple[int, T]]:
    """Every unbroken stretch of runs of at least a level, turned round."""
    result: list[tuple[int, T]] = []
    stretch: list[tuple[int, T]] = []
    for run in runs:
        if run[0] >= level:
            stretch.insert(0, run)
        else:
            result += [*stretch, run]
            stretch = []
    return result + stretch


@cache
def _fribidi() -> ctypes.CDLL:
    for name in ("libfribidi.so.0", "libfribidi.0.dylib", "fribidi-0.dll"):
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    raise Missing("libFriBiDi is not installed: Hebrew and Arabic cannot be set", NO_FRIBIDI)
