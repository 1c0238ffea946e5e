"""One playing of a clip, as far as it has come: what it wants, who plays it, when its player has failed it."""

from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from projector.clock import Machine, Seconds
from projector.render.child import Child
from projector.render.ring import Ring
from projector.render.tiles import Key
from projector.show.picture import ClipTile

# A player that could give a frame and gives none for so long has stalled; longer before its first one, while it starts.
STALLED = Seconds(1.0)
STARTED_WITHIN = Seconds(2.5)
PREROLLED_WITHIN = Seconds(6.0)
# What lies further ahead than this is not decoded up to but jumped to.
JUMP = Seconds(2.0)


@dataclass
class Playing:
    """One playing of a clip. `wanted` is the frame that the programme is at, or will come in at; `on_air`: it is seen now."""

    key: Key
    tile: ClipTile
    wanted: int
    on_air: bool = False
    path: Future[Path] | None = None
    fault: str = ""
    fault_at: Machine = Machine(0.0)
    child: Child | None = None
    # The ring of a player that has died, for as long as it has frames that are still to come.
    left: Child | None = None
    start: int = 0
    begun: Machine = Machine(0.0)
    moved: Machine = Machine(0.0)
    written: int = 0
    shown: int | None = None
    caught_up: bool = False
    behind_since: Machine = Machine(0.0)
    has_failed: bool = False
    deaths: int = 0
    given_up: bool = False


def patience(playing: Playing) -> Seconds:
    """How long a player may go without a frame before it has stalled."""
    if not playing.on_air:
        return PREROLLED_WITHIN
    return STALLED if playing.written else STARTED_WITHIN


def is_elsewhere(playing: Playing, ring: Ring, now: Machine) -> bool:
    """Whether the programme has jumped to where the player will not be soon."""
    oldest, newest = ring.oldest(), ring.newest()
    rate = float(playing.tile.clip.rate)
    if newest is None or oldest is None:
        ahead = playing.start + (JUMP + now - playing.begun) * rate
        return playing.wanted > ahead or (playing.wanted < playing.start and playing.left is None)
    # What a player that died has left is shown first.
    return playing.wanted > newest + JUMP * rate or (playing.wanted < oldest and playing.left is None)


def coming_in(tile: ClipTile) -> int:
    """The frame at which a playing comes in, which the looks ahead, half a second apart, see a little later."""
    return max(0, tile.frame - round(tile.clip.rate))
