"""A paragraph into lines: what they measure, and how they are drawn.

Lengths are in ems, so that a text is measured once and set at any size. `top` is above the baseline, `bottom` below it,
both positive.
"""

import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby
from typing import TypedDict

import regex
from PIL import ImageDraw, ImageFont

from projector.render.bidi import in_order_of_sight, levels, runs_leftwards
from projector.render.breaks import SPACES, Manner, Unit, evened, filled, may_break
from projector.render.fonts import Cluster, Face, dress, no_font_for
from projector.render.theme import Colour, load_theme

# Measured large, so that hinting does not round what is small.
_MEASURED_AT = 200.0
_BLANKS = regex.compile(r"[ \t\r\f\v]+")
_UNPRINTED = regex.compile(r"[\p{Cc}\p{Cs}--\n\t\r\f\v]", flags=regex.V1)


class _Shaping(TypedDict):
    direction: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of one line in one face and one direction."""

    text: str
    face: Face
    leftwards: bool
    language: str

    def font(self, em: float) -> ImageFont.FreeTypeFont:
        # FreeType refuses letters of less than a pixel.
        return _font(self.face, max(1.0, round(em * load_theme().scale.get(self.face.family, 1.0), 2)))

    @property
    def shaping(self) -> _Shaping:
        """What Pillow has to be told: without the language, raqm guesses."""
        known = self.language not in {"", "und"}
        return _Shaping(direction="rtl" if self.leftwards else "ltr", language=self.language if known else None)


@dataclass(frozen=True, slots=True)
class Line:
    """Runs as they stand from left to right, and the box of their ink. `scale`: of this line's em to the page's."""

    runs: tuple[Run, ...]
    width: float
    top: float
    bottom: float
    scale: float


@dataclass(frozen=True)
class Paragraph:
    """One line of a writer's: clusters with the level of each. `scale` as in Line."""

    clusters: tuple[Cluster, ...]
    levels: tuple[int, ...]
    language: str
    scale: float = 1.0

    @cached_property
    def _units(self) -> dict[Manner, tuple[Unit, ...]]:
        return {}

    def units(self, manner: Manner) -> tuple[Unit, ...]:
        if manner not in self._units:
            ends = [i + 1 for i in range(len(self.clusters)) if may_break(self.clusters, i, manner)]
            self._units[manner] = tuple(self._unit(a, b) for a, b in zip([0, *ends], ends, strict=False))
        return self._units[manner]

    def _unit(self, start: int, end: int) -> Unit:
        inked = end
        while inked > start and self.clusters[inked - 1].text in SPACES:
            inked -= 1
        return Unit(start, end, self._width(start, inked), self._width(inked, end))

    def _width(self, start: int, end: int) -> float:
        return self.scale * sum(_advance(run) for run in self._runs(start, end))

    def broken(self, measure: float, manner: Manner) -> tuple[Line, ...] | None:
        """The lines, as even as can be, none wider than `measure` ems; None when a unit is."""
        units = self.units(manner)
        if max((unit.width for unit in units), default=0.0) > measure:
            return None
        widest = evened(units, measure)
        return tuple(self.line(units[a].start, units[b - 1].end) for a, b in filled(units, widest))

    def line(self, start: int, end: int) -> Line:
        while end > start and self.clusters[end - 1].text in SPACES:
            end -= 1
        runs = self._runs(start, end)
        boxes = [_ink(run) for run in runs]
        return Line(
            runs=runs,
            width=self.scale * sum(map(_advance, runs)),
            top=self.scale * max((top for top, _ in boxes), default=0.0),
            bottom=self.scale * max((bottom for _, bottom in boxes), default=0.0),
            scale=self.scale,
        )

    def _runs(self, start: int, end: int) -> tuple[Run, ...]:
        clothed = zip(self.clusters[start:end], self.levels[start:end], strict=True)
        runs = []
        for (face, level), group in groupby(clothed, key=lambda pair: (pair[0].face, pair[1])):
            if face is not None:
                text = "".join(cluster.text for cluster, _ in group)
                runs.append((level, Run(text, face, leftwards=level % 2 == 1, language=self.language)))
        return in_order_of_sight(runs)


def paragraphs(text: str, language: str, scale: float = 1.0) -> tuple[Paragraph, ...]:
    """A text as its writer divided it. Raises Missing when a character has no font."""
    composed = unicodedata.normalize("NFC", _UNPRINTED.sub("", text.replace("\u2028", "\n").replace("\u2029", "\n")))
    written = (_BLANKS.sub(" ", line).strip() for line in composed.split("\n"))
    return tuple(_paragraph(line, language, scale) for line in written if line)


def _paragraph(text: str, language: str, scale: float) -> Paragraph:
    clusters = dress(text, language)
    for cluster in clusters:
        if cluster.face is None:
            raise no_font_for(cluster.text, text)
    each = levels(text, leftwards=runs_leftwards(text, language))
    starts = [0]
    for cluster in clusters[:-1]:
        starts.append(starts[-1] + len(cluster.text))
    return Paragraph(clusters, tuple(each[start] for start in starts), language, scale)


def draw_line(
    draw: ImageDraw.ImageDraw,
    line: Line,
    x: float,
    baseline: float,
    em: float,
    ink: Colour | int,
    hang: float = 0.5,
) -> None:
    """A line by its ink, at an em of the page in pixels: centred on `x`, or to its right (`hang` 0) or left (`hang` 1)."""
    em *= line.scale
    fonts = [run.font(em) for run in line.runs]
    widths = [font.getlength(run.text, **run.shaping) for run, font in zip(line.runs, fonts, strict=True)]
    if not widths:
        return
    before = fonts[0].getbbox(line.runs[0].text, anchor="ls", **line.runs[0].shaping)[0]
    after = widths[-1] - fonts[-1].getbbox(line.runs[-1].text, anchor="ls", **line.runs[-1].shaping)[2]
    x -= before + hang * (sum(widths) - before - after)
    for run, font, width in zip(line.runs, fonts, widths, strict=True):
        draw.text((x, baseline), run.text, fill=ink, font=font, anchor="ls", **run.shaping)
        x += width


@lru_cache(maxsize=96)
def _font(face: Face, size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(face.path), size, face.index, layout_engine=ImageFont.Layout.RAQM)


@lru_cache(maxsize=4096)
def _advance(run: Run) -> float:
    return float(run.font(_MEASURED_AT).getlength(run.text, **run.shaping)) / _MEASURED_AT


@lru_cache(maxsize=4096)
def _ink(run: Run) -> tuple[float, float]:
    """How far the ink of a run reaches above and below its baseline."""
    _, top, _, bottom = run.font(_MEASURED_AT).getbbox(run.text, anchor="ls", **run.shaping)
    return max(0.0, -top / _MEASURED_AT), max(0.0, bottom / _MEASURED_AT)
