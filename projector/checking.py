"""`check`: whether the show can run here. Each finding says what is found, and, where it is not right, what to do."""

import ctypes
import json as jsonlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from projector.clock import Instant, Seconds
from projector.errors import Missing, ProjectorError
from projector.intake.ffmpeg import require_ffmpeg
from projector.ledger.database import Ledger
from projector.ledger.media import picture_bytes, refused
from projector.outlook import Outlook, outlook
from projector.render import screens
from projector.render.fonts import missing, require_text_stack
from projector.render.text import fits
from projector.show.media import Kind
from projector.show.pages import LANGUAGES_TOGETHER
from projector.show.rundown import InterviewCue, MessageCue, TitleCue
from projector.show.saying import spoken
from projector.show.showings import Texts
from projector.showfile import ShowFile
from projector.sound.choice import available
from projector.state import State
from projector.telling import opened
from projector.times import clock_time
from projector.wording import words_of

# What one photo takes in the store where none has been taken yet: a small copy, and a wall-size one.
SMALL_BYTES, WALL_BYTES = 40_000, 450_000
SPARE_BYTES = 2_000_000_000
CLOCK_UNSYNCHRONISED = 5


class Verdict(StrEnum):
    """How a finding is meant."""

    OK = "ok"
    NOTE = "note"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `do` says what to do about it; empty when there is nothing to do."""

    what: str
    verdict: Verdict
    says: str
    do: str = ""


def check(show: Path, given: Path | None, *, as_json: bool, as_is: bool) -> int:
    """Look at everything, say it, and return the exit status: 1 where something is at fault."""
    with opened(show, given, as_is=as_is) as (file, state, ledger):
        seen = outlook(file, state, ledger, until=_first_moment(file))
        findings = [*_all(file, state, ledger, seen)]
    if as_json:
        print(jsonlib.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            print(f"{finding.verdict.value:>5}  {finding.what}: {finding.says}")
            if finding.do:
                print(f"       → {finding.do}")
    return 1 if any(finding.verdict is Verdict.FAULT for finding in findings) else 0


def _first_moment(file: ShowFile) -> Instant | None:
    evenings = file.edition().frame.calendar.evenings
    return evenings[0].opens if evenings else None


def _all(file: ShowFile, state: State, ledger: Ledger, seen: Outlook) -> Iterator[Finding]:
    yield Finding("show file", Verdict.OK, f"{file.show.show}, {len(file.show.rundown)} cues")
    yield from (Finding("show file", Verdict.NOTE, line) for line in file.passed_over())
    yield from _evenings(seen)
    yield from _media(ledger, seen)
    yield from _text(file, seen)
    yield _disk(state, ledger, seen)
    yield from _display()
    yield from _sound()
    wanted = any(isinstance(cue, InterviewCue | MessageCue) for cue in file.show.rundown)
    yield _ffmpeg(wanted)
    yield _vlc(wanted)
    yield _clock()


def _evenings(seen: Outlook) -> Iterator[Finding]:
    zone = seen.file.show.zone.key
    for evening in seen.calendar.evenings:
        opens, closes = clock_time(evening.opens, zone), clock_time(evening.closes, zone)
        yield Finding("window", Verdict.OK, f"{evening.date} from {opens[11:16]} to {closes[11:16]}: {evening.why}")
    if not any(evening.closes > seen.now for evening in seen.calendar.evenings):
        yield Finding(
            "window", Verdict.FAULT, "all evenings are over", "correct window: from: and to: in the show file"
        )


def _media(ledger: Ledger, seen: Outlook) -> Iterator[Finding]:
    photos = [m for m in seen.who.media if m.kind is Kind.PHOTO]
    if photos:
        yield Finding("media", Verdict.OK, f"{len(photos)} photos may be shown")
    else:
        yield Finding(
            "media",
            Verdict.NOTE,
            "there are no photos that may be shown",
            f"put photos into {seen.file.media}/photos; until then the slate stands",
        )
    yield from _clips(seen)
    samples = [m.file for m in seen.who.media if m.facts.placeholder]
    if samples:
        yield Finding(
            "media",
            Verdict.NOTE,
            f"{len(samples)} are placeholders, {samples[0]} among them",
            "`projector show` refuses to start while one is there; `rehearse` does not",
        )
    for file, reason in refused(ledger):
        yield Finding("media", Verdict.FAULT, f"{file}: {reason}", "mend it or take it out of the folder")
    for sha, reason in list(seen.who.refused.items())[:50]:
        yield Finding("media", Verdict.NOTE, f"{seen.files.get(sha, sha[:12])} is not shown: {reason}")


def _clips(seen: Outlook) -> Iterator[Finding]:
    """Interviews and messages: how many, how long, which are silent, which lack subtitles that the show asks for."""
    for kind, name in ((Kind.INTERVIEW, "interviews"), (Kind.MESSAGE, "messages")):
        media = [m for m in seen.who.media if m.kind is kind]
        if media:
            lasting = round(sum(m.clip.seconds for m in media if m.clip is not None))
            clips = f"; the clips among them last {spoken(Seconds(lasting))} in all" if lasting else ""
            yield Finding("media", Verdict.OK, f"{len(media)} {name} may be shown{clips}")
    for medium in seen.who.media:
        if medium.clip is None:
            continue
        if not medium.clip.sound:
            yield Finding("media", Verdict.NOTE, f"{medium.file} has no sound: it is shown silent")
        there = dict(medium.subtitles)
        lacking = [language for language in seen.file.show.subtitles if language not in there]
        if medium.kind is Kind.INTERVIEW and lacking:
            stem = medium.file.rpartition(".")[0]
            yield Finding(
                "media",
                Verdict.NOTE,
                f"{medium.file} has no subtitles in {' and '.join(lacking)}",
                f"put {stem}.{lacking[0]}.srt beside it, or leave it as it is",
            )


def _text(file: ShowFile, seen: Outlook) -> Iterator[Finding]:
    """Every text that the show can set: is there a font for each character, and can it be set large enough."""
    try:
        require_text_stack()
    except Missing as lack:
        yield Finding("text", Verdict.FAULT, str(lack).removesuffix(lack.remedy).strip(), lack.remedy)
        return
    texts = [("slate", file.show.slate.text or (("en", file.show.show),))]
    texts += [
        (f"title (cue {i + 1})", cue.text) for i, cue in enumerate(file.show.rundown) if isinstance(cue, TitleCue)
    ]
    bad = False
    for where, text in texts:
        for finding in _set(where, text, file):
            bad = True
            yield finding
    words = words_of(file.show.languages)
    for medium in seen.who.media:
        for line in words(medium, ("name", "caption", "credit")):
            if (character := missing(line, medium.facts.language or "en")) is not None:
                bad = True
                yield Finding(
                    "text", Verdict.FAULT, f"{medium.file}: no installed font has {_named(character)}", _FONTS
                )
    if not bad:
        languages = dict.fromkeys(language for _, text in texts for language, _ in text)
        yield Finding("text", Verdict.OK, f"fonts are there for {', '.join(languages)}")


_FONTS = "apt install fonts-noto-core fonts-noto-cjk fonts-noto-extra, or write it otherwise"


def _set(where: str, text: Texts, file: ShowFile) -> Iterator[Finding]:
    for language, line in text:
        if (character := missing(line, language)) is not None:
            yield Finding(
                "text", Verdict.FAULT, f"{where}, {language}: no installed font has {_named(character)}", _FONTS
            )
            return
    for i in range(0, len(text), LANGUAGES_TOGETHER):
        page = text[i : i + LANGUAGES_TOGETHER]
        if not fits(page, file.show.canvas):
            languages = ", ".join(language for language, _ in page)
            yield Finding(
                "text",
                Verdict.FAULT,
                f"{where}: the text in {languages} is too long to be read from afar",
                "make it shorter, or put it into titles of its own",
            )


def _named(character: str) -> str:
    return f"'{character}' ({' '.join(f'U+{ord(sign):04X}' for sign in character)})"


def _disk(state: State, ledger: Ledger, seen: Outlook) -> Finding:
    """Room for the copies of the photos there are, and some to spare."""
    photos = sum(m.kind is Kind.PHOTO for m in seen.media)
    have = picture_bytes(ledger)
    full_screen = any(block.cells == 1 for block in seen.showings.blocks)
    needed = max(0, photos * (SMALL_BYTES + (WALL_BYTES if full_screen else 0)) - have) + SPARE_BYTES
    free = shutil.disk_usage(state.root).free
    says = f"{free / 1e9:.1f} GB free on {state.root}, {needed / 1e9:.1f} GB needed ({needed} bytes)"
    if free < needed:
        return Finding(
            "disk",
            Verdict.FAULT,
            says,
            f"make room, or put the state on a larger disk: --state DIR (needed: {needed} bytes)",
        )
    return Finding("disk", Verdict.OK, says)


def _display() -> Iterator[Finding]:
    if os.environ.get("PROJECTOR_HEADLESS", "") not in {"", "0"} or not os.environ.get("DISPLAY"):
        yield Finding(
            "display",
            Verdict.NOTE,
            "there is no display: the wall would be drawn off screen",
            "start X, or set DISPLAY, on the machine at the wall",
        )
        return
    try:
        for number, screen in enumerate(screens.screens(), 1):
            at = f"{screen.width}x{screen.height} at {screen.x},{screen.y}, {screen.hz:g} Hz"
            yield Finding("display", Verdict.OK, f"{number}: {screen.name} {at}{', primary' if screen.primary else ''}")
    except ProjectorError as error:
        yield Finding("display", Verdict.FAULT, str(error), "see to it that the display is on and DISPLAY is right")


def _sound() -> Iterator[Finding]:
    """The devices that `--sound` may name."""
    try:
        there = available()
    except Missing as lack:
        yield Finding("sound", Verdict.NOTE, str(lack).removesuffix(lack.remedy).strip(), lack.remedy)
        return
    for device in there:
        default = ", the default" if device.is_default else ""
        yield Finding("sound", Verdict.OK, f"{device.number}: {device.name}{default}")
    if not there:
        yield Finding(
            "sound",
            Verdict.NOTE,
            "there is no sound device: interviews would be silent",
            "see to its driver, or start with --sound none",
        )


def _ffmpeg(wanted: bool) -> Finding:
    """What makes the copies of clips: without it a show of clips cannot be."""
    try:
        require_ffmpeg()
    except Missing as lack:
        says = str(lack).removesuffix(lack.remedy).strip()
        return Finding("ffmpeg", Verdict.FAULT if wanted else Verdict.NOTE, says, lack.remedy)
    return Finding("ffmpeg", Verdict.OK, "ffmpeg and ffprobe are there")


def _vlc(wanted: bool) -> Finding:
    """What plays clips."""
    try:
        import vlc  # noqa: PLC0415  its import is what fails where libVLC is missing
    except (OSError, NotImplementedError, ImportError):
        return Finding(
            "libVLC",
            Verdict.FAULT if wanted else Verdict.NOTE,
            "libVLC is not installed; clips cannot be played without it",
            "apt install libvlc5 vlc-plugin-base",
        )
    return Finding("libVLC", Verdict.OK, f"{vlc.libvlc_get_version().decode()}")


def _clock() -> Finding:
    """Whether the kernel's clock is disciplined by somebody (NTP)."""
    libc = ctypes.CDLL(None, use_errno=True)
    timex = (ctypes.c_byte * 256)()
    state = libc.adjtimex(ctypes.byref(timex))
    if state == CLOCK_UNSYNCHRONISED:
        return Finding(
            "clock",
            Verdict.NOTE,
            "the system's clock is not synchronised",
            "apt install chrony, and see that it reaches a time server",
        )
    return Finding("clock", Verdict.OK, "the system's clock is synchronised")
