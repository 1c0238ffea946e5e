"""What stands beside a medium, read: `X.EXT.yaml`, every key of which is optional (FORMATS section 2)."""

from typing import Any

from pydantic import ValidationError, model_validator

from projector.errors import Fault, PlaylistFaults
from projector.show.fields import Country, Day, Flag, Language, Part, Worded, Words
from projector.show.media import Facts
from projector.show.wording import faults_of
from projector.show.yaml_text import nodes_of


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
    def _plain_caption_in_its_language(cls, raw: Any) -> Any:
        if not isinstance(raw, dict) or not isinstance(raw.get("caption"), str | int | float):
            return raw
        language = raw.get("language")
        return raw | {"caption": {language if isinstance(language, str) else "und": raw["caption"]}}


def parse_sidecar(
    text: bytes,
    source: str,
    zone: str | None = None,  # noqa: ARG001  (a day has no zone; whoever asks whether it is over has the show's)
) -> Facts:
    """The facts that a sidecar's bytes state; none where it is empty. `source` is its path, for the faults.

    Raises PlaylistFaults with every fault, in the order of the file.
    """
    root, faults = nodes_of(text, source)
    raw = {} if root.value is None and root.kind == "scalar" else root.plain()
    if not isinstance(raw, dict):
        where = (source, root.line, root.column)
        raise PlaylistFaults((*faults, Fault(*where, "a sidecar has keys; write for example name: and a name")))
    try:
        sidecar = Sidecar.model_validate(raw, context={"source": source})
    except ValidationError as error:
        raise PlaylistFaults(tuple(sorted({*faults, *faults_of(error, root, source, Sidecar)}))) from None
    if faults:
        raise PlaylistFaults(tuple(sorted(set(faults))))
    return _facts(sidecar)


def _facts(sidecar: Sidecar) -> Facts:
    consent = sidecar.consent
    return Facts(
        name=sidecar.name,
        country=sidecar.country,
        language=sidecar.language,
        caption=sidecar.caption,
        credit=sidecar.credit,
        wall=consent.wall,
        stream=consent.stream,
        until=consent.until,
        placeholder=sidecar.placeholder,
    )
