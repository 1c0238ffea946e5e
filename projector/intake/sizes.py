"""How large the copies of a picture are made: arithmetic over sizes, and the values that say what is wanted and made."""

from dataclasses import dataclass
from pathlib import Path

from projector.show.media import Clip
from projector.show.picture import Size

Mark = tuple[int, int, int]
"""What says that a file has not changed: its size, mtime_ns and inode."""

# How the reason begins for which a file is refused that another machine, or this one later, could take.
ON_THIS_MACHINE = "cannot be taken on this machine yet"

# A wide picture that is to cover a tall cell would have to be many times as wide as the cell; past this it is softer.
MOST_COVER = 2.0


@dataclass(frozen=True, slots=True)
class Wants:
    """The copies to be made of a picture: boxes in pixels, None for no such copy.

    `small` is the largest cell of a mosaic, which the copy lies in, or covers when `cover` is set; `wall` is the canvas.
    """

    small: Size | None
    cover: bool = False
    wall: Size | None = None


@dataclass(frozen=True, slots=True)
class MadeCopy:
    """One copy that was written: its kind (as the ledger's renditions), where, its size in pixels, its hash if known."""

    kind: str
    path: Path
    size: Size
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """What was made of one original: the hash of its bytes, its mark when it was read, its upright size, the copies.

    Of a clip: what its house copy is, and for which canvas it was made.
    """

    sha256: str
    mark: Mark
    size: Size
    copies: tuple[MadeCopy, ...]
    clip: Clip | None = None
    made_for: Size | None = None


def contained(original: Size, box: Size) -> Size:
    """The size at which a picture lies wholly in a box; never larger than it is."""
    return _scaled(original, min(box.width / original.width, box.height / original.height))


def covering(original: Size, box: Size) -> Size:
    """The size at which a picture covers a box, at most `MOST_COVER` times the box each way; never larger than it is."""
    across, down = box.width / original.width, box.height / original.height
    return _scaled(original, min(max(across, down), MOST_COVER * min(across, down)))


def targets(original: Size, wants: Wants) -> dict[str, Size]:
    """The size of each copy wanted of a picture, by kind."""
    sizes: dict[str, Size] = {}
    if wants.small is not None:
        sizes["small"] = (covering if wants.cover else contained)(original, wants.small)
    if wants.wall is not None:
        sizes["wall"] = contained(original, wants.wall)
    return sizes


def _scaled(original: Size, scale: float) -> Size:
    scale = min(1.0, scale)
    return Size(max(1, round(original.width * scale)), max(1, round(original.height * scale)))
