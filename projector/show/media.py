"""A medium: the same bytes are one medium, whatever the file is called."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Self

from projector.clock import Seconds


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
class Clip:
    """A moving picture as its house copy is: `frames` frames, `rate` of them a second, square upright pixels.

    Its sound is part of it or not; a clip without is silent.
    """

    width: int
    height: int
    rate: Fraction
    frames: int
    sound: bool = True

    @property
    def seconds(self) -> Seconds:
        """How long it is."""
        return Seconds(float(self.frames / self.rate))

    def frame_at(self, position: float) -> int:
        """The frame that stands `position` seconds after the clip's start: the first before it, the last after its end."""
        # What was planned in floating point may lie a hair before the frame that is meant.
        return min(self.frames - 1, max(0, int((position + 1e-6) * float(self.rate))))


@dataclass(frozen=True, slots=True)
class Subtitle:
    """Words of a clip: from `start` until `end`, in seconds of the clip; lines separated by newlines."""

    start: Seconds
    end: Seconds
    text: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message in words: `text` and `role` in languages as written, who sent it.

    `portrait` is a file relative to the media folder, `/`-separated.
    """

    text: tuple[tuple[str, str], ...]
    who: str | None = None
    role: tuple[tuple[str, str], ...] = ()
    portrait: str | None = None

    def in_order(self, languages: Sequence[str]) -> Self:
        """The same, its texts in the order of `languages`, those that are not among them last, as written."""
        rank = {language: place for place, language in enumerate(languages)}
        text = tuple(sorted(self.text, key=lambda pair: rank.get(pair[0], len(rank))))
        role = tuple(sorted(self.role, key=lambda pair: rank.get(pair[0], len(rank))))
        return replace(self, text=text, role=role)


@dataclass(frozen=True, slots=True)
class Medium:
    """One medium that intake has taken: a picture, or else a `clip`, or else a `message` in words.

    `sha256` is of the original's bytes. `file` is relative to the media folder, `/`-separated; `folder` is its folder
    below its kind's folder ("" for none). `width` and `height` are upright pixels of the original (of a clip, its house
    copy's; 0 of words). `subtitles` are a clip's, by language. `portrait` is the hash of a message's portrait, once
    intake has that.
    """

    sha256: str
    file: str
    kind: Kind
    folder: str = ""
    width: int = 0
    height: int = 0
    facts: Facts = field(default_factory=Facts)
    clip: Clip | None = None
    message: Message | None = None
    subtitles: tuple[tuple[str, tuple[Subtitle, ...]], ...] = ()
    portrait: str | None = None


def detailed(media: Iterable[Medium], languages: Sequence[str]) -> dict[str, Medium]:
    """Clips and messages in words by hash, the messages' texts in the order of `languages`."""
    return {
        medium.sha256: medium if medium.message is None else replace(medium, message=medium.message.in_order(languages))
        for medium in media
        if medium.clip is not None or medium.message is not None
    }
