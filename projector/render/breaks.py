"""Where a line may break, and how units that do not break fill lines of even width."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import regex

from projector.render.fonts import Cluster

SPACES = {" ", "\u200b", "\u3000"}
_UNSPACED = {"Hani", "Hira", "Kana", "Bopo", "Thai", "Laoo", "Khmr", "Mymr", "Tibt", "Java", "Bali", "Lana", "Yiii"}
_LETTERS_ARE_WORDS = {"Latn", "Cyrl", "Grek"}
# Closing signs, small kana and what only follows; opening signs and the vowels that are written before their consonant.
_NEVER_FIRST = regex.compile(
    r"[\p{Pe}\p{Pf}!?:;,.…%·\"'、。，．：；！？・ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ々ゝゞヽヾๆฯະ།་၊။]"
)
_NEVER_LAST = regex.compile(r"[\p{Ps}\p{Pi}¿¡เแโใไເແໂໃໄ]")


class Manner(IntEnum):
    """Where lines may break: at spaces, also between signs of scripts without spaces, anywhere between clusters."""

    WORDS = 1
    SIGNS = 2
    ANYWHERE = 3


@dataclass(frozen=True, slots=True)
class Unit:
    """Clusters between which no line breaks, `start` to `end`, and the space after them."""

    start: int
    end: int
    width: float
    space: float


def may_break(clusters: Sequence[Cluster], index: int, manner: Manner) -> bool:
    """Whether a line may end after a cluster; after the last one it does."""
    if index + 1 == len(clusters):
        return True
    here, after = clusters[index], clusters[index + 1]
    if after.text in SPACES:
        return False
    if manner is Manner.ANYWHERE:
        return True
    if _NEVER_FIRST.match(after.text) or (
        index and here.text in SPACES and _NEVER_LAST.match(clusters[index - 1].text)
    ):
        return False
    if here.text in SPACES:
        return not _stands_alone(clusters, index - 1)
    return manner is Manner.SIGNS and _between_signs(here, after)


def _stands_alone(clusters: Sequence[Cluster], index: int) -> bool:
    """Whether a cluster is a word of one letter: Polish "w" and "i" never end a line, nor does Russian "в"."""
    if index < 0 or clusters[index].script not in _LETTERS_ARE_WORDS or not clusters[index].text.isalpha():
        return False
    return index == 0 or clusters[index - 1].text in SPACES


def _between_signs(here: Cluster, after: Cluster) -> bool:
    if _NEVER_LAST.match(here.text) or (here.text.isdigit() and after.text.isdigit()):
        return False
    return here.text in {"-", "–", "—"} or here.script in _UNSPACED or after.script in _UNSPACED


def filled(units: Sequence[Unit], measure: float) -> list[tuple[int, int]]:
    """Units into lines, each as full as it will be."""
    lines: list[tuple[int, int]] = []
    start, width = 0, 0.0
    for index, unit in enumerate(units):
        if index > start and width + unit.width > measure + 1e-9:
            lines.append((start, index))
            start, width = index, 0.0
        width += unit.width + unit.space
    return [*lines, (start, len(units))]


def evened(units: Sequence[Unit], measure: float) -> float:
    """The narrowest measure that needs no more lines: so the last line is not a single word."""
    count = len(filled(units, measure))
    low, high = max((unit.width for unit in units), default=0.0), measure
    if len(filled(units, low)) == count:
        return low
    for _ in range(14):
        middle = (low + high) / 2
        low, high = (low, middle) if len(filled(units, middle)) == count else (middle, high)
    return high
