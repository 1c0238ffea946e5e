"""What would make everybody fit, tried with the planner before it is said, in the show file's own words."""

from collections.abc import Iterator

from projector.clock import Programme, Seconds
from projector.outlook import Outlook, Row
from projector.show.asking import asks_for
from projector.show.coverage import Coverage, shorter
from projector.show.draft import Situation
from projector.show.media import Kind
from projector.show.planner import extend
from projector.show.rundown import MosaicCue, Show
from projector.show.saying import spoken
from projector.show.showings import Showings

# Trying is planning anew: with more photos than this, what is said is worked out and not tried.
TRIED_UP_TO = 20_000
LEAST_DWELL = Seconds(4.0)


def advice(seen: Outlook, cover: Coverage, rows: list[Row]) -> list[str]:
    """Lines for the producer; none where there is nothing to say."""
    return [*_unasked(seen), *_never_fitting(seen, rows), *(_fitting(seen, cover, rows) if not cover.fits else ())]


def _unasked(seen: Outlook) -> Iterator[str]:
    """Photos that no cue asks for can never be shown, however long the evenings."""
    photos = [m for m in seen.who.media if m.kind is Kind.PHOTO]
    nobody = [m for m in photos if not any(asks_for(cue, m) for cue in seen.file.show.rundown)]
    if nobody:
        yield f"{len(nobody)} photos are asked for by no cue, {nobody[0].file} among them: add a mosaic or photo cue without where:"


def _never_fitting(seen: Outlook, rows: list[Row]) -> Iterator[str]:
    """Interviews and messages that a cue asks for and that are passed over until the last close."""
    room = max((closes - max(opens, seen.now) for opens, closes in seen.calendar.spans), default=0.0)
    shown = {row.showing.medium for row in rows} | {sha for sha, n in seen.aired.items() if n}
    others = [m for m in seen.who.media if m.kind is not Kind.PHOTO and m.sha256 not in shown]
    for medium in others:
        if not any(asks_for(cue, medium) for cue in seen.file.show.rundown):
            yield f"{medium.file} is asked for by no cue; add {{cue: {medium.kind.value}}} to the rundown"
        elif medium.clip is not None and medium.clip.seconds > room:
            yield (
                f"{medium.file} will never be shown: it lasts {spoken(medium.clip.seconds)}, and the wall is open for "
                f"{spoken(Seconds(room))} at most without a break; shorten it, or move the closing"
            )
        else:
            yield (
                f"{medium.file} will never be shown: what is left before each break is too short for it, or others, "
                f"shown as seldom, come first; give its cue a higher count, or name it with file:"
            )


def _fitting(seen: Outlook, cover: Coverage, rows: list[Row]) -> Iterator[str]:
    """A shorter dwell of the longest-running mosaic that would show everybody."""
    show = seen.file.show
    mosaics = [(i, cue) for i, cue in enumerate(show.rundown) if isinstance(cue, MosaicCue)]
    if not mosaics:
        yield "add a mosaic: it shows many at once, for example {cue: mosaic, grid: 8x5, dwell: 12s, length: 12min}"
        return
    index, cue = max(mosaics, key=lambda pair: pair[1].length)
    in_mosaic = sum(row.block.cue_index == index for row in rows if row.showing.medium)
    dwell = shorter(show.dwell_of(cue), cover.photos_never_shown, max(1, in_mosaic))
    if dwell >= LEAST_DWELL and _would_fit(seen, show, index, cue.model_copy(update={"dwell": dwell})):
        yield f"mosaic (cue {index + 1}): `dwell: {dwell:g}s` would fit"
    grid = _larger(cue.grid, 1 + cover.photos_never_shown / max(1, in_mosaic))
    if grid != cue.grid and _would_fit(seen, show, index, cue.model_copy(update={"grid": grid})):
        yield f"mosaic (cue {index + 1}): `grid: {grid[0]}x{grid[1]}` would fit"
    length = Seconds(cue.length * 3)
    if _would_fit(seen, show, index, cue.model_copy(update={"length": length})):
        yield f"mosaic (cue {index + 1}): `length: {length / 60:g}min` would fit"


def _larger(grid: tuple[int, int], times: float) -> tuple[int, int]:
    """A grid of the same proportion with so many times the cells, at most 24 x 16."""
    factor = (times * 1.05) ** 0.5
    columns, rows = (-int(-side * factor // 1) for side in grid)
    return min(24, columns), min(16, rows)


def _would_fit(seen: Outlook, show: Show, index: int, cue: MosaicCue) -> bool:
    if len(seen.who.media) > TRIED_UP_TO:
        return True
    rundown = (*show.rundown[:index], cue, *show.rundown[index + 1 :])
    situation = Situation(
        show.model_copy(update={"rundown": rundown}),
        seen.calendar, seen.control.anchor, seen.now, seen.who.media, seen.aired, seen.who.expires, seen.images,
    )  # fmt: skip
    planned = extend(situation, Showings((), ()), Programme(float("inf")))
    shown = {s.medium for s in planned} | {sha for sha, n in seen.aired.items() if n}
    return all(m.sha256 in shown for m in seen.who.media if m.kind is Kind.PHOTO)
