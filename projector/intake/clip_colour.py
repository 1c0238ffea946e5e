"""ffmpeg's filters that make any picture the house's: upright, square pixels, BT.709 in limited range, on black.

All conversion is zscale's (zimg), in which matrix, primaries, transfer and range are each said and never guessed. HDR
(PQ, HLG) is brought down in linear light: 203 nits, the white of HDR's graphics (ITU-R BT.2408), become about four
fifths of the house's white, what is darker than a third of it, faces with it, keeps its brightness, and highlights
are rolled off up to 1000 nits (mobius), by the brightest of the three colours, so that hues stay.
"""

from fractions import Fraction

from projector.intake.probe import Colours, PictureStream
from projector.show.picture import Size

HDR = frozenset({"smpte2084", "arib-std-b67"})
MATRICES = frozenset({"bt709", "fcc", "bt470bg", "smpte170m", "smpte240m", "ycgco", "bt2020nc", "bt2020c"})
PRIMARIES = frozenset(
    {"bt709", "bt470m", "bt470bg", "smpte170m", "smpte240m", "film", "bt2020", "smpte431", "smpte432", "ebu3213"}
)
WHITE = 203
PEAK = Fraction(1000, WHITE)

# Pictures of up to these sides are television of before HD: where they do not say so, their colours are BT.601.
SD = Size(1024, 576)
PAL_HEIGHTS = frozenset({288, 576})


def filters(stream: PictureStream, target: Size, rate: Fraction, zero: float) -> str:
    """The chain from the decoded picture, turned upright already, to house frames.

    `zero` is the instant of the clip's own time at which the house copy starts: what stands first is held from there.
    """
    told = meant(stream.colours, stream.size)
    pace = f"fps={rate.numerator}/{rate.denominator}:start_time=0"
    slower = stream.average > rate
    steps = [
        f"setpts=PTS-({zero:.6f}/TB)",
        _named(told),
        "bwdif=mode=send_frame:parity=auto:deint=interlaced" if stream.interlaced else "",
        pace if slower else "",
        *_on_black(stream),
        *_even(stream),
        *(_from_hdr(target) if told.transfer in HDR else _from_sdr(stream, target)),
        "format=yuv420p",
        "setsar=1",
        "" if slower else pace,
    ]
    return ",".join(step for step in steps if step)


def meant(colours: Colours, size: Size) -> Colours:
    """What a picture's numbers mean where its stream is silent, or says what there is not.

    The matrix is guessed by the size, as every decoder does; primaries that are not said are BT.709's, since most such
    files come from there. Transfers that are not HDR's are all taken for BT.709's: players show them alike.
    """
    long, short = max(size.width, size.height), min(size.width, size.height)
    small = long <= SD.width and short <= SD.height
    older = ("bt470bg" if short in PAL_HEIGHTS else "smpte170m") if small else "bt709"
    guess = "bt2020nc" if colours.primaries == "bt2020" else older
    matrix = colours.matrix if colours.matrix in MATRICES else guess
    of_matrix = "bt2020" if matrix in {"bt2020nc", "bt2020c"} else "bt709"
    primaries = colours.primaries if colours.primaries in PRIMARIES else of_matrix
    transfer = colours.transfer if colours.transfer in HDR else "bt709"
    if transfer in HDR and matrix == "bt2020c":
        matrix = "bt2020nc"  # nobody makes it; where it is said of HDR it is said by mistake
    if _is_rgb(colours.pixels):
        return Colours(colours.pixels, "gbr", primaries, transfer, full=True)
    return Colours(colours.pixels, matrix, primaries, transfer, full=colours.full)


def _is_rgb(pixels: str) -> bool:
    return pixels.startswith(("rgb", "bgr", "gbr", "argb", "abgr", "0rgb", "0bgr", "pal8", "x2rgb", "x2bgr"))


def _named(told: Colours) -> str:
    """Every frame told what it is, so that no filter after has to guess."""
    width = "full" if told.full else "limited"
    return (
        f"setparams=range={width}:color_primaries={told.primaries}:color_trc={told.transfer}:colorspace={told.matrix}"
    )


def _on_black(stream: PictureStream) -> list[str]:
    """What shines through is black, as everywhere on the wall."""
    if not stream.alpha:
        return []
    return ["format=gbrap" if _is_rgb(stream.colours.pixels) else "format=yuva444p", "premultiply=inplace=1"]


def _even(stream: PictureStream) -> list[str]:
    """A row or column less where there is an odd number: zscale wants whole pairs, and scaling by a pixel would blur."""
    size = Size(stream.size.height, stream.size.width) if stream.turn % 180 else stream.size
    # These share a colour among four pixels and more, or have none: made plain, by swscale.
    plain = ["format=yuv444p"] if stream.colours.pixels.startswith(("yuv411", "yuv410", "gray", "mono", "ya")) else []
    crop = f"crop={size.width & ~1}:{size.height & ~1}:0:0" if size.width % 2 or size.height % 2 else ""
    return [*plain, crop]


def _from_sdr(stream: PictureStream, target: Size) -> list[str]:
    deep = "10" in stream.colours.pixels or "12" in stream.colours.pixels or "16" in stream.colours.pixels
    dither = "ordered" if deep else "none"
    return [f"{_sized(target)}:p=bt709:t=bt709:m=bt709:r=limited:c=left:d={dither}"]


def _from_hdr(target: Size) -> list[str]:
    return [
        _sized(target),
        f"zscale=t=linear:npl={WHITE}",
        "format=gbrpf32le",
        "zscale=p=bt709",
        f"tonemap=mobius:param=0.3:desat=0:peak={float(PEAK):.4f}",
        "zscale=p=bt709:t=bt709:m=bt709:r=limited:c=left:d=ordered",
    ]


def _sized(target: Size) -> str:
    return f"zscale=w={target.width}:h={target.height}:f=lanczos"
