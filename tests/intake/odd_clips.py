"""Clips made for tests, each odd in one way, by ffmpeg from nothing: four coloured corners and a tone. They show nobody.

`clip(name, folder)` makes one. Upright is red at the top left, green at the top right, blue and white beneath.
"""

import shlex
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

RED, GREEN, BLUE, WHITE = (200, 40, 40), (30, 170, 50), (40, 50, 200), (225, 225, 225)
SECONDS = 1
NAMED = "format=gbrp,setparams=colorspace=gbr:color_primaries=bt709:color_trc=bt709:range=full"
HLS = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{address}/one.ts\n#EXT-X-ENDLIST\n"
CONCAT = "ffconcat version 1.0\nfile '{address}/one.mp4'\nfile /etc/hostname\n"
PAGE = "<!DOCTYPE html>\n<html><head><title>404</title></head><body>Not found</body></html>\n"


def box(colour: tuple[int, int, int], x: str, y: str) -> str:
    return f"drawbox=x={x}:y={y}:w=iw/2:h=ih/2:c=0x{bytes(colour).hex()}:t=fill"


def corners(size: str = "160x120", rate: str = "25", seconds: float = SECONDS, after: str = "") -> str:
    """An input with the four corners, in RGB, and filters after it."""
    boxes = (box(GREEN, "iw/2", "0"), box(BLUE, "0", "ih/2"), box(WHITE, "iw/2", "ih/2"))
    source = f"color=c=0x{bytes(RED).hex()}:s={size}:r={rate}:d={seconds}"
    return lavfi(",".join([source, NAMED, *boxes, *([after] if after else [])]))


def tone(volume: str = "0.3", seconds: float = SECONDS, layout: str = "stereo", hertz: int = 440) -> str:
    return lavfi(f"aevalsrc={volume}*sin({hertz}*2*PI*t):s=48000:d={seconds},aformat=channel_layouts={layout}")


def lavfi(graph: str) -> str:
    return f"-f lavfi -i {shlex.quote(graph)}"


def coded(matrix: str = "170m", width: str = "limited", pixels: str = "yuv420p", tags: bool = True) -> str:
    """The filters that turn RGB to YUV in a matrix and range that we say ourselves."""
    return f"zscale=m={matrix}:r={width},format={pixels}" + ("" if tags else ",setparams=colorspace=unknown")


def hdr(transfer: str) -> str:
    return f"zscale=tin=bt709:pin=bt709:t={transfer}:p=bt2020:m=bt2020nc:r=limited:npl=203,format=yuv420p10le"


X264 = "-c:v libx264 -preset ultrafast -crf 10"
AAC = "-c:a aac"
PLAIN = f"-vf {coded()} {X264} {AAC}"
HDR_TAGS = "-color_primaries bt2020 -colorspace bt2020nc -color_range tv"
# Shutter and light of a telephone: pictures about 30 times a second, never quite.
UNSTEADY = "setpts='(N+0.25*sin(N*1.7))/(29.6*TB)'"
CLICKS = r"aevalsrc=0.03*sin(2765*t)+0.9*lt(mod(t\,0.5)\,0.0001):s=48000:d=3"
TURNS_BLUE = rf"drawbox=c=0x{bytes(BLUE).hex()}:t=fill:enable=eq(n\,24)"
PAL = "zscale=pin=bt709:tin=bt709:p=bt470bg:t=bt709:m=470bg:r=limited,format=yuv420p"
# A flash and a beep in the 31st frame.
FLASH = r"drawbox=c=white:t=fill:enable=eq(n\,30)"
BEEP = r"aevalsrc=0.5*sin(6283*t)*between(t\,1.2\,1.3):s=48000:d=2"
LATE = "-itsoffset 0.5"

# What follows the name of the program, and the ending of the file.
COMMANDS: dict[str, tuple[str, str]] = {
    "plain": (f"{corners()} {tone()} {PLAIN}", "mp4"),
    "vertical": (f"{corners('120x160')} {PLAIN}", "mp4"),
    "rate-24": (f"{corners(rate='24')} {PLAIN}", "mp4"),
    "rate-23.976": (f"{corners(rate='24000/1001')} {PLAIN}", "mkv"),
    "rate-29.97": (f"{corners(rate='30000/1001')} {tone()} {PLAIN}", "mp4"),
    "rate-50": (f"{corners(rate='50')} {PLAIN}", "mp4"),
    "rate-59.94": (f"{corners(rate='60000/1001')} {PLAIN}", "mp4"),
    "rate-120": (f"{corners(rate='120')} {PLAIN}", "mp4"),
    "rate-15": (f"{corners(rate='15', seconds=2)} {PLAIN}", "mp4"),
    "unsteady": (f"{corners(rate='30', seconds=3, after=UNSTEADY)} -fps_mode vfr {PLAIN}", "mp4"),
    "slides": (f"{corners(rate='1', seconds=3)} {PLAIN}", "mp4"),
    "4-2-2": (f"{corners()} -vf {coded(pixels='yuv422p')} {X264}", "mp4"),
    "4-4-4": (f"{corners()} -vf {coded(pixels='yuv444p')} {X264}", "mp4"),
    "10-bit": (f"{corners()} -vf {coded('709', pixels='yuv420p10le')} {X264} -colorspace bt709", "mp4"),
    "pq": (f"{corners()} -vf {hdr('smpte2084')} {X264} {HDR_TAGS} -color_trc smpte2084", "mp4"),
    "hlg": (f"{corners()} -vf {hdr('arib-std-b67')} {X264} {HDR_TAGS} -color_trc arib-std-b67", "mov"),
    "full-range": (f"{corners()} -vf {coded('709', 'full')} {X264} -color_range pc -colorspace bt709", "mp4"),
    "bt601": (f"{corners()} -vf {PAL} {X264} -colorspace bt470bg -color_primaries bt470bg -color_range tv", "mp4"),
    "untagged-sd": (f"{corners()} -vf {coded(tags=False)} {X264}", "mp4"),
    "untagged-hd": (f"{corners('1280x720', seconds=0.2)} -vf {coded('709', tags=False)} {X264}", "mp4"),
    "rgb": (f"{corners()} -c:v libx264rgb -preset ultrafast -crf 5", "mkv"),
    "mono": (f"{corners()} {tone(layout='mono')} {PLAIN}", "mp4"),
    "5-1": (
        f"{corners()} {lavfi('aevalsrc=0|0|0.3*sin(2765*t)|0|0|0:c=5.1:s=48000:d=1')} {PLAIN}",
        "mp4",
    ),
    "44-1": (f"{corners()} {tone()} {PLAIN} -ar 44100", "mp4"),
    "no-sound": (f"{corners()} {PLAIN}", "mp4"),
    "silence": (f"{corners()} {lavfi('anullsrc=r=48000:d=1')} {PLAIN}", "mp4"),
    "quiet": (f"{corners()} {tone('0.003')} {PLAIN}", "mp4"),
    "loud": (f"{corners()} {tone('0.99')} {PLAIN}", "mp4"),
    "peaks": (
        f"{corners(seconds=3)} {lavfi(CLICKS)} {PLAIN}",
        "mp4",
    ),
    "two-sounds": (
        (
            f"{corners()} {tone(hertz=300)} {tone(hertz=1000)} -map 0 -map 1 -map 2 {PLAIN} "
            "-disposition:a:0 0 -disposition:a:1 default"
        ),
        "mkv",
    ),
    "long-sound": (f"{corners()} {tone(seconds=2)} {PLAIN}", "mp4"),
    "short-sound": (f"{corners(seconds=2)} {tone(seconds=1)} {PLAIN}", "mp4"),
    "late-picture": (f"{LATE} {corners()} {tone(seconds=1.5)} {PLAIN}", "mp4"),
    "late-sound": (f"{corners(seconds=2)} {LATE} {tone(seconds=1)} {PLAIN}", "mkv"),
    "odd-size": (f"{corners('161x121')} -vf {coded(pixels='yuv444p')} {X264} {AAC}", "mp4"),
    "odd-4-2-0": (f"{corners('161x121')} -c:v mpeg4 -q:v 2 -pix_fmt yuv420p", "mp4"),
    "wide-pixels": (f"{corners('180x144', after='setsar=64/45')} {PLAIN}", "mp4"),
    "tall-pixels": (f"{corners('160x120', after='setsar=1/2')} {PLAIN}", "mp4"),
    "interlaced": (
        (
            "-f lavfi -i color=black:s=160x120:r=50:d=1 -f lavfi -i color=white:s=24x120:r=50:d=1 -filter_complex "
            f"\"[0][1]overlay=x='mod(n*6,140)':y=0,tinterlace=interleave_top,{NAMED},{coded()}\" "
            f"-c:v mpeg2video -q:v 2 -flags +ilme+ildct -top 1"
        ),
        "mov",
    ),
    "turns-blue": (f"{corners(after=TURNS_BLUE)} {PLAIN}", "mp4"),
    "beep": (f"{corners(seconds=2, after=FLASH)} {lavfi(BEEP)} {PLAIN}", "mp4"),
    "prores": (f"{corners(rate='25')} -c:v prores_ks -profile:v 3 -pix_fmt yuv422p10le", "mov"),
    "vp9": (f"{corners()} {tone()} -vf {coded()} -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus", "webm"),
    "av1": (f"{corners(seconds=0.4)} -vf {coded()} -c:v libsvtav1 -preset 12 -crf 20", "webm"),
    "hevc": (f"{corners(seconds=0.4)} -vf {coded()} -c:v libx265 -preset ultrafast -tag:v hvc1", "mov"),
    "mjpeg": (f"{corners()} -c:v mjpeg -q:v 2 -pix_fmt yuvj420p", "mov"),
    "alpha-qtrle": (f"{corners(after='format=argb,colorchannelmixer=aa=0.5')} -c:v qtrle", "mov"),
    "alpha-prores": (
        f"{corners(after='format=gbrap,colorchannelmixer=aa=0.5')} -c:v prores_ks -profile:v 4444 -pix_fmt yuva444p10le",
        "mov",
    ),
    "alpha-vp9": (
        (
            f"{corners(after='format=gbrap,colorchannelmixer=aa=0.5')} -c:v libvpx-vp9 -pix_fmt yuva420p "
            "-deadline realtime -cpu-used 8 -auto-alt-ref 0"
        ),
        "webm",
    ),
    "one-frame": (f"{corners(seconds=0.04)} {tone(seconds=0.04)} {PLAIN}", "mp4"),
    "fragments": (f"{corners()} {tone()} {PLAIN} -g 5 -movflags frag_keyframe+empty_moov", "mp4"),
    "timecode": (f"{corners()} {tone()} {PLAIN} -timecode 10:00:00:00 -metadata title=Secret", "mov"),
    "larger": (f"{corners('1000x500', seconds=0.2)} {PLAIN}", "mp4"),
    "sound-only": (f"{tone()} {AAC}", "mp4"),
    "too-wide": (f"{corners('8200x32', seconds=0.04)} -c:v qtrle", "mov"),
    "too-small": (f"{corners('12x12', seconds=0.2)} -c:v qtrle", "mov"),
    "too-long": ("-f lavfi -i color=black:s=32x32:r=1/3600:d=18000 -c:v qtrle", "mov"),
    "avi": (f"{corners()} -c:v mpeg4", "avi"),
    "ts": (f"{corners()} {PLAIN}", "ts"),
    "protected": (
        (
            f"{corners()} {PLAIN} -encryption_scheme cenc-aes-ctr "
            f"-encryption_key {'0123456789abcdef' * 2} -encryption_kid {'fedcba9876543210' * 2}"
        ),
        "mp4",
    ),
    "unknown-codec": (f"{corners()} -c:v zmbv", "mkv"),
    "gif": (f"{corners(rate='5')}", "gif"),
    "jpeg": (f"{corners()} -frames:v 1 -update 1", "jpg"),
    "fast": (f"{corners(seconds=8)} {tone(seconds=8)} {PLAIN} -movflags +faststart", "mp4"),
    "mkv": (f"{corners(seconds=8)} {tone(seconds=8)} {PLAIN}", "mkv"),
    "noise": (
        f"-f lavfi -i testsrc2=s=160x120:r=25:d=4 -vf {NAMED},{coded()} {X264} -g 100 -movflags +faststart",
        "mp4",
    ),
}


def clip(name: str, folder: Path, address: str = "") -> Path:
    """Make the clip of this name; whatever it is, its name ends in that of a clip. `address`: what a playlist names."""
    if make := BY_HAND.get(name):
        made = folder / f"{name}.mp4"
        made.write_bytes(make(folder, address))
        return made
    command, ending = COMMANDS[name]
    return ffmpeg(command, folder / f"{name}.{ending}")


def ffmpeg(command: str, into: Path) -> Path:
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *shlex.split(command), str(into)], check=True)
    if into.suffix in {".mp4", ".mov", ".mkv", ".webm"}:
        return into
    return into.rename(into.with_name(f"{into.name}.mp4"))


def cut(name: str) -> Callable[[Path, str], bytes]:
    def make(folder: Path, _: str) -> bytes:
        raw = clip(name, folder).read_bytes()
        return raw[: len(raw) * 6 // 10]

    return make


def damaged(folder: Path, _: str) -> bytes:
    """A clip with some of the bytes of its pictures turned over."""
    raw = bytearray(clip("noise", folder).read_bytes())
    start = raw.find(b"mdat") + 8
    for part in (4, 6, 8):
        at = start + (len(raw) - start) * part // 10
        raw[at : at + 40] = bytes(byte ^ 0xFF for byte in raw[at : at + 40])
    return bytes(raw)


def with_cover(folder: Path, _: str) -> bytes:
    """Music with the cover of its album, in MP4."""
    return ffmpeg(
        f"{tone()} {corners(seconds=0.04)} -map 0 -map 1 -c:a libmp3lame -c:v mjpeg -disposition:v attached_pic",
        folder / "cover.mp4",
    ).read_bytes()


def covered_clip(folder: Path, _: str) -> bytes:
    """A clip that has a cover too, ahead of its moving picture."""
    return ffmpeg(
        f"{corners('64x64', seconds=0.04)} {corners()} {tone()} -map 0 -map 1 -map 2 -vf {coded()} "
        f"-c:v:0 mjpeg -pix_fmt:v:0 yuvj420p -disposition:v:0 attached_pic -c:v:1 libx264 -preset ultrafast {AAC}",
        folder / "covered-clip.mp4",
    ).read_bytes()


def laden(folder: Path, _: str) -> bytes:
    """A Matroska with everything beside the picture: chapters, subtitles, a title, an attached file."""
    words = folder / "words.srt"
    words.write_text("1\n00:00:00,000 --> 00:00:01,000\nPlaceholder\n")
    chapters = folder / "chapters.txt"
    chapters.write_text(";FFMETADATA1\ntitle=Secret\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=1\ntitle=One\n")
    return ffmpeg(
        f"{corners()} {tone()} -i {words} -i {chapters} -map 0 -map 1 -map 2 -map_metadata 3 -map_chapters 3 {PLAIN} "
        f"-c:s srt -attach {words} -metadata:s:t mimetype=text/plain",
        folder / "everything.mkv",
    ).read_bytes()


def rejoined(folder: Path, _: str) -> bytes:
    """Cut out of a longer one without encoding: its first pictures lean on some that are not there, and decoders say so."""
    whole = ffmpeg(
        f"{corners(seconds=4)} -vf {coded()} -c:v libx264 -preset veryfast -bf 3 -x264-params open-gop=1:keyint=25:scenecut=0",
        folder / "whole.ts",
    )
    return ffmpeg(f"-ss 1.3 -i {whole} -c copy", folder / "part.mp4").read_bytes()


def turned(matrix: tuple[int, int, int, int], after: str, size: str) -> Callable[[Path, str], bytes]:
    """A clip as telephones write them: how it lay in the hand is a matrix in its header, by hand from the standard.

    `matrix` is a, b, c, d: x' = ax + cy, y' = bx + dy, y pointing down.
    """

    def make(folder: Path, _: str) -> bytes:
        raw = bytearray(ffmpeg(f"{corners(size, after=after)} {PLAIN}", folder / "lying.mp4").read_bytes())
        a, b, c, d = (value << 16 for value in matrix)
        at = raw.find(b"tkhd") + 44
        raw[at : at + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
        return bytes(raw)

    return make


BY_HAND: dict[str, Callable[[Path, str], bytes]] = {
    "empty": lambda *_: b"",
    "zeros": lambda *_: bytes(100_000),
    "random": lambda *_: bytes(range(256)) * 40,
    "hls": lambda _, address: HLS.format(address=address).encode(),
    "concat": lambda _, address: CONCAT.format(address=address).encode(),
    "links": lambda _, address: f"{address}/one.mp4\n".encode(),
    "page": lambda *_: PAGE.encode(),
    "ftyp-hls": lambda _, address: b"\0\0\0\x10ftypisom\0\0\0\0" + HLS.format(address=address).encode(),
    "cut": cut("fast"),
    "cut-moov": cut("plain"),
    "cut-mkv": cut("mkv"),
    "damaged": damaged,
    "cover": with_cover,
    "covered-clip": covered_clip,
    "laden": laden,
    "rejoined": rejoined,
    "rotated-90": turned((0, 1, -1, 0), "transpose=cclock", "120x160"),
    "rotated-180": turned((-1, 0, 0, -1), "hflip,vflip", "160x120"),
    "rotated-270": turned((0, -1, 1, 0), "transpose=clock", "120x160"),
    "mirrored": turned((-1, 0, 0, 1), "hflip", "160x120"),
    "wide-pixels-turned": turned((0, 1, -1, 0), "transpose=cclock,setsar=2", "120x160"),
}
