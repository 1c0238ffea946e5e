"""A medium full screen as layers: a picture, one frame of a clip with its words, or a message in words. Pure."""

from dataclasses import dataclass

from projector.clock import Programme
from projector.show.media import Clip, Medium, Message, Subtitle
from projector.show.pages import pages_of, turned
from projector.show.picture import BlackTile, ClipTile, Layer, MessageTile, PhotoTile, Rect, Size, WordsTile
from projector.show.showings import Block, Showing, Texts
from projector.show.words_place import clip_place


@dataclass(frozen=True, slots=True)
class Standing:
    """A showing of a block in a place, at a programme time; `lead` is how much further its texts are after a hold."""

    block: Block
    showing: Showing
    rect: Rect
    at: Programme
    lead: float = 0.0


def full_screen(standing: Standing, medium: Medium | None) -> list[Layer]:
    """What a showing is, whole and covering its place. `medium` is given for clips and messages in words."""
    showing, rect = standing.showing, standing.rect
    if showing.medium is None:
        return [Layer(BlackTile(), rect, 1.0)]
    if medium is not None and medium.clip is not None:
        return [Layer(_clip_tile(standing, medium, medium.clip), rect, 1.0)]
    if medium is not None and medium.message is not None:
        passed = standing.at - showing.start + standing.lead
        return turned(_message_pages(medium, medium.message, showing), passed, standing.block.dwell, rect)
    return [Layer(PhotoTile(showing.medium, standing.block.fit, showing.words), rect, 1.0)]


def _clip_tile(standing: Standing, medium: Medium, clip: Clip) -> ClipTile:
    """The frame that the instant names: the last one after the clip's end."""
    showing, rect = standing.showing, standing.rect
    position = standing.at - showing.start
    spoken = dict(medium.subtitles)
    wanted = [language for language in standing.block.subtitles if language in spoken]
    place = clip_place(Size(rect.width, rect.height), clip, worded=bool(wanted or showing.words))
    said = tuple((language, text) for language in wanted if (text := _said(spoken[language], position)))
    words = (WordsTile(said, showing.words, place.over), place.band) if said or showing.words else None
    return ClipTile(medium.sha256, showing.id, clip, clip.frame_at(position), place.place, words)


def _said(subtitles: tuple[Subtitle, ...], position: float) -> str:
    """What is said at a position; what overlaps stands one below the other."""
    return "\n".join(s.text for s in subtitles if s.start <= position < s.end)


def _message_pages(medium: Medium, message: Message, showing: Showing) -> list[MessageTile]:
    return [
        MessageTile(texts, message.who, (*_role(message, texts), *showing.words), medium.portrait, medium.sha256)
        for texts in pages_of(message.text)
    ]


def _role(message: Message, texts: Texts) -> tuple[str, ...]:
    """The role in the languages of a page, as far as it is given in them; else in the first in which it is."""
    given = dict(message.role)
    lines = [given[language] for language, _ in texts if language in given] or list(given.values())[:1]
    return tuple(dict.fromkeys(lines))
