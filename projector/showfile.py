"""A show file on disk, read whole: the show, and the edition of it that the roles go by."""

from dataclasses import dataclass
from pathlib import Path

from projector.errors import UsageError
from projector.ledger.edition import Edition
from projector.show.frame import Frame, largest_cell
from projector.show.opening import calendar_of
from projector.show.picture_at import Slate
from projector.show.playlist import parse_show
from projector.show.rundown import MosaicCue, Show, SlateCue
from projector.show.showings import Fit


@dataclass(frozen=True)
class ShowFile:
    """A show file that can be used. `path` is as the user gave it."""

    path: Path
    text: bytes
    show: Show

    @property
    def media(self) -> Path:
        """The media folder; a relative one is relative to the show file."""
        return (self.path.resolve().parent / self.show.media).resolve()

    def image(self, name: str) -> Path:
        """Where a slate's picture lies; relative to the show file."""
        return (self.path.resolve().parent / name).resolve()

    def images(self) -> tuple[str, ...]:
        """The pictures that slates name, as the show file names them."""
        cues = [cue.image for cue in self.show.rundown if isinstance(cue, SlateCue)]
        return tuple(dict.fromkeys(name for name in (self.show.slate.image, *cues) if name))

    def edition(self, slate_image: str | None = None) -> Edition:
        """What is written to the ledger; `slate_image` is the hash of the slate's picture once intake has it."""
        show = self.show
        mosaics = [cue for cue in show.rundown if isinstance(cue, MosaicCue)]
        texts = show.in_order(show.slate.text) or (("en", show.show),)
        frame = Frame(
            show.show,
            show.zone.key,
            show.canvas,
            calendar_of(show),
            Slate(texts, slate_image),
            largest_cell(show.canvas, [(cue.grid[0], cue.grid[1]) for cue in mosaics]),
            show.defaults.transition,
            show.languages,
        )
        return Edition(
            str(self.path.resolve()),
            self.text,
            frame,
            str(self.media),
            tuple(str(self.image(name)) for name in self.images()),
            any(cue.fit is Fit.COVER for cue in mosaics),
        )

    def passed_over(self) -> list[str]:
        """A line for each thing that is accepted and has no effect yet."""
        lines = []
        if self.show.events:
            lines.append(f"events: {len(self.show.events)} accepted, passed over for now")
        if self.show.approval == "signed":
            lines.append("approval: signed: signatures are not read yet, so nothing is eligible for now")
        return lines


def read_show(path: Path) -> ShowFile:
    """Read a show file. Raises PlaylistFaults with all its faults, UsageError where there is no such file."""
    try:
        with path.open("rb") as file:
            text = file.read(2_000_000)
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        raise UsageError(
            f"{path}: {reason}; give the path of a show file, for example playlists/sample.yaml"
        ) from error
    return ShowFile(path, text, parse_show(text, str(path)))
