"""What no single key can see: keys that exclude one another, texts too long for their dwell.

Each check gives paths and messages; a path is that of show.wording, with the kind of a cue after its index. Evenings and events: show.timing.
"""

import math
from collections.abc import Iterator

from projector.clock import Seconds
from projector.show.rundown import (
    PER_PAGE,
    Cue,
    InterviewCue,
    MessageCue,
    MosaicCue,
    PhotoCue,
    Show,
    SlateCue,
    TitleCue,
)
from projector.show.saying import spoken
from projector.show.showings import Texts
from projector.show.timing import mistimed
from projector.show.wording import Found, Path

# Less than this nobody reads three lines in.
PAGE_SECONDS = 2.0


def senseless(show: Show, spoiled: frozenset[str] = frozenset()) -> Iterator[Found]:
    """All that makes no sense together. `spoiled`: keys of the file that are wrong themselves and are not gone into."""
    if "slate" not in spoiled:
        yield from _slate(("slate",), show.slate.text, show.slate.image, needed=True)
    if not spoiled & {"approval", "approvals_needed", "moderators"}:
        yield from _approvals(show)
    if "defaults" not in spoiled:
        yield from _defaults(show)
    for path, cue in cues_of(show):
        yield from _cue(path, cue, show, spoiled)
    yield from mistimed(show, openings_known=not spoiled & {"window", "timezone", "place"})


def cues_of(show: Show) -> Iterator[tuple[Path, Cue]]:
    """Every cue of the loop and the events, and where it stands."""
    for index, cue in enumerate(show.rundown):
        yield ("rundown", index, cue.cue), cue
    for at, event in enumerate(show.events):
        for index, cue in enumerate(event.rundown):
            yield ("events", at, "rundown", index, cue.cue), cue


def _slate(path: Path, text: Texts, image: str | None, *, needed: bool = False) -> Iterator[Found]:
    if text and image:
        yield (*path, "image"), "a slate is text or image, not both; remove one"
    elif needed and not text and not image:
        yield path, "the slate is empty; write slate: {text: {en: We Remember}} or {image: slates/candle.png}"


def _approvals(show: Show) -> Iterator[Found]:
    if show.approval == "signed" and not show.moderators:
        yield ("approval",), "approval: signed needs moderators; name them with their keys under moderators:"
    elif show.approval == "signed" and show.approvals_needed > len(show.moderators):
        yield (
            ("approvals_needed",),
            f"{show.approvals_needed} approvals are needed and {len(show.moderators)} moderators listed",
        )
    owners: dict[str, str] = {}
    for name, moderator in show.moderators.items():
        first = owners.setdefault(moderator.key, name)
        if first != name:
            yield (
                ("moderators", name, "key"),
                f"key: this is the key of {first}, too; each moderator has one of their own",
            )


def _defaults(show: Show) -> Iterator[Found]:
    if show.defaults.transition.seconds > show.defaults.dwell:
        key = "transition" if "transition" in show.defaults.model_fields_set else "dwell"
        yield ("defaults", key), _too_slow(show.defaults.transition.seconds, show.defaults.dwell)


def _too_slow(change: Seconds, dwell: Seconds) -> str:
    return f"the transition takes {spoken(change)} and the dwell is {spoken(dwell)}; the dwell must be as long at least"


def _cue(path: Path, cue: Cue, show: Show, spoiled: frozenset[str]) -> Iterator[Found]:
    match cue:
        case TitleCue():
            yield from _pages(path, cue, cue.text, show, spoiled)
        case SlateCue():
            yield from _slate(path, cue.text, cue.image)
            yield from _pages(path, cue, cue.text, show, spoiled)
        case MosaicCue():
            yield from _mosaic(path, cue, show, spoiled)
        case PhotoCue() | InterviewCue() | MessageCue():
            yield from _file(path, cue)
        case _:
            pass
    dwell_known = cue.dwell is not None or "defaults" not in spoiled
    if not isinstance(cue, InterviewCue) and cue.transition and dwell_known:
        dwell = show.dwell_of(cue)
        if cue.transition.seconds > dwell:
            yield (*path, "transition"), _too_slow(cue.transition.seconds, dwell)


def _pages(path: Path, cue: TitleCue | SlateCue, text: Texts, show: Show, spoiled: frozenset[str]) -> Iterator[Found]:
    pages = math.ceil(len(text) / PER_PAGE)
    dwell = show.dwell_of(cue)
    if pages < 2 or dwell / pages >= PAGE_SECONDS or (cue.dwell is None and "defaults" in spoiled):
        return
    key = "text" if cue.dwell is None else "dwell"
    each = spoken(Seconds(dwell / pages))
    words = f"{len(text)} languages are set in {pages} pages of {PER_PAGE}, and {spoken(dwell)} leave each {each}"
    yield (*path, key), f"{key}: {words}; write dwell: {pages * PAGE_SECONDS:g}s or more"


def _mosaic(path: Path, cue: MosaicCue, show: Show, spoiled: frozenset[str]) -> Iterator[Found]:
    dwell = show.dwell_of(cue)
    if cue.length < dwell and (cue.dwell is not None or "defaults" not in spoiled):
        key = "length" if "length" in cue.model_fields_set else "dwell"
        words = f"the mosaic lasts {spoken(cue.length)}, less than the {spoken(dwell)} of one cell"
        yield (*path, key), f"{key}: {words}; write length: {spoken(dwell)} or more"


def _file(path: Path, cue: PhotoCue | InterviewCue | MessageCue) -> Iterator[Found]:
    if cue.file is None:
        return
    if "count" in cue.model_fields_set:
        yield (*path, "count"), "count and file exclude one another: file is the one that plays; remove one of them"
    if not cue.file.startswith(f"{cue.cue}s/"):
        right = f"{cue.cue}s/{cue.file.rsplit('/', 1)[-1]}"
        yield (
            (*path, "file"),
            f"file: '{cue.file}' is not below {cue.cue}s/; a file is named from the media folder, as {right}",
        )
