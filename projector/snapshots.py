"""`snapshot`: what the wall shows at a moment, drawn by the wall's own compositor; or the running wall's last canvas."""

import sys
import time
from collections.abc import Collection
from pathlib import Path
from shutil import copyfile

from projector.clock import Instant, Programme, Seconds
from projector.errors import NotRunning, ProjectorError, RenditionFault
from projector.intake.store import Store
from projector.ledger import control, looks, media, showings
from projector.ledger.database import Ledger
from projector.ledger.media import described
from projector.ledger.tables import open_ledger
from projector.ledger.view import copy_for
from projector.outlook import Outlook, bring_up_to_date, outlook, plan_of
from projector.render.frames import frame_of
from projector.render.stacks import needed
from projector.render.still import draw_still, write_png
from projector.render.tiles import Key
from projector.running import running_state
from projector.show.control import Control, programme_time
from projector.show.frame import Frame
from projector.show.media import detailed
from projector.show.picture import ClipTile, MessageTile, PhotoTile, Picture, Size
from projector.show.picture_at import Plan, picture_at
from projector.showfile import ShowFile
from projector.state import State, holder
from projector.telling import opened
from projector.times import as_text, instant_from

ANSWERED_WITHIN = Seconds(5.0)
MADE_WITHIN = Seconds(20.0)


def at_instant(show: Path, given: Path | None, at: str, output: Path, *, as_is: bool) -> None:
    """Draw the picture of an instant into a PNG. Raises RenditionFault where a copy cannot be had."""
    with opened(show, given, as_is=as_is) as (file, state, ledger):
        now = instant_from(at, file.show.zone.key)
        plan, control_ = _plan_at(file, state, ledger, now)
        picture = picture_at(plan, control_, now)
        frame = file.edition(plan.slate.image).frame
        _have_copies(file, state, ledger, frame, needed(picture))
        rgb = _drawn(picture, frame, state, ledger)
        write_png(output, rgb, frame.canvas, {"Instant": as_text(now, frame.zone)})


def live(show: Path | None, given: Path | None, output: Path) -> None:
    """The running wall's last canvas, lossless, with its instant. Raises NotRunning without a wall."""
    state = running_state(show, given)
    if holder(state.lock("wall")) is None:
        raise NotRunning("the wall is not running; `projector status` says why")
    with open_ledger(state.ledger) as ledger:
        ident = looks.ask(ledger)
        deadline = time.monotonic() + ANSWERED_WITHIN
        while (answer := looks.answered(ledger, ident)) is None:
            if time.monotonic() > deadline:
                raise ProjectorError(
                    "the wall did not hand over its canvas within 5 s; `projector status` says how it is"
                )
            time.sleep(0.02)
    copyfile(answer[0], output)


def _plan_at(file: ShowFile, state: State, ledger: Ledger, now: Instant) -> tuple[Plan, Control]:
    """The plan and the control that hold, or held, at an instant."""
    seen: Outlook = outlook(file, state, ledger, until=now, at=None if _has_run(ledger) else now)
    plan = plan_of(seen, file, ledger)
    if not seen.running or now >= seen.now:
        return plan, seen.control
    held = control.at(ledger, now) or seen.control
    place = programme_time(held.anchor, seen.calendar, now)
    left = held.anchor.jump.left if held.anchor.jump else place
    start, end = min(place, left) - 300, max(place, left) + 300
    past = showings.read_at(ledger, Programme(start), Programme(end), now)
    barred = {medium: at for medium, at in plan.barred.items() if at <= now}
    shown = described(ledger, {showing.medium for showing in past if showing.medium is not None})
    known = detailed(shown.values(), file.edition(plan.slate.image).frame.languages)
    return Plan(past, plan.calendar, plan.slate, plan.canvas, barred, known), held


def _has_run(ledger: Ledger) -> bool:
    return showings.planned_end(ledger) > 0


def _have_copies(file: ShowFile, state: State, ledger: Ledger, frame: Frame, keys: Collection[Key]) -> None:
    """See to it that the copies are there that a picture needs: wall-size ones are made when they are wanted."""
    wanted = {
        key.tile.medium for key in keys if isinstance(key.tile, PhotoTile) and copy_for(frame, _inner(key)) == "wall"
    }
    wanted |= {key.tile.portrait for key in keys if isinstance(key.tile, MessageTile) and key.tile.portrait is not None}
    missing = {medium for medium in wanted if "wall" not in media.renditions_of(ledger, [medium]).get(medium, {})}
    if not missing:
        return
    media.want(ledger, sorted(missing))
    if holder(state.lock("intake")) is None:
        bring_up_to_date(file, state, ledger, lambda _: None)
        return
    deadline = time.monotonic() + MADE_WITHIN
    while missing and time.monotonic() < deadline:
        time.sleep(0.05)
        missing = {m for m in missing if "wall" not in media.renditions_of(ledger, [m]).get(m, {})}


def _drawn(picture: Picture, frame: Frame, state: State, ledger: Ledger) -> bytes:
    launch = state.launch()
    store = Store(state.store, Path(launch.lent) if launch and launch.lent else None)

    def rendition(medium: str, size: Size) -> bytes:
        copies = media.renditions_of(ledger, [medium]).get(medium, {})
        copy = copies.get(copy_for(frame, size))
        if copy is None:
            raise RenditionFault(f"no copy of {medium[:12]} for {size.width}x{size.height} is in the store")
        return store.read(copy.sha256)

    def on_fault(fault: RenditionFault) -> None:
        print(f"left out: {fault}", file=sys.stderr)  # noqa: T201  what is missing in the picture is said

    def moving(tile: ClipTile) -> bytes:
        copy = media.renditions_of(ledger, [tile.medium]).get(tile.medium, {}).get("clip")
        if copy is None:
            raise RenditionFault(f"no copy of clip {tile.medium[:12]} is in the store")
        return frame_of(store.checked(copy.sha256, ".mp4"), tile.clip, tile.frame)

    return draw_still(picture, frame.canvas, rendition, frame.languages, on_fault, moving)


def _inner(key: Key) -> Size:
    gutter = key.tile.margin if isinstance(key.tile, PhotoTile) else 0
    return Size(key.size.width - 2 * gutter, key.size.height - 2 * gutter)
