"""The picture of the instant: a pure and total function.

No cursor is advanced on the way to it. From this follow restart, rehearsal, `snapshot` and the stream.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import assert_never

from projector.clock import Instant, Programme, Seconds
from projector.show.calendar import Calendar
from projector.show.control import COVER_FADE, Control, Cover, lead, programme_time
from projector.show.full_screen import Standing, full_screen
from projector.show.layout import cells, margin, whole
from projector.show.media import Medium
from projector.show.pages import PAGE_MIX, page_layers, pages_of, turned
from projector.show.picture import BlackTile, Layer, PhotoTile, Picture, Rect, Size, TextTile
from projector.show.showings import Block, Fit, How, Showing, Showings, Shows, Texts, Transition

# A slate in more languages than can be set together turns its pages this often.
SLATE_PAGE = Seconds(8.0)
# What is taken off the wall goes within this time.
REMOVAL_FADE = Seconds(0.5)
# A wall without a planner plays what it has, then the last hour of it again.
REPLAYED = Seconds(3600.0)


class Audience(StrEnum):
    """Who looks: the wall's room or the stream's."""

    WALL = "wall"
    STREAM = "stream"


@dataclass(frozen=True, slots=True)
class Slate:
    """The still shown on purpose when there is nothing else: set text, or a picture by its hash."""

    texts: Texts = ()
    image: str | None = None


@dataclass(frozen=True)
class Plan:
    """All that the picture depends on besides control and the instant.

    `barred` holds what must not be seen, and since when: removed, withdrawn or quarantined media. `media` holds, by hash,
    what there is to know of the clips and the messages in words among the showings; all other media are pictures.
    """

    showings: Showings
    calendar: Calendar
    slate: Slate
    canvas: Size
    barred: Mapping[str, Instant] = field(default_factory=dict)
    media: Mapping[str, Medium] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Moment:
    """The instant as the loop sees it."""

    plan: Plan
    control: Control
    now: Instant

    def lead(self, begun: Programme) -> float:
        return lead(self.control.anchor, self.plan.calendar, begun, self.now)


def picture_at(plan: Plan, control: Control, now: Instant, audience: Audience = Audience.WALL) -> Picture:
    """What the room sees at `now`. Defined for every instant."""
    moment = _Moment(plan, control, now)
    cover = control.stream_cover if audience is Audience.STREAM and control.cover is Cover.NONE else control.cover
    share = _share(now - control.covered_at, COVER_FADE)
    layers = [] if cover is not Cover.NONE and share >= 1 else _programme(moment)
    if share < 1 or cover is not Cover.NONE:
        layers += _cover(moment, control.uncovered, 1.0 if cover is not Cover.NONE else 1.0 - share)
        layers += _cover(moment, cover, share)
    return Picture(tuple(layers), control.brightness)


def on_air(plan: Plan, control: Control, now: Instant) -> tuple[Block, list[Showing]] | None:
    """The block and the showings that `now` names, covered or not; None outside the window or when nothing is planned."""
    if not plan.calendar.is_open(now):
        return None
    at = replayed(plan.showings, programme_time(control.anchor, plan.calendar, now))
    block = plan.showings.block_at(at)
    if block is None:
        return None
    current = (_current(place, at) for place in plan.showings.places(block).values())
    return block, [s for s in current if s is not None and s.medium not in plan.barred]


def slate_layers(plan: Plan, now: Instant, slate: Slate | None = None) -> list[Layer]:
    """The slate, full screen; one in many languages turns its pages by show time."""
    slate = slate or plan.slate
    rect = whole(plan.canvas)
    if slate.image is not None and slate.image not in plan.barred:
        return [Layer(PhotoTile(slate.image), rect, 1.0)]
    pages = [TextTile(page) for page in pages_of(slate.texts)]
    turn, into = divmod(now, SLATE_PAGE)
    return page_layers(pages, int(turn), into, PAGE_MIX if len(pages) > 1 else 0.0, rect)


def _programme(moment: _Moment) -> list[Layer]:
    """The loop with the window's fades; black outside the window and in closings."""
    plan, now = moment.plan, moment.now
    gain = plan.calendar.gain(now)
    if gain <= 0:
        return []
    layers = _loop(moment, replayed(plan.showings, programme_time(moment.control.anchor, plan.calendar, now)))
    return layers if gain >= 1 else [*layers, Layer(BlackTile(), whole(plan.canvas), 1.0 - gain)]


def _loop(moment: _Moment, at: Programme) -> list[Layer]:
    showings = moment.plan.showings
    block = showings.block_at(at)
    if block is None:
        return slate_layers(moment.plan, moment.now)
    top = _block_layers(moment, block, at)
    jump = moment.control.anchor.jump
    if jump is not None and at >= jump.to:
        share = _share(at - jump.to + moment.lead(jump.to), jump.transition.seconds)
        if share < 1:
            left = showings.block_at(jump.left)
            beneath = _block_layers(moment, left, jump.left) if left else slate_layers(moment.plan, moment.now)
            return _crossed(beneath, top, jump.transition, share)
        if at - jump.to < block.transition.seconds and block.start <= jump.to:
            return top
    return _entered(moment, block, at, top)


def _entered(moment: _Moment, block: Block, at: Programme, top: list[Layer]) -> list[Layer]:
    """A block as it comes up over the one before it."""
    share = _share(at - block.start + moment.lead(block.start), block.transition.seconds)
    before = moment.plan.showings.block_before(block) if share < 1 else None
    if before is None:
        return top if share >= 1 else _crossed([], top, block.transition, share)
    return _crossed(_block_layers(moment, before, block.start), top, block.transition, share)


def _block_layers(moment: _Moment, block: Block, at: Programme) -> list[Layer]:
    """A block by itself, as it stands at a programme time: layers that cover the whole canvas."""
    rect = whole(moment.plan.canvas)
    match block.shows:
        case Shows.BLACK:
            return [Layer(BlackTile(), rect, 1.0)]
        case Shows.SLATE:
            own = Slate(block.texts, block.image) if block.texts or block.image else None
            return slate_layers(moment.plan, moment.now, own)
        case Shows.TEXT:
            return _title_layers(block, at + moment.lead(block.start), rect)
        case Shows.MEDIA:
            return _media_layers(moment, block, at)
        case _:
            assert_never(block.shows)


def _title_layers(block: Block, at: float, rect: Rect) -> list[Layer]:
    return turned([TextTile(page) for page in pages_of(block.texts)], at - block.start, block.dwell, rect)


def _media_layers(moment: _Moment, block: Block, at: Programme) -> list[Layer]:
    places = moment.plan.showings.places(block)
    if block.cells == 1:
        rect, bare = whole(moment.plan.canvas), slate_layers(moment.plan, moment.now)
        place = places.get(None) or places.get(0, [])

        def shown(showing: Showing) -> list[Layer]:
            standing = Standing(block, showing, rect, at, moment.lead(showing.start))
            return full_screen(standing, moment.plan.media.get(showing.medium or ""))

        return _place_layers(moment, _Place(place, bare, block.inner, shown), at)
    layers = []
    for index, rect in enumerate(cells(moment.plan.canvas, block.columns, block.rows)):
        cell = _Place(
            places.get(index, []), [Layer(BlackTile(), rect, 1.0)], block.inner, partial(_cell_layers, block, rect)
        )
        layers += _place_layers(moment, cell, at)
    return layers


@dataclass(frozen=True, slots=True)
class _Place:
    """A place of a block: its showings, what is seen there when nothing that is allowed stands in it, how it changes.

    `layers` is what a showing looks like at the moment that is asked for.
    """

    showings: Sequence[Showing]
    bare: list[Layer]
    change: Transition
    layers: Callable[[Showing], list[Layer]]


def _place_layers(moment: _Moment, place: _Place, at: Programme) -> list[Layer]:
    """One place: its showing, over the one before while it comes up."""
    index = _index(place.showings, at)
    if index <= 0 or place.showings[index].medium in moment.plan.barred:
        return _stood(moment, place, index)
    showing = place.showings[index]
    share = _share(at - showing.start + moment.lead(showing.start), place.change.seconds)
    if share >= 1:
        return place.layers(showing)
    return _crossed(_stood(moment, place, index - 1), place.layers(showing), place.change, share)


def _stood(moment: _Moment, place: _Place, index: int) -> list[Layer]:
    """What stands in a place by a showing, whole: one that is removed goes, and what was there before comes out."""
    while index >= 0:
        showing = place.showings[index]
        barred_at = moment.plan.barred.get(showing.medium or "")
        if barred_at is None:
            return place.layers(showing)
        gone = _share(moment.now - barred_at, REMOVAL_FADE)
        if gone < 1:
            return _crossed(place.layers(showing), _stood(moment, place, index - 1), _REMOVAL, gone)
        index -= 1
    return place.bare


_REMOVAL = Transition(How.MIX, REMOVAL_FADE)


def _crossed(beneath: Iterable[Layer], top: Sequence[Layer], transition: Transition, share: float) -> list[Layer]:
    """`top` coming up over `beneath`; `share` of the transition has passed."""
    if share >= 1:
        return list(top)
    match transition.how:
        case How.CUT:
            return list(top)
        case How.MIX:
            return [*beneath, *_faded(top, share)]
        case How.DIP if share < 0.5:
            return _dimmed(list(beneath), 1.0 - 2 * share)
        case How.DIP:
            return _dimmed(top, 2 * share - 1)
        case _:
            assert_never(transition.how)


def _dimmed(layers: Sequence[Layer], share: float) -> list[Layer]:
    """A whole picture over black."""
    rects = dict.fromkeys(layer.rect for layer in layers)
    return [*(Layer(BlackTile(), rect, 1.0) for rect in rects), *_faded(layers, share)]


def _faded(layers: Sequence[Layer], share: float) -> list[Layer]:
    """A whole picture at an opacity: layers of one place are weighed so that together they cover `share` of what is beneath."""
    stacks: dict[Rect, list[Layer]] = {}
    for layer in layers:
        stacks.setdefault(layer.rect, []).append(layer)
    faded: list[Layer] = []
    for stack in stacks.values():
        faded += _faded_stack(stack, share)
    return faded


def _faded_stack(stack: Sequence[Layer], share: float) -> list[Layer]:
    above, seen = 0.0, 1.0
    out: list[Layer] = []
    for layer in reversed(stack):
        weight = layer.opacity * seen
        opacity = share * weight / (1.0 - share * above)
        out.append(Layer(layer.tile, layer.rect, opacity))
        above += weight
        seen *= 1.0 - layer.opacity
    return [layer for layer in reversed(out) if layer.opacity > 0]


def _cover(moment: _Moment, cover: Cover, opacity: float) -> list[Layer]:
    match cover:
        case Cover.NONE:
            return []
        case Cover.BLACKOUT:
            return [Layer(BlackTile(), whole(moment.plan.canvas), opacity)] if opacity > 0 else []
        case Cover.SLATE:
            return _faded(slate_layers(moment.plan, moment.now), opacity)
        case _:
            assert_never(cover)


def _cell_layers(block: Block, rect: Rect, showing: Showing) -> list[Layer]:
    """A photo in a place of a mosaic."""
    if showing.medium is None:
        return [Layer(BlackTile(), rect, 1.0)]
    gutter = margin(rect) if block.fit is Fit.CONTAIN else 0
    return [Layer(PhotoTile(showing.medium, block.fit, showing.words, gutter), rect, 1.0)]


def _current(place: Sequence[Showing], at: Programme) -> Showing | None:
    index = _index(place, at)
    return place[index] if index >= 0 else None


def _index(place: Sequence[Showing], at: Programme) -> int:
    return bisect_right(place, at, key=lambda s: s.start) - 1


def _share(passed: float, length: float) -> float:
    """How much of a transition has passed, 0 to 1; all of it when it has no length."""
    return 1.0 if length <= 0 else min(1.0, max(0.0, passed / length))


def replayed(showings: Showings, at: Programme) -> Programme:
    """Past the end of what is planned: the last hour of it again."""
    if not showings.blocks or at < showings.end:
        return at
    first = max(showings.blocks[0].start, showings.end - REPLAYED)
    return Programme(first + (at - showings.end) % (showings.end - first))


def ahead(plan: Plan, control: Control, now: Instant, until: Instant, step: Seconds) -> list[Picture]:
    """The pictures from now on, sampled: what will be needed, in the order in which it will be."""
    count = max(1, int((until - now) / step))
    return [picture_at(plan, control, Instant(now + i * step)) for i in range(count + 1)]
