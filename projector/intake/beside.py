"""What lies beside a medium: its sidecar and its subtitles read, or the reason for which they cannot be."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from projector.errors import MediumRefused, PlaylistFaults
from projector.intake.names import SIDECAR, language_of
from projector.intake.original import read_original
from projector.intake.scan import Found
from projector.ledger.facts import restrictions
from projector.ledger.words import Heard, Seen
from projector.show.lacking import Lacks
from projector.show.media import Facts, Subtitle
from projector.show.sidecar import parse_sidecar
from projector.show.subtitles import MOST_BYTES as MOST_SUBTITLES
from projector.show.subtitles import parse_subtitles

MOST_BYTES = 256_000


@dataclass(frozen=True, slots=True)
class Beside:
    """What a sidecar says (None: there never was one) and what subtitles, the marks of both, and the fault that refuses.

    `mark` is the sidecar's size and mtime_ns, `seen` the subtitles'.
    """

    facts: Facts | None = None
    mark: tuple[int, int] | None = None
    subtitles: Heard = ()
    seen: Seen = ()
    fault: str = ""


def beside(media: Path, found: Found, before: Facts | None, lacks: Lacks) -> Beside:
    """What lies beside a medium, as the scan found it. `before` is what was last known of it.

    What cannot be read refuses the medium. A sidecar that has vanished leaves its consent and takes its words along.
    """
    facts, mark, wrong = _sidecar(media, found, before, lacks)
    heard: list[tuple[str, tuple[Subtitle, ...]]] = []
    seen: list[tuple[str, int, int]] = []
    faults = [wrong]
    for name, (size, mtime_ns, _) in found.subtitles:
        said, place, fault = _subtitles(media, str(PurePosixPath(found.path).with_name(name)), lacks)
        if place is not None:
            heard.append((language_of(name), said))
            seen.append((name, *place))
        elif fault:
            seen.append((name, size, mtime_ns))
        faults.append(fault)
    faults.append(_twice(tuple(name for name, _ in found.subtitles)))
    return Beside(facts, mark, tuple(sorted(heard)), tuple(seen), "; ".join(filter(None, faults)))


def _sidecar(
    media: Path, found: Found, before: Facts | None, lacks: Lacks
) -> tuple[Facts | None, tuple[int, int] | None, str]:
    """The facts, the mark of the file that they are from, and what is wrong with it."""
    left = restrictions(before) if before is not None else None
    if found.sidecar is None:
        return left, None, ""
    source = found.path + SIDECAR
    try:
        original = read_original(media / source, MOST_BYTES)
        return parse_sidecar(original.raw, source, lacks=lacks), original.mark[:2], ""
    except FileNotFoundError:
        return left, None, ""
    except PlaylistFaults as error:
        return left, found.sidecar[:2], "; ".join(map(str, error.faults))
    except MediumRefused as error:
        return left, found.sidecar[:2], f"its sidecar {error}"


def _subtitles(media: Path, source: str, lacks: Lacks) -> tuple[tuple[Subtitle, ...], tuple[int, int] | None, str]:
    """The subtitles of a file, the mark of what was read, None for nothing, and what is wrong with it."""
    try:
        original = read_original(media / source, MOST_SUBTITLES)
        return parse_subtitles(original.raw, source, language_of(source), lacks), original.mark[:2], ""
    except FileNotFoundError:
        return (), None, ""
    except PlaylistFaults as error:
        return (), None, "; ".join(map(str, error.faults))
    except MediumRefused as error:
        return (), None, f"{source} {error}"


def _twice(names: tuple[str, ...]) -> str:
    """What is wrong where two files hold the subtitles of one language."""
    by_language: dict[str, str] = {}
    for name in names:
        before = by_language.setdefault(language_of(name), name)
        if before != name:
            return f"{before} and {name} are both subtitles in {language_of(name)}; keep one"
    return ""
