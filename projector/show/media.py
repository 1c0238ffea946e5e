"""A medium: the same bytes are one medium, whatever the file is called."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What a medium is, by the folder it lies in."""

    PHOTO = "photo"
    INTERVIEW = "interview"
    MESSAGE = "message"
    SLATE = "slate"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a sidecar says of a medium; every fact may be absent (see FORMATS section 2)."""

    name: str | None = None
    country: str | None = None
    language: str | None = None
    caption: tuple[tuple[str, str], ...] = ()
    credit: str | None = None
    wall: bool | None = None
    stream: bool | None = None
    until: date | None = None
    placeholder: bool = False


@dataclass(frozen=True, slots=True)
class Medium:
    """One medium that intake has taken.

    `sha256` is of the original's bytes. `file` is relative to the media folder, `/`-separated; `folder` is its folder
    below its kind's folder ("" for none). `width` and `height` are upright pixels of the original.
    """

    sha256: str
    file: str
    kind: Kind
    folder: str = ""
    width: int = 0
    height: int = 0
    facts: Facts = field(default_factory=Facts)
