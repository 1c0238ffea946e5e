"""The show file parsed: cues and rules, no absolute instants.

The models are the show file's, key by key (FORMATS section 1): they give its JSON Schema, and dump as it is written.
What no single field can see, such as an event outside the window, is show.sense's; show.playlist reads a file and
reports everything at once.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from projector.clock import Seconds
from projector.show import codes
from projector.show.fields import (
    Below,
    Canvas,
    Change,
    Count,
    Country,
    Day,
    Dwell,
    Fact,
    Grid,
    Key,
    Language,
    Latitude,
    Length,
    Listed,
    Longitude,
    Moment,
    Part,
    Path,
    Stamp,
    Worded,
    Words,
    Zone,
)
from projector.show.picture import Size
from projector.show.showings import Fit, How, Texts, Transition

PER_PAGE = 3
"""How many languages of a text are set together."""


class Place(Part):
    """Where the sun is asked for: degrees, north and east positive."""

    latitude: Latitude
    longitude: Longitude


class Closing(Part):
    """A pause, in local time; its end is not within it."""

    start: Stamp = Field(alias="from")
    end: Stamp = Field(alias="to")


class Window(Part):
    """The dates `first` to `last`, both included, on which the wall opens, and when."""

    first: Day = Field(alias="from")
    last: Day = Field(alias="to")
    opens: Moment
    closes: Moment
    fade: Length = Seconds(3.0)
    closed: Annotated[tuple[Closing, ...], Field(max_length=200)] = ()


class Slate(Part):
    """The still shown on purpose: set text, or a picture by its path relative to the show file."""

    text: Worded = ()
    image: Path | None = None


class Moderator(Part):
    """Who may approve: the base64 of an Ed25519 public key, and the languages that this person reads (all if none)."""

    key: Key
    languages: Annotated[tuple[Language, ...], Listed] = ()


class Defaults(Part):
    """What holds for a cue that does not say."""

    transition: Change = Transition(How.MIX, Seconds(1.5))
    dwell: Dwell = Seconds(8.0)


class Where(Part):
    """Which media a cue takes: keys are and-ed, the values of one are or-ed; () asks for nothing.

    `folder` lies below the folder of the medium's kind, `file` below the media folder.
    """

    country: Annotated[tuple[Country, ...], Listed] = ()
    language: Annotated[tuple[Language, ...], Listed] = ()
    folder: Annotated[tuple[Below, ...], Listed] = ()
    file: Annotated[tuple[Below, ...], Listed] = ()


class _Cue(Part):
    name: Words | None = None
    dwell: Dwell | None = None
    transition: Change | None = None


class TitleCue(_Cue):
    """Set text."""

    cue: Literal["title"]
    text: Worded


class SlateCue(_Cue):
    """A slate: its own text or image, or the show's where it has neither."""

    cue: Literal["slate"]
    text: Worded = ()
    image: Path | None = None


class BlackCue(_Cue):
    """Nothing, on purpose."""

    cue: Literal["black"]


class MosaicCue(_Cue):
    """Many photos for `length`; `grid` is (columns, rows), `dwell` that of each cell."""

    cue: Literal["mosaic"]
    grid: Grid
    length: Dwell = Seconds(240.0)
    fit: Fit = Fit.CONTAIN
    caption: Annotated[tuple[Fact, ...], Listed] = ()
    where: Where = Where()


class PhotoCue(_Cue):
    """Full-screen photos: `count` of them by choice, or one by its file below the media folder."""

    cue: Literal["photo"]
    count: Count = 1
    file: Below | None = None
    fit: Fit = Fit.CONTAIN
    caption: Annotated[tuple[Fact, ...], Listed] = ()
    where: Where = Where()


class InterviewCue(_Cue):
    """Clips: `count` of them by choice, or one by its file. `subtitles` None: those of the show."""

    cue: Literal["interview"]
    count: Count = 1
    file: Below | None = None
    caption: Annotated[tuple[Fact, ...], Listed] = ()
    subtitles: Annotated[tuple[Language, ...] | None, Listed, Field(max_length=2)] = None
    where: Where = Where()


class MessageCue(_Cue):
    """Messages: `count` of them by choice, or one by its file below the media folder."""

    cue: Literal["message"]
    count: Count = 1
    file: Below | None = None
    caption: Annotated[tuple[Fact, ...], Listed] = ()
    where: Where = Where()


Cue = TitleCue | SlateCue | BlackCue | MosaicCue | PhotoCue | InterviewCue | MessageCue
AnyCue = Annotated[Cue, Field(discriminator="cue")]
Rundown = Annotated[tuple[AnyCue, ...], Field(min_length=1, max_length=2000)]


class Event(Part):
    """A rundown of its own at a fixed local moment, once, over the loop."""

    at: Stamp
    rundown: Rundown


def _slate_of(fields: dict[str, Any]) -> Slate:
    return Slate(text=(("en", fields["show"]),))


def _languages_of(fields: dict[str, Any]) -> tuple[str, ...]:
    return tuple(language for language, _ in fields["slate"].text)


class Show(Part):
    """A producer's show. `media` and images are paths as written, relative to the show file."""

    show: Words
    timezone: Zone
    place: Place | None = None
    canvas: Canvas = Size(1920, 1080)
    window: Annotated[tuple[Window, ...], Listed, Field(min_length=1, max_length=100)]
    media: Path
    approval: Literal["folder", "signed"] = "folder"
    approvals_needed: Count = 1
    moderators: Mapping[Words, Moderator] = Field(default_factory=dict)
    consent: Literal["assumed", "required"] = "assumed"
    slate: Slate = Field(default_factory=_slate_of)
    defaults: Defaults = Defaults()
    spread: Literal["none", "country", "language"] = "none"
    languages: Annotated[tuple[Language, ...], Listed] = Field(default_factory=_languages_of)
    subtitles: Annotated[tuple[Language, ...], Listed, Field(max_length=2)] = ()
    seed: Words = "projector"
    duplicates: Literal["together", "apart"] = "together"
    rundown: Rundown
    events: Annotated[tuple[Event, ...], Field(max_length=1000)] = ()

    @model_validator(mode="before")
    @classmethod
    def _plain_texts_in_the_first_language(cls, raw: Any) -> Any:
        return _worded(raw, _first_language(raw)) if isinstance(raw, dict) else raw

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of everything written without an offset."""
        return ZoneInfo(self.timezone)

    def dwell_of(self, cue: Cue) -> Seconds:
        """How long each of a cue's stills is shown."""
        return self.defaults.dwell if cue.dwell is None else cue.dwell

    def transition_of(self, cue: Cue) -> Transition:
        """How a cue's pictures come up. A default that is longer than the cue's dwell is shortened to it."""
        if cue.transition is not None:
            return cue.transition
        usual = self.defaults.transition
        return replace(usual, seconds=min(usual.seconds, self.dwell_of(cue)))

    def subtitles_of(self, cue: Cue) -> tuple[str, ...]:
        """The languages in which a cue's clips are subtitled."""
        own = cue.subtitles if isinstance(cue, InterviewCue) else None
        return self.subtitles if own is None else own

    def in_order(self, texts: Texts) -> Texts:
        """Texts in the order in which they are set: that of `languages`, then those it does not name as written."""
        rank = {language: place for place, language in enumerate(self.languages)}
        return tuple(sorted(texts, key=lambda pair: rank.get(pair[0], len(rank))))


def _first_language(raw: dict[str, Any]) -> str:
    """The language of a text that names none, from a show file not checked yet."""
    slate = raw.get("slate")
    languages = codes.listed(raw.get("languages"))
    if not languages and isinstance(slate, dict) and isinstance(slate.get("text"), dict):
        languages = list(slate["text"])
    if not languages and slate is None:
        return "en"
    return languages[0] if languages and isinstance(languages[0], str) else "und"


def _worded(raw: Any, language: str) -> Any:
    """The same, each plain `text` a mapping of the language to it."""
    match raw:
        case dict():
            return {
                key: {language: value}
                if key == "text" and isinstance(value, str | int | float)
                else _worded(value, language)
                for key, value in raw.items()
            }
        case list():
            return [_worded(value, language) for value in raw]
        case _:
            return raw
