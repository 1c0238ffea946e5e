"""Subtitles read: SRT and WebVTT text to words with their times. Text in, values out; nothing is guessed.

What says how words look or where they stand (tags, colours, positions) is left out: the wall sets them its own way.
"""

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise

from projector.clock import Seconds
from projector.errors import Fault, PlaylistFaults
from projector.show.lacking import Lacks, no_font_for, nothing_lacks
from projector.show.media import Subtitle

MOST_BYTES = 2_000_000
MOST_CUES = 10_000
MOST_SIGNS = 500
MOST_FAULTS = 3  # a file of another kind has as many faults as lines

_STAMP = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})(?:[,.](\d{1,3}))?"
_TIMES = re.compile(rf"\s*{_STAMP}\s*-->\s*{_STAMP}(?:\s.*)?")
_NEARLY = re.compile(r"\s*\d{1,3}:\d{2}(?::\d{2})?(?:[,.]\d+)?\s*[-–—=]*\s*[>→].*")
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_NUMBER = re.compile(r"\s*\d+\s*")
_SRT_TAG = re.compile(r"</?(?:b|i|u|s|font)\b[^<>]*>|\{\\[^{}]*\}", re.IGNORECASE)
_VTT_TAG = re.compile(r"<[^<>]*>")
_VTT_ASIDE = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s.*)?")

Lines = list[tuple[int, str]]
"""Lines of the file with their numbers, from 1."""


@dataclass(frozen=True, slots=True)
class _Cue:
    """The words that follow a line of times, line by line, and where that line stands."""

    line: int
    times: str
    words: list[str]


class _Wrong(ValueError):
    """A fault at a line."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def parse_subtitles(
    raw: bytes, source: str, language: str = "und", lacks: Lacks = nothing_lacks
) -> tuple[Subtitle, ...]:
    """The subtitles of a file, in order of their start; `source` is its path, whose ending says whether it is SRT or WebVTT.

    Raises PlaylistFaults with the first of its faults, each with its line.
    """
    try:
        cues = list(_cues(_lines(raw), webvtt=source.lower().endswith(".vtt")))
    except _Wrong as wrong:
        raise PlaylistFaults((Fault(source, wrong.line, 1, str(wrong)),)) from None
    read: list[tuple[int, Subtitle]] = []
    faults: list[Fault] = []
    for cue in cues:
        try:
            read += _subtitle(cue, webvtt=source.lower().endswith(".vtt"))
        except _Wrong as wrong:
            faults.append(Fault(source, wrong.line, 1, str(wrong)))
    faults += [Fault(source, line, 1, message) for line, message in _unset(read, language, lacks)]
    if faults:
        raise PlaylistFaults(tuple(sorted(faults)[:MOST_FAULTS]))
    return tuple(sorted((subtitle for _, subtitle in read), key=lambda subtitle: subtitle.start))


def _lines(raw: bytes) -> list[str]:
    if len(raw) > MOST_BYTES:
        raise _Wrong(1, f"the file is larger than {MOST_BYTES // 1_000_000} MB, which no subtitles need to be")
    try:
        text = raw.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = len(re.split(rb"\r\n|\r|\n", raw[: error.start]))
        raise _Wrong(line, f"byte 0x{raw[error.start]:02x} is not UTF-8; save the file as UTF-8") from None
    return re.split("\r\n|\r|\n", text)


def _cues(lines: list[str], *, webvtt: bool) -> Iterator[_Cue]:
    numbered = list(enumerate(lines, 1))
    headed = lines[0].split()[:1] == ["WEBVTT"]
    if webvtt and not headed:
        raise _Wrong(1, "a WebVTT file begins with the line WEBVTT; add it, or name the file .srt if it is SRT")
    if headed and not webvtt:
        raise _Wrong(1, "this is WebVTT and not SRT; let the file's name end in .vtt")
    if not webvtt and not any("-->" in line for line in lines):
        raise _Wrong(1, "there are no subtitles in it; each has a line of times, as 00:00:01,000 --> 00:00:04,000")
    cues = _in_blocks(numbered) if webvtt else _by_times(numbered)
    for number, cue in enumerate(cues, 1):
        if number > MOST_CUES:
            raise _Wrong(
                cue.line, f"more than {MOST_CUES} subtitles begin before this line; no interview needs as many"
            )
        yield cue


def _by_times(lines: Lines) -> Iterator[_Cue]:
    """SRT: a cue goes from its times to the next one's number. Files in the field have empty lines in a cue, or no numbers."""
    starts = [at for at, (_, line) in enumerate(lines) if "-->" in line]
    before = _without_number(lines[: starts[0]])
    if stray := next((number for number, line in before if line.strip()), None):
        raise _Wrong(stray, "these words come before any times; each subtitle begins with its number and its times")
    for at, after in zip(starts, [*starts[1:], None], strict=True):
        words = lines[at + 1 : after]
        yield _Cue(*lines[at], [line for _, line in (words if after is None else _without_number(words))])


def _without_number(lines: Lines) -> Lines:
    """What stands before a line of times, without the number that belongs to it: digits alone after an empty line."""
    alone = len(lines) == 1 or (len(lines) > 1 and not lines[-2][1].strip())
    return lines[:-1] if lines and alone and _NUMBER.fullmatch(lines[-1][1]) else lines


def _in_blocks(lines: Lines) -> Iterator[_Cue]:
    """WebVTT: blocks between empty lines; the first is the header, some are asides, a cue may have a name of its own."""
    blocks = [list(block) for filled, block in groupby(lines, key=lambda line: bool(line[1].strip())) if filled]
    for block in blocks[1:]:
        if _VTT_ASIDE.fullmatch(block[0][1]):
            continue
        at = next((at for at, (_, line) in enumerate(block[:2]) if "-->" in line), None)
        if at is None:
            raise _Wrong(block[0][0], "these words have no times; there is no empty line within a subtitle of WebVTT")
        yield _Cue(*block[at], [line for _, line in block[at + 1 :]])


def _subtitle(cue: _Cue, *, webvtt: bool) -> Iterator[tuple[int, Subtitle]]:
    """What a cue says, with its line; nothing where it has no words or stands for no time."""
    times = _TIMES.fullmatch(cue.times)
    if times is None:
        raise _Wrong(cue.line, f"'{cue.times.strip()[:40]}' are no times; write 00:00:01,000 --> 00:00:04,000")
    start, end = _seconds(cue.line, times.groups()[:4]), _seconds(cue.line, times.groups()[4:])
    if nearly := next((line for line in cue.words if _NEARLY.fullmatch(line)), None):
        raise _Wrong(cue.line, f"'{nearly.strip()[:40]}' stands in this subtitle; if it is times, write them with -->")
    if end < start:
        raise _Wrong(cue.line, "this subtitle ends before it begins; look at its times")
    tag = _VTT_TAG if webvtt else _SRT_TAG
    words = [tag.sub("", line) for line in cue.words]
    text = "\n".join(filter(None, (" ".join((html.unescape(w) if webvtt else w).split()) for w in words)))
    if len(text) > MOST_SIGNS:
        raise _Wrong(cue.line, f"this subtitle has {len(text)} signs; {MOST_SIGNS} are the most")
    if sign := _CONTROL.search(text):
        raise _Wrong(cue.line, f"the control character U+{ord(sign[0]):04X} stands in this subtitle; remove it")
    if "\ufffd" in text:
        raise _Wrong(
            cue.line, "a character of this subtitle was lost when the file was converted (U+FFFD); write it again"
        )
    if text and end > start:
        yield cue.line, Subtitle(start, end, unicodedata.normalize("NFC", text))


def _seconds(line: int, parts: tuple[str | None, ...]) -> Seconds:
    hours, minutes, seconds, fraction = parts
    if int(minutes or 0) > 59 or int(seconds or 0) > 59:
        raise _Wrong(line, "minutes and seconds of a time go to 59")
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return Seconds(whole + int((fraction or "0").ljust(3, "0")) / 1000)


def _unset(read: list[tuple[int, Subtitle]], language: str, lacks: Lacks) -> Iterator[tuple[int, str]]:
    """A line and what is wrong with it for each subtitle that cannot be set."""
    if lacks(" ".join(_samples({word for _, subtitle in read for word in subtitle.text.split()})), language) is None:
        return
    for line, subtitle in read:
        if (character := lacks(subtitle.text, language)) is not None:
            yield line, no_font_for(character, language)


def _samples(vocabulary: set[str]) -> Iterator[str]:
    """Words that hold every character of a vocabulary: a long interview has thousands of words and few characters."""
    seen: set[str] = set()
    marks = {sign for sign in set().union(*vocabulary) if unicodedata.category(sign)[0] == "M"}
    for word in sorted(vocabulary):
        # A mark counts with what it stands on: fonts have one and not the other.
        parts = set(word) | {a + b for a, b in pairwise(word) if b in marks} if marks else set(word)
        if not parts <= seen:
            seen |= parts
            yield word
