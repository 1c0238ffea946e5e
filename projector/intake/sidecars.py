"""What lies beside a photo: its sidecar read, or the reason for which it cannot be."""

from dataclasses import dataclass
from pathlib import Path

from projector.errors import MediumRefused, PlaylistFaults
from projector.intake.original import read_original
from projector.intake.scan import SIDECAR
from projector.ledger.facts import restrictions
from projector.show.media import Facts
from projector.show.sidecar import parse_sidecar

MOST_BYTES = 256_000


@dataclass(frozen=True, slots=True)
class Beside:
    """What a sidecar says (None: there never was one), its size and mtime_ns, and the fault that refuses its medium."""

    facts: Facts | None = None
    mark: tuple[int, int] | None = None
    fault: str = ""


def beside(media: Path, path: str, mark: tuple[int, int] | None, before: Facts | None) -> Beside:
    """The sidecar of a photo, by the mark that the scan saw, None for none. `before` is what was last known.

    What cannot be read refuses the medium. What has vanished leaves its consent and takes its words along.
    """
    left = restrictions(before) if before is not None else None
    if mark is None:
        return Beside(left)
    source = path + SIDECAR
    try:
        original = read_original(media / source, MOST_BYTES)
        return Beside(parse_sidecar(original.raw, source), original.mark[:2])
    except FileNotFoundError:
        return Beside(left)
    except PlaylistFaults as error:
        return Beside(left, mark, "; ".join(map(str, error.faults)))
    except MediumRefused as error:
        return Beside(left, mark, f"its sidecar {error}")
