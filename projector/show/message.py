"""A message in words, read: who says what, in which languages, and the keys of every sidecar (FORMATS section 2)."""

import posixpath
from collections.abc import Iterator

from pydantic import Field

from projector.errors import Fault, PlaylistFaults
from projector.show.fields import Path, Worded, Words
from projector.show.folders import FOLDERS, PICTURES, Form, form_of
from projector.show.lacking import Lacks, nothing_lacks
from projector.show.media import Facts, Message
from projector.show.saying import said
from projector.show.sidecar import Set, Sidecar, paired, read_keys, unset_words
from projector.show.wording import place

_SHAPELESS = "a message has keys; write for example text: {en: We Remember}"
_LIE_IN = " or ".join(folder for folder, (_, forms) in FOLDERS.items() if Form.PICTURE in forms)


class Letter(Sidecar):
    """The keys of a message in words."""

    who: Words | None = Field(default=None, alias="from")
    role: Worded = ()
    text: Worded
    portrait: Path | None = None

    def words(self) -> Iterator[Set]:
        """All words that may be set on the wall."""
        yield from super().words()
        if self.who is not None:
            yield ("from",), self.who, self.language
        yield from paired("role", self.role)
        yield from paired("text", self.text)


def parse_message(text: bytes, source: str, lacks: Lacks = nothing_lacks) -> tuple[Message, Facts]:
    """The message that a file's bytes state, and its facts. `source` is its path, relative to the media folder.

    Its portrait, written relative to the message's own folder, becomes relative to the media folder too. Raises
    PlaylistFaults with every fault, in the order of the file.
    """
    letter, root = read_keys(Letter, text, source, _SHAPELESS)
    faults = list(unset_words(letter, root, source, lacks))
    portrait = _portrait(letter.portrait, source) if letter.portrait else None
    if portrait is not None and (wrong := _why_no_portrait(portrait, letter.portrait)):
        faults.append(Fault(source, *place(root, ("portrait",)), wrong))
    if faults:
        raise PlaylistFaults(tuple(sorted(faults)))
    return Message(letter.text, letter.who, letter.role, portrait), letter.facts()


def _portrait(written: str, source: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), written))


def _why_no_portrait(portrait: str, written: str | None) -> str | None:
    if portrait.startswith(("/", "..")):
        return f"portrait: {said(written)} leaves the media folder; a portrait lies in {_LIE_IN}"
    folder = portrait.partition("/")[0]
    if folder not in FOLDERS or Form.PICTURE not in FOLDERS[folder][1]:
        return f"portrait: {said(written)} lies outside of {_LIE_IN}, where portraits lie"
    if form_of(portrait) is not Form.PICTURE:
        return (
            f"portrait: {said(written)} is no picture by its name; a portrait is one of {', '.join(sorted(PICTURES))}"
        )
    return None
