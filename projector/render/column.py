"""Set lines on a picture: to which side they hang, and in which colour each is drawn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from projector.render.bidi import runs_leftwards
from projector.render.lines import Line, draw_line
from projector.render.stack import Setting
from projector.show.showings import Texts

LEFT, CENTRED, RIGHT = 0.0, 0.5, 1.0


@dataclass(frozen=True, slots=True)
class Column:
    """A setting in its place: `left` and `top` of its column in pixels, the column's width, and its `hang` as `draw_line`."""

    setting: Setting
    left: float
    top: float
    width: float
    hang: float

    def draw(self, image: Image.Image, colour_of: Callable[[Line], tuple[int, int, int] | int]) -> None:
        """Draw every line in its colour."""
        draw = ImageDraw.Draw(image)
        x = self.left + self.hang * self.width
        for line, baseline in self.setting.lines:
            draw_line(draw, line, x, round(self.top + baseline), self.setting.em, colour_of(line), self.hang)


def widest(setting: Setting) -> float:
    """The width of the longest line, in pixels."""
    return max((line.width for line, _ in setting.lines), default=0.0) * setting.em


def hang_of(texts: Texts) -> float:
    """The side on which lines begin: centred where some run to the right and some to the left."""
    leftwards = {runs_leftwards(text, language) for language, text in texts}
    return CENTRED if len(leftwards) > 1 else (RIGHT if True in leftwards else LEFT)


def begins_leftwards(texts: Sequence[tuple[str, str]]) -> bool:
    """Whether the first of the texts runs from right to left."""
    return bool(texts) and runs_leftwards(texts[0][1], texts[0][0])
