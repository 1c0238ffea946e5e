"""What stands beside a medium, read: `X.EXT.yaml`, every key of which is optional (FORMATS section 2)."""

from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import ValidationError, model_validator

from projector.errors import Fault, PlaylistFaults
from projector.show.fields import Country, Day, Flag, Language, Part, Worded, Words
from projector.show.lacking import Lacks, no_font_for, nothing_lacks
from projector.show.media import Facts
from projector.show.wording import Path, faults_of, place
from projector.show.yaml_text import Node, nodes_of

Set = tuple[Path, str, str | None]
"""Words that may be set: where in the file they stand, the words, their language."""


class Consent(Part):
    """Where the person agrees to be shown, and the last day of it; None: the show's `consent` decides."""

    wall: Flag | None = None
    stream: Flag | None = None
    until: Day | None = None


class Sidecar(Part):
    """The keys of a sidecar."""

    name: Words | None = None
    country: Country | None = None
    language: Language | None = None
    caption: Worded = ()
    credit: Words | None = None
    consent: Consent = Consent()
    placeholder: Flag = False

    @model_validator(mode="before")
    @classmethod
    def _plain_words_in_their_language(cls, raw: Any) -> Any:
        if not isinstance(raw, dict):
            return raw
        worded = [key for key, field in cls.model_fields.items() if field.annotation == _PAIRS]
        language = raw.get("language") if isinstance(raw.get("language"), str) else "und"
        return raw | {key: {language: raw[key]} for key in worded if isinstance(raw.get(key), str | int | float)}

    def words(self) -> Iterator[Set]:
        """All words that may be set on the wall."""
        yield from _named("name", self.name, self.language)
        yield from paired("caption", self.caption)
        yield from _named("credit", self.credit, self.language)

    def facts(self) -> Facts:
        """What is known of the medium by these keys."""
        return Facts(
            name=self.name,
            country=self.country,
            language=self.language,
            caption=self.caption,
            credit=self.credit,
            wall=self.consent.wall,
            stream=self.consent.stream,
            until=self.consent.until,
            placeholder=self.placeholder,
        )


_PAIRS = Sidecar.model_fields["caption"].annotation
Keys = TypeVar("Keys", bound=Sidecar)


def parse_sidecar(
    text: bytes,
    source: str,
    zone: str | None = None,  # noqa: ARG001  (a day has no zone; whoever asks whether it is over has the show's)
    lacks: Lacks = nothing_lacks,
) -> Facts:
    """The facts that a sidecar's bytes state; none where it is empty. `source` is its path, for the faults.

    Raises PlaylistFaults with every fault, in the order of the file.
    """
    sidecar, root = read_keys(Sidecar, text, source, "a sidecar has keys; write for example name: and a name")
    if unset := list(unset_words(sidecar, root, source, lacks)):
        raise PlaylistFaults(tuple(sorted(unset)))
    return sidecar.facts()


def read_keys(model: type[Keys], text: bytes, source: str, shapeless: str) -> tuple[Keys, Node]:
    """A file of keys as its model, and the tree that knows where each stands. `shapeless` says what one without keys lacks.

    Raises PlaylistFaults with every fault, in the order of the file.
    """
    root, faults = nodes_of(text, source)
    raw = {} if root.value is None and root.kind == "scalar" else root.plain()
    if not isinstance(raw, dict):
        raise PlaylistFaults((*faults, Fault(source, root.line, root.column, shapeless)))
    try:
        read = model.model_validate(raw, context={"source": source})
    except ValidationError as error:
        raise PlaylistFaults(tuple(sorted({*faults, *faults_of(error, root, source, model)}))) from None
    if faults:
        raise PlaylistFaults(tuple(sorted(set(faults))))
    return read, root


def unset_words(keys: Sidecar, root: Node, source: str, lacks: Lacks) -> Iterator[Fault]:
    """A fault for each text with a character that no installed font has."""
    for path, text, language in keys.words():
        if (character := lacks(text, language or "und")) is not None:
            yield Fault(source, *place(root, path), no_font_for(character, language))


def _named(key: str, text: str | None, language: str | None) -> Iterator[Set]:
    if text is not None:
        yield (key,), text, language


def paired(key: str, texts: tuple[tuple[str, str], ...]) -> Iterator[Set]:
    """The texts of a key that has them by language, as words that may be set."""
    yield from (((key, index, 1), text, language) for index, (language, text) in enumerate(texts))
