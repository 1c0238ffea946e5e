"""What of a show the wall and the operator's commands need: plain values, read without the show file's model."""

import json
from dataclasses import dataclass
from typing import Self

from projector.clock import Seconds
from projector.show.calendar import Calendar
from projector.show.layout import cells
from projector.show.picture import Size
from projector.show.picture_at import Slate
from projector.show.showings import CUT, How, Transition


@dataclass(frozen=True, slots=True)
class Frame:
    """Canvas, calendar and slate of a show, its default transition, and the size of its small renditions."""

    name: str
    zone: str
    canvas: Size
    calendar: Calendar
    slate: Slate
    small: Size
    transition: Transition = CUT
    languages: tuple[str, ...] = ()

    def as_json(self) -> str:
        return json.dumps(
            [
                self.name,
                self.zone,
                [self.canvas.width, self.canvas.height],
                self.calendar.as_json(),
                [self.slate.texts, self.slate.image],
                [self.small.width, self.small.height],
                [self.transition.how, self.transition.seconds],
                self.languages,
            ],
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        name, zone, canvas, calendar, (texts, image), small, (how, seconds), languages = json.loads(text)
        return cls(
            name,
            zone,
            Size(*canvas),
            Calendar.from_json(calendar),
            Slate(tuple((language, line) for language, line in texts), image),
            Size(*small),
            Transition(How(how), Seconds(seconds)),
            tuple(languages),
        )


def largest_cell(canvas: Size, grids: list[tuple[int, int]]) -> Size:
    """The size of small renditions: that of the largest cell of any mosaic, or a quarter of the canvas without one."""
    rects = [rect for columns, rows in grids for rect in cells(canvas, columns, rows)] or [*cells(canvas, 4, 4)]
    return Size(max(r.width for r in rects), max(r.height for r in rects))
