"""What a clip is by its first bytes, whatever its name says. Only what is named here ever reaches a demuxer."""

import re
from enum import StrEnum
from pathlib import Path

from projector.errors import MediumRefused

PROTECTED = "is protected against copying (DRM); ask for a copy without"
# Boxes of an MP4 that speak of its encryption; they stand in its table of contents, at one end of the file.
LOCKS = (b"senc", b"tenc", b"schm", b"pssh")
NEAR_AN_END = 4_000_000
WANTED = "is not a clip (MP4, MOV, MKV, WebM)"


class Demuxer(StrEnum):
    """The two demuxers of ffmpeg that are ever run, by its names for them."""

    MOV = "mov"
    MATROSKA = "matroska"


BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"moof", b"styp", b"sidx"})
PICTURE_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"avif", b"crx "})

OTHERS = (
    (b"GIF8", "a GIF; save it as MP4"),
    (b"\xff\xd8\xff", "a picture (JPEG); pictures go into photos"),
    (b"\x89PNG", "a picture (PNG); pictures go into photos"),
    (b"II*\0", "a picture (TIFF); pictures go into photos"),
    (b"MM\0*", "a picture (TIFF); pictures go into photos"),
    (b"ID3", "a sound file (MP3)"),
    (b"\xff\xfb", "a sound file (MP3)"),
    (b"OggS", "an Ogg file; save it as MP4"),
    (b"fLaC", "a sound file (FLAC)"),
    (b"FLV", "a Flash video; save it as MP4"),
    (b"\x30\x26\xb2\x75", "a Windows Media file; save it as MP4"),
    (b"\0\0\1\xba", "an MPEG programme stream; save it as MP4"),
    (b"\0\0\1\xb3", "an MPEG stream; save it as MP4"),
    (b"\x06\x0e\x2b\x34", "an MXF file; save it as MP4"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "an archive or an office document (ZIP)"),
    (b"\x1f\x8b", "an archive (gzip)"),
    (b"7z\xbc\xaf", "an archive (7z)"),
    (b"Rar!", "an archive (RAR)"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a Windows program"),
)

TEXTS = (
    (r"\A\s*#EXTM3U|\A\s*ffconcat|^\s*file\s|^\s*\w+://", "a playlist, a text that names other files"),
    (r"\A\s*(<!doctype\s+html|<html|<head|<body)", "a web page (HTML)"),
    (r"\A\s*<\?xml|\A\s*<\w", "an XML document"),
    (r"", "text"),
)


def demuxer_of(path: Path) -> Demuxer:
    """What reads a file, by its first bytes. Raises MediumRefused, saying what the file is instead."""
    with path.open("rb") as file:
        start = file.read(4096)
    if not start:
        raise MediumRefused("the file is empty; copy it again")
    if start.startswith(b"\x1aE\xdf\xa3"):
        return Demuxer.MATROSKA
    if start[4:8] in BOXES:
        if start[4:8] == b"ftyp" and start[8:12] in PICTURE_BRANDS:
            raise MediumRefused(f"{WANTED} but a picture (HEIF or AVIF); pictures go into photos")
        return Demuxer.MOV
    raise MediumRefused(_what_else(start))


def speaks_of_locks(path: Path) -> bool:
    """Whether a file that cannot be decoded says why: that it is encrypted. By chance a sound one may seem to."""
    with path.open("rb") as file:
        start = file.read(NEAR_AN_END)
        file.seek(max(0, path.stat().st_size - NEAR_AN_END))
        end = file.read(NEAR_AN_END)
    return any(lock in start or lock in end for lock in LOCKS)


def _what_else(start: bytes) -> str:
    if not start.strip(b"\0"):
        return "holds nothing but zeros; copy it again"
    if start[:4] == b"RIFF":
        kind = {b"AVI ": "an AVI; save it as MP4", b"WAVE": "a sound file (WAV)"}.get(start[8:12], "a RIFF file")
        return f"{WANTED} but {kind}"
    if start[:2] == b"G@" or start[:1] == start[188:189] == b"G":
        return f"{WANTED} but an MPEG transport stream; save it as MP4"
    for sign, kind in OTHERS:
        if start.startswith(sign):
            return f"{WANTED} but {kind}"
    text = _as_text(start)
    if text is None:
        return f"{WANTED}; save it as MP4"
    return f"{WANTED} but " + next(kind for sign, kind in TEXTS if re.search(sign, text, re.IGNORECASE | re.MULTILINE))


def _as_text(start: bytes) -> str | None:
    """The start of a file as text, or None where it is not text. The last character may have been cut."""
    encoding = "utf-16" if start[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    text = start.decode(encoding, errors="ignore")
    control = sum(ord(sign) < 32 and sign not in "\t\n\r\f" for sign in text)
    return text if text and not control and len(text.encode(encoding)) >= len(start) - 4 else None
