"""What a file is by its bytes, whatever its name says; and whether it is all there. Nothing here decodes."""

import re
from enum import StrEnum

from projector.errors import MediumRefused

CUT_OFF = "the file ends before the picture does; copy it again"


class Format(StrEnum):
    """The picture formats that are decoded; nothing else ever reaches a decoder."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WebP"
    AVIF = "AVIF"
    HEIF = "HEIF"
    TIFF = "TIFF"


HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
AVIF_BRANDS = frozenset({b"avif", b"avis"})

PICTURES = (
    (b"\xff\xd8\xff", Format.JPEG),
    (b"\x89PNG\r\n\x1a\n", Format.PNG),
    (b"II*\0", Format.TIFF),
    (b"MM\0*", Format.TIFF),
    (b"II+\0", Format.TIFF),
    (b"MM\0+", Format.TIFF),
)

OTHERS = (
    (b"GIF8", "is a GIF; save it as JPEG or PNG"),
    (b"BM", "is a BMP; save it as JPEG or PNG"),
    (b"8BPS", "is a Photoshop file; export it as JPEG or TIFF"),
    (b"\0\0\0\x0cjP  ", "is a JPEG 2000; save it as JPEG or PNG"),
    (b"\0\0\0\x0cJXL ", "is a JPEG XL; save it as JPEG or PNG"),
    (b"\xff\x0a", "is a JPEG XL; save it as JPEG or PNG"),
    (b"%PDF", "is not a picture but a PDF document"),
    (b"%!PS", "is not a picture but a PostScript document"),
    (b"PK\x03\x04", "is not a picture but an archive or an office document (ZIP)"),
    (b"PK\x05\x06", "is not a picture but an empty archive (ZIP)"),
    (b"7z\xbc\xaf", "is not a picture but an archive (7z)"),
    (b"Rar!", "is not a picture but an archive (RAR)"),
    (b"\x1f\x8b", "is not a picture but an archive (gzip)"),
    (b"\xd0\xcf\x11\xe0", "is not a picture but an old office document"),
    (b"\x1aE\xdf\xa3", "is not a picture but a video (Matroska or WebM); videos go into interviews"),
    (b"ID3", "is not a picture but a sound file (MP3)"),
    (b"OggS", "is not a picture but a sound file (Ogg)"),
    (b"fLaC", "is not a picture but a sound file (FLAC)"),
    (b"\x7fELF", "is not a picture but a program"),
    (b"MZ", "is not a picture but a Windows program"),
    (b"SQLite format 3", "is not a picture but a database"),
)

TEXTS = (
    (r"<svg[\s>]", "is not a picture of pixels but a drawing (SVG); export it as PNG"),
    (r"\A\s*(<!doctype\s+html|<html|<head|<body)", "is not a picture but a web page (HTML)"),
    (r"\A\s*<\?xml", "is not a picture but an XML document"),
    (r"", "is not a picture but text"),
)


def format_of(raw: bytes) -> Format:
    """The format of a picture, by its first bytes.

    Raises MediumRefused, saying what it is instead, for everything that is not on the list.
    """
    if not raw:
        raise MediumRefused("the file is empty; copy it again")
    for start, form in PICTURES:
        if raw.startswith(start):
            return form
    if raw[:4] == b"RIFF":
        return _riff(raw)
    if raw[4:8] == b"ftyp":
        return _boxed(raw)
    raise MediumRefused(_what_else(raw))


def check_whole(raw: bytes, form: Format) -> None:
    """Refuse a picture whose file ends early, as far as its structure tells without decoding it."""
    match form:
        case Format.JPEG:
            whole = _jpeg_ends(raw)
        case Format.PNG:
            whole = b"IEND" in raw[8:]
        case Format.WEBP:
            whole = int.from_bytes(raw[4:8], "little") + 8 <= len(raw)
        case Format.AVIF | Format.HEIF:
            whole = _boxes_end(raw)
        case Format.TIFF:
            whole = True  # its pieces lie anywhere; the decoder tells
    if not whole:
        raise MediumRefused(CUT_OFF)


def _riff(raw: bytes) -> Format:
    if raw[8:12] == b"WEBP":
        return Format.WEBP
    inside = {b"WAVE": "a sound file (WAV)", b"AVI ": "a video (AVI)"}.get(raw[8:12], "a RIFF file")
    raise MediumRefused(f"is not a picture but {inside}")


def _boxed(raw: bytes) -> Format:
    """HEIF, AVIF or a film, by the brands that the first box of the file claims."""
    length = min(int.from_bytes(raw[:4], "big"), 256)
    major = raw[8:12]
    brands = {major} | {raw[at : at + 4] for at in range(16, length, 4)}
    if major in AVIF_BRANDS or (major in HEIF_BRANDS and brands & AVIF_BRANDS):
        return Format.AVIF
    if major in HEIF_BRANDS:
        return Format.HEIF
    if major == b"crx ":
        raise MediumRefused("is a raw camera file (CR3); export it as JPEG or TIFF")
    raise MediumRefused("is not a picture but a video (MP4 or QuickTime); videos go into interviews")


def _what_else(raw: bytes) -> str:
    for start, reason in OTHERS:
        if raw.startswith(start):
            return reason
    if not raw.strip(b"\0"):
        return "holds nothing but zeros; copy it again"
    text = _as_text(raw[:4096])
    if text is None:
        return "is not a picture in a format that can be used; save it as JPEG or PNG"
    return next(reason for pattern, reason in TEXTS if re.search(pattern, text, re.IGNORECASE))


def _as_text(start: bytes) -> str | None:
    """The start of a file as text, or None where it is not text. The last character may have been cut."""
    for encoding in ("utf-16",) if start[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("utf-8-sig",):
        text = start.decode(encoding, errors="ignore")
        control = sum(ord(c) < 32 and c not in "\t\n\r\f" for c in text)
        if text and not control and len(text.encode(encoding)) >= len(start) - 4:
            return text
    return None


def _jpeg_ends(raw: bytes) -> bool:
    """Whether an end marker follows the start of the picture's scan.

    The thumbnail in the header has an end of its own, hence the walk. A copy that is half done over space set aside
    for the whole is full of zeros, which decode, without an error, to grey: only the missing end tells.
    """
    at = 2
    while at + 4 <= len(raw) and raw[at] == 0xFF:
        marker = raw[at + 1]
        if marker == 0xDA:
            return raw.find(b"\xff\xd9", at) >= 0
        bare = marker in {0xFF, 0x01} or 0xD0 <= marker <= 0xD8
        at += (1 if marker == 0xFF else 2) if bare else 2 + int.from_bytes(raw[at + 2 : at + 4], "big")
    return at < len(raw)  # not a marker where one should be: damaged, and for the decoder to say


def turned_by_container(raw: bytes) -> bool:
    """Whether a HEIF file says itself how its pictures are turned, by an `irot` or `imir` in its `meta` box."""
    at = 0
    while at + 8 <= len(raw):
        length = int.from_bytes(raw[at : at + 4], "big")
        if raw[at + 4 : at + 8] == b"meta":
            inside = raw[at : at + length]
            return b"irot" in inside or b"imir" in inside
        if length < 8:
            return False  # to the end of the file, or longer than a header box ever is
        at += length
    return False


def _boxes_end(raw: bytes) -> bool:
    """Whether the outermost boxes of an ISO file end where the file does, or before."""
    at = 0
    while at + 8 <= len(raw):
        length = int.from_bytes(raw[at : at + 4], "big")
        if length == 0:
            return True  # to the end of the file, by definition
        if length == 1:
            length = int.from_bytes(raw[at + 8 : at + 16], "big")
        if length < 8:
            return True
        at += length
    return at <= len(raw)
