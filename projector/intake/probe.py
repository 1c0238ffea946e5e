"""What a clip says of itself, asked of ffprobe: its picture, its sound, and whether it is one that can be taken."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from projector.clock import Seconds
from projector.errors import MediumRefused
from projector.intake.clip_content import PROTECTED, Demuxer, demuxer_of
from projector.intake.ffmpeg import Ended, ffprobe, heard
from projector.show.picture import Size

MOST_BYTES = 60_000_000_000
MOST_SECONDS = Seconds(4 * 3600.0)
MOST_SIDE = 8192
LEAST_SIDE = 16
LONGEST_ANSWER = 4_000_000

# The decoders that are ever run. What cameras, telephones and editors write; none that only games and old discs need.
PICTURE_CODECS = frozenset(
    [
        "h264",
        "hevc",
        "vp8",
        "vp9",
        "av1",
        "mpeg4",
        "mpeg2video",
        "mpeg1video",
        "prores",
        "dnxhd",
        "cfhd",
        "dvvideo",
        "mjpeg",
        "h263",
        "qtrle",
        "png",
        "rawvideo",
        "v210",
        "v410",
        "ffv1",
        "utvideo",
        "huffyuv",
        "svq1",
        "svq3",
        "theora",
        "msmpeg4v3",
    ]
)
SOUND_CODECS = frozenset(
    [
        "aac",
        "mp3",
        "mp2",
        "ac3",
        "eac3",
        "dts",
        "opus",
        "vorbis",
        "flac",
        "alac",
        "amr_nb",
        "amr_wb",
        "adpcm_ima_qt",
        "pcm_s16le",
        "pcm_s16be",
        "pcm_s24le",
        "pcm_s24be",
        "pcm_s32le",
        "pcm_s32be",
        "pcm_f32le",
        "pcm_f32be",
        "pcm_f64le",
        "pcm_f64be",
        "pcm_u8",
        "pcm_s8",
        "pcm_alaw",
        "pcm_mulaw",
    ]
)
# Words beside the picture are never decoded; but ffprobe opens a decoder for whatever it meets.
WORDS_CODECS = frozenset(
    ["subrip", "srt", "ass", "ssa", "mov_text", "webvtt", "text", "dvdsub", "pgssub", "dvbsub", "cc_dec"]
)
OTHER_NAMES = frozenset(
    ["libdav1d", "libvpx", "libvpx-vp9", "libopus", "mp3float", "mp2float", "amrnb", "amrwb", "dca", "libaom-av1"]
)
DECODERS = ",".join(sorted(PICTURE_CODECS | SOUND_CODECS | WORDS_CODECS | OTHER_NAMES))

ASKED = (
    "stream=index,codec_type,codec_name,codec_tag_string,width,height,sample_aspect_ratio,r_frame_rate,avg_frame_rate,"
    "field_order,pix_fmt,color_range,color_space,color_transfer,color_primaries,start_time,duration"
    ":stream_disposition=attached_pic,timed_thumbnails,default:stream_tags=alpha_mode,DURATION"
    ":stream_side_data=side_data_type,rotation,dv_profile,dv_bl_signal_compatibility_id:format=duration,start_time"
)
LOCKED = frozenset({"encv", "enca", "drmi", "drms", "drmt"})
INTERLACED = frozenset({"tt", "bb", "tb", "bt"})
NOT_LISTED = re.compile(r"Codec \((\w+)\) not on whitelist")
CLOCK = re.compile(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class Colours:
    """How a picture's numbers mean colours, as its stream says it; "" where it says nothing (ffmpeg's names)."""

    pixels: str
    matrix: str = ""
    primaries: str = ""
    transfer: str = ""
    full: bool = False


@dataclass(frozen=True, slots=True)
class PictureStream:
    """The moving picture of a clip.

    `size` is as coded; `aspect` that of a pixel; `turn` the degrees to turn it by; `average` and `finest` rates, 0 if
    not known; `start` and `seconds` (None: not declared) of the clip's own time.
    """

    index: int
    codec: str
    size: Size
    aspect: Fraction
    turn: int
    average: Fraction
    finest: Fraction
    interlaced: bool
    colours: Colours
    alpha: bool
    start: float
    seconds: float | None


@dataclass(frozen=True, slots=True)
class SoundStream:
    """The sound of a clip; `start` in the clip's own time."""

    index: int
    start: float


@dataclass(frozen=True, slots=True)
class Source:
    """A clip that may be taken, as far as its headers tell; `seconds` is what the whole file declares, if anything."""

    path: Path
    demuxer: Demuxer
    picture: PictureStream
    sound: SoundStream | None
    seconds: float | None

    @property
    def opening(self) -> tuple[str, ...]:
        """Ffmpeg's options that open it: one demuxer, no other file, its time stamps as they are, few threads."""
        decoder = ("-c:v", "libvpx-vp9" if self.picture.codec == "vp9" else "libvpx") if self._alpha_beside else ()
        return ("-copyts", *opening(self.path, self.demuxer), "-threads", "4", *decoder, "-i", f"file:{self.path}")

    @property
    def _alpha_beside(self) -> bool:
        """WebM keeps alpha in a stream beside the picture, which only one decoder reads."""
        return self.picture.alpha and self.picture.codec in {"vp8", "vp9"}


def opening(path: Path, demuxer: Demuxer) -> tuple[str, ...]:
    """The options that let ffmpeg and ffprobe read this file and reach nothing else."""
    if not path.is_absolute():
        raise ValueError(path)
    return ("-protocol_whitelist", "file", "-format_whitelist", demuxer, "-codec_whitelist", DECODERS, "-f", demuxer)


def probe(path: Path) -> Source:
    """Ask what a file is. Raises MediumRefused for everything that is no clip with a picture of a sane size."""
    if path.stat().st_size > MOST_BYTES:
        raise MediumRefused(f"is too large: the limit is {MOST_BYTES / 1e9:.0f} GB; save it smaller")
    demuxer = demuxer_of(path)
    options = (*opening(path, demuxer), "-show_entries", ASKED, "-of", "json", f"file:{path}")
    ended, answer = heard(ffprobe(*options), LONGEST_ANSWER)
    if ended.code:
        raise MediumRefused(_why_unread(ended))
    told = json.loads(answer)
    streams: list[dict[str, Any]] = told.get("streams", [])
    _check_open(streams)
    declared = _number(told.get("format", {}).get("duration"))
    if declared is not None and declared > MOST_SECONDS:
        raise MediumRefused(
            f"lasts {declared / 3600:.1f} hours; the limit is {MOST_SECONDS / 3600:.0f}; cut it shorter"
        )
    return Source(path, demuxer, _picture(streams), _sound(streams), declared)


def _why_unread(ended: Ended) -> str:
    said = " ".join(ended.complaints)
    if other := NOT_LISTED.search(said):
        return f"part of it is coded in a way that is not decoded here ({other[1]}); save it as MP4 (H.264)"
    if "moov atom not found" in said:
        return "has no table of contents (its end is missing); it is cut off, copy it again"
    if "EBML" in said or "End of file" in said:
        return "ends before its first picture; it is cut off, copy it again"
    return "cannot be read as a clip; it is damaged, copy it again or save it as MP4 (H.264)"


def _check_open(streams: Iterable[dict[str, Any]]) -> None:
    if any(stream.get("codec_tag_string") in LOCKED for stream in streams):
        raise MediumRefused(PROTECTED)


def _picture(streams: list[dict[str, Any]]) -> PictureStream:
    moving = [one for one in streams if one.get("codec_type") == "video" and not _is_cover(one)]
    if not moving:
        if any(one.get("codec_type") == "audio" for one in streams):
            raise MediumRefused("has sound but no picture; a clip needs both, or a picture alone")
        raise MediumRefused("has neither picture nor sound; copy it again")
    told = moving[0]
    codec = told.get("codec_name", "unknown")
    if codec not in PICTURE_CODECS:
        raise MediumRefused(f"its picture is coded in a way that is not decoded here ({codec}); save it as MP4 (H.264)")
    beside = told.get("side_data_list", [])
    _check_dolby(beside)
    size = Size(int(told.get("width", 0)), int(told.get("height", 0)))
    _check_size(size)
    pixels = told.get("pix_fmt", "")
    return PictureStream(
        index=int(told["index"]),
        codec=codec,
        size=size,
        aspect=_aspect(told.get("sample_aspect_ratio", "")),
        turn=_turn(beside),
        average=_ratio(told.get("avg_frame_rate", ""), "/"),
        finest=_ratio(told.get("r_frame_rate", ""), "/"),
        interlaced=told.get("field_order") in INTERLACED,
        colours=Colours(
            pixels,
            _said(told, "color_space"),
            _said(told, "color_primaries"),
            _said(told, "color_transfer"),
            full=told.get("color_range") == "pc" or pixels.startswith("yuvj"),
        ),
        alpha=_has_alpha(pixels) or told.get("tags", {}).get("alpha_mode") == "1",
        start=_number(told.get("start_time")) or 0.0,
        seconds=_declared(told),
    )


def _sound(streams: list[dict[str, Any]]) -> SoundStream | None:
    """The sound that the file says is played by default, else its first."""
    sounds = [one for one in streams if one.get("codec_type") == "audio"]
    if not sounds:
        return None
    told = max(sounds, key=lambda one: one.get("disposition", {}).get("default", 0))
    codec = told.get("codec_name", "unknown")
    if codec not in SOUND_CODECS:
        raise MediumRefused(f"its sound is coded in a way that is not decoded here ({codec}); save it as MP4 with AAC")
    return SoundStream(int(told["index"]), _number(told.get("start_time")) or 0.0)


def _is_cover(stream: dict[str, Any]) -> bool:
    """Whether a picture is the cover of an album or a thumbnail, and does not move."""
    set_out = stream.get("disposition", {})
    return bool(set_out.get("attached_pic") or set_out.get("timed_thumbnails"))


def _check_size(size: Size) -> None:
    if max(size.width, size.height) > MOST_SIDE:
        raise MediumRefused(
            f"is too large: {size.width} × {size.height} pixels, the limit is {MOST_SIDE} a side; save it smaller"
        )
    if min(size.width, size.height) < LEAST_SIDE:
        raise MediumRefused(f"is too small: {size.width} × {size.height} pixels, each side needs {LEAST_SIDE} or more")


def _check_dolby(beside: Iterable[dict[str, Any]]) -> None:
    """Dolby Vision that no other player can show has colours of its own; with a base layer it is plain HDR."""
    if any(one.get("dv_profile") == 5 and not one.get("dv_bl_signal_compatibility_id") for one in beside):
        raise MediumRefused("is in Dolby Vision without a plain picture beneath; export it without HDR")


def _turn(beside: Iterable[dict[str, Any]]) -> int:
    """Degrees, to the nearest quarter."""
    turns = [one["rotation"] for one in beside if "rotation" in one]
    return round(float(turns[0]) / 90) * 90 % 360 if turns else 0


def _declared(stream: dict[str, Any]) -> float | None:
    """How long a stream says it is: MP4 in a field, Matroska in a tag."""
    if (seconds := _number(stream.get("duration"))) is not None:
        return seconds
    found = CLOCK.fullmatch(stream.get("tags", {}).get("DURATION", ""))
    if found is None:
        return None
    # The tag names the end in the clip's time, not the length.
    end = int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3])
    return end - (_number(stream.get("start_time")) or 0.0)


def _aspect(text: str) -> Fraction:
    """That of a pixel; square where the stream does not say, or says what cannot be."""
    aspect = _ratio(text, ":")
    return aspect if Fraction(1, 8) <= aspect <= 8 else Fraction(1)


def _ratio(text: str, sign: str) -> Fraction:
    above, _, below = text.partition(sign)
    return Fraction(int(above), int(below)) if above.isdecimal() and below.isdecimal() and int(below) else Fraction(0)


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None


def _said(stream: dict[str, Any], key: str) -> str:
    value = str(stream.get(key, ""))
    return "" if value in {"unknown", "unspecified", "reserved"} else value


def _has_alpha(pixels: str) -> bool:
    return pixels.startswith(("yuva", "gbrap", "rgba", "bgra", "argb", "abgr", "ya8", "ya16", "pal8"))
