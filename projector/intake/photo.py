"""A photo to renditions: upright, sRGB, on black, rebuilt from its pixels. Pillow; runs in worker processes only."""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pillow_heif
from PIL import (
    AvifImagePlugin,
    ExifTags,
    Image,
    ImageChops,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from projector.errors import MediumRefused
from projector.intake.colour import plain, to_srgb
from projector.intake.content import CUT_OFF, Format, check_whole, format_of, turned_by_container
from projector.intake.original import Original, read_original
from projector.intake.sizes import Made, MadeCopy, Wants, targets
from projector.show.picture import Size

MOST_PIXELS = 200_000_000
MOST_SIDE = 30_000
LEAST_SIDE = 32
DAMAGED = "the picture is damaged or not complete; copy it again"

# What Pillow and its decoders raise for bytes that are not as they should be.
DECODER_ERRORS = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    LookupError,
    TypeError,
    ArithmeticError,
    RuntimeError,
    struct.error,
    zlib.error,
)

# The formats are opened by name: Pillow is never asked to guess, and its other decoders are never reached.
OPENERS: dict[Format, Callable[[BytesIO], ImageFile.ImageFile]] = {
    Format.JPEG: JpegImagePlugin.JpegImageFile,
    Format.PNG: PngImagePlugin.PngImageFile,
    Format.WEBP: WebPImagePlugin.WebPImageFile,
    Format.AVIF: AvifImagePlugin.AvifImageFile,
    Format.HEIF: pillow_heif.HeifImageFile,
    Format.TIFF: TiffImagePlugin.TiffImageFile,
}

UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

ENCODING = {"small": {"quality": 85, "subsampling": "4:2:0"}, "wall": {"quality": 90, "subsampling": "4:4:4"}}

Image.MAX_IMAGE_PIXELS = None  # our own limit stands in `_check_size`, before anything is decoded
pillow_heif.options.DECODE_THREADS = 1
pillow_heif.options.THUMBNAILS = False
pillow_heif.options.DEPTH_IMAGES = False
pillow_heif.options.AUX_IMAGES = False
AvifImagePlugin.DEFAULT_MAX_THREADS = 1


@dataclass(frozen=True, slots=True)
class Opened:
    """A picture whose header was read and whose pixels were not: its upright size, and its EXIF orientation."""

    image: ImageFile.ImageFile
    form: Format
    size: Size
    orientation: int


def make_renditions(original: Path, wants: Wants, into: Path) -> Made:
    """Read a photo and write the copies wanted of it into a folder, named by the hash of the original.

    Raises MediumRefused with a producer's reason, FileNotFoundError where the photo is gone.
    """
    source = read_original(original)
    return render(source, wants, into, source.sha256)


def render(source: Original, wants: Wants, into: Path, stem: str) -> Made:
    """Write the copies wanted of a photo that was read, as `<stem>-<kind>.jpg`. The same bytes give the same copies.

    All of the picture is decoded, though nothing be wanted of it. Raises MediumRefused.
    """
    try:
        opened = _opened(source.raw)
        sizes = targets(opened.size, wants)
        pixels = _upright_srgb(opened, sizes)
    except MemoryError as error:
        raise MediumRefused("needs more memory to decode than one picture is given; save it smaller") from error
    except DECODER_ERRORS as error:
        raise MediumRefused(CUT_OFF if "truncated" in str(error).lower() else DAMAGED) from error
    copies = tuple(_written(pixels, kind, size, into / f"{stem}-{kind}.jpg") for kind, size in sizes.items())
    return Made(source.sha256, source.mark, opened.size, copies)


def _opened(raw: bytes) -> Opened:
    form = format_of(raw)
    check_whole(raw, form)
    image = OPENERS[form](BytesIO(raw))
    _check_size(image.size)
    orientation = _orientation(image, form, raw)
    width, height = image.size
    turned = orientation in {5, 6, 7, 8}
    return Opened(image, form, Size(height, width) if turned else Size(width, height), orientation)


def _orientation(image: ImageFile.ImageFile, form: Format, raw: bytes) -> int:
    """The EXIF orientation that is still to be obeyed; what the decoder turns already is not turned twice."""
    match form:
        case Format.TIFF:
            return 1
        case Format.HEIF:
            # By the standard the tag means nothing here; but where the container is silent, it is all there is.
            return 1 if turned_by_container(raw) else image.info.get("original_orientation") or 1
        case Format.JPEG | Format.PNG | Format.WEBP | Format.AVIF:
            orientation: int = image.getexif().get(ExifTags.Base.Orientation, 1)
            return orientation


def _check_size(size: tuple[int, int]) -> None:
    width, height = size
    if width * height > MOST_PIXELS:
        millions = width * height / 1_000_000
        raise MediumRefused(
            f"is too large: {width} × {height} is {millions:.0f} megapixels, the limit is 200; save it smaller"
        )
    if max(width, height) > MOST_SIDE:
        raise MediumRefused(
            f"is too large: {width} × {height} pixels, the limit is {MOST_SIDE} a side; save it smaller"
        )
    if min(width, height) < LEAST_SIDE:
        raise MediumRefused(f"is too small: {width} × {height} pixels, each side needs {LEAST_SIDE} or more")


def _upright_srgb(opened: Opened, sizes: dict[str, Size]) -> Image.Image:
    """The picture, decoded, in sRGB and upright, at least as large as the largest copy, and not much larger."""
    need = _largest(sizes)
    image = plain(_loaded(opened, need))
    # Colour and turning cost by the pixel: what no copy needs goes first, with enough left for the final resampling.
    surplus = min(max(image.size) // max(need.width, need.height), min(image.size) // min(need.width, need.height)) // 2
    icc = opened.image.info.get("icc_profile")
    pixels = to_srgb(image.reduce(surplus) if surplus > 1 else image, icc)
    turn = UPRIGHT.get(opened.orientation)
    return pixels if turn is None else pixels.transpose(turn)


def _largest(sizes: dict[str, Size]) -> Size:
    """The box, upright, that holds every copy; a token one where nothing is wanted but to know the picture sound."""
    return Size(
        max((size.width for size in sizes.values()), default=LEAST_SIDE),
        max((size.height for size in sizes.values()), default=LEAST_SIDE),
    )


def _loaded(opened: Opened, need: Size) -> Image.Image:
    """Decode; of a JPEG no more than its half, quarter or eighth where that is enough."""
    image = opened.image
    if opened.form is Format.JPEG:
        lying = opened.orientation in {5, 6, 7, 8}
        image.draft(None, (need.height, need.width) if lying else (need.width, need.height))
        # Pillow takes every CMYK JPEG to be inverted, as Adobe's are; those without Adobe's mark are not.
        if image.mode == "CMYK" and "adobe" not in image.info:
            return ImageChops.invert(image)
    image.load()
    return image


def _written(pixels: Image.Image, kind: str, size: Size, path: Path) -> MadeCopy:
    wanted = (size.width, size.height)
    resized = pixels.resize(wanted, Image.Resampling.LANCZOS, reducing_gap=3.0)
    # From bare pixels: no metadata, comment or profile of the original comes along.
    bare = Image.frombytes("RGB", wanted, resized.tobytes())
    bare.save(path, "JPEG", progressive=False, **ENCODING[kind])
    return MadeCopy(kind, path, size)
