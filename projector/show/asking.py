"""What a cue asks for: the kind of media, `where`, a file."""

from projector.show.media import Kind, Medium
from projector.show.rundown import Cue, InterviewCue, MessageCue, MosaicCue, PhotoCue, Where

MediaCue = MosaicCue | PhotoCue | InterviewCue | MessageCue
SingleCue = PhotoCue | InterviewCue | MessageCue
"""Cues that show one medium after the other, each full screen."""

_KINDS: dict[type, Kind] = {
    MosaicCue: Kind.PHOTO,
    PhotoCue: Kind.PHOTO,
    InterviewCue: Kind.INTERVIEW,
    MessageCue: Kind.MESSAGE,
}


def kind_of(cue: MediaCue) -> Kind:
    """The kind of media that a cue shows."""
    return _KINDS[type(cue)]


def file_of(cue: MediaCue) -> str | None:
    """The one file that a cue asks for, or None."""
    return None if isinstance(cue, MosaicCue) else cue.file


def asks_for(cue: Cue, medium: Medium) -> bool:
    """Whether a cue could show a medium."""
    return (
        isinstance(cue, MediaCue)
        and medium.kind is kind_of(cue)
        and matches(medium, cue.where or Where(), file_of(cue))
    )


def matches(medium: Medium, where: Where, file: str | None = None) -> bool:
    """Whether a medium is what is asked for: keys are and-ed, values or-ed, a medium without the fact does not match."""
    return (
        (not where.country or medium.facts.country in where.country)
        and (not where.language or medium.facts.language in where.language)
        and (not where.folder or any(_is_below(medium.folder, folder.strip("/")) for folder in where.folder))
        and (not where.file or medium.file in where.file)
        and (file is None or medium.file == file)
    )


def _is_below(folder: str, asked: str) -> bool:
    return folder == asked or folder.startswith(asked + "/")
