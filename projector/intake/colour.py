"""Pixels of any kind to plain sRGB on black. Pillow; runs in worker processes only."""

from functools import cache
from io import BytesIO

from PIL import Image, ImageCms, ImageMode

from projector.errors import MediumRefused

# What can be made smaller, colour-managed and laid on black as it is.
PLAIN = frozenset({"L", "LA", "RGB", "RGBA", "CMYK", "LAB"})
DEEP_GREY = frozenset({"I;16", "I;16L", "I;16B", "I;16N"})


def plain(image: Image.Image) -> Image.Image:
    """The same picture in one of the `PLAIN` modes, 8 bits a channel; a palette and a transparent colour resolved."""
    if image.mode in DEEP_GREY:
        return _eight_bits(image)
    if image.mode in {"I", "F"}:
        raise MediumRefused("has 32 bits a channel; save it with 8 or 16")
    if image.mode in PLAIN and "transparency" not in image.info:
        return image
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode in PLAIN:
        return image
    return image.convert("L" if ImageMode.getmode(image.mode).basemode == "L" and image.mode != "P" else "RGB")


def to_srgb(image: Image.Image, icc: bytes | None) -> Image.Image:
    """A plain picture as sRGB ("RGB"), by its colour profile where it has a usable one, its transparency on black."""
    if image.mode not in {"LA", "RGBA"}:
        return _managed(image, icc)
    colour = _managed(image.convert("L" if image.mode == "LA" else "RGB"), icc)
    black = Image.new("RGB", image.size)
    black.paste(colour, mask=image.getchannel("A"))
    return black


def _eight_bits(image: Image.Image) -> Image.Image:
    """16-bit grey by its value; Pillow's own conversion cuts at 255 and leaves all but black white."""
    image.info.pop("transparency", None)  # a 16-bit shade, which would be read as an 8-bit one
    return image.convert("I").point(lambda value: value * (1 / 257) + 0.5).convert("L")


def _managed(image: Image.Image, icc: bytes | None) -> Image.Image:
    """By its profile; a picture without one, or with one that cannot be used, is taken to be sRGB."""
    profile = _lab() if image.mode == "LAB" else _profile(icc)
    if profile is None:
        return image.convert("RGB")
    space = profile.profile.xcolor_space.strip()
    if image.mode == "L" and space == "RGB":
        image = image.convert("RGB")
    if {"L": "GRAY", "RGB": "RGB", "CMYK": "CMYK", "LAB": "Lab"}[image.mode] != space:
        return image.convert("RGB")
    try:
        managed = ImageCms.profileToProfile(image, profile, _srgb(), outputMode="RGB")
    except (ImageCms.PyCMSError, ValueError, TypeError):
        return image.convert("RGB")
    return managed or image.convert("RGB")


def _profile(icc: bytes | None) -> ImageCms.ImageCmsProfile | None:
    if not icc:
        return None
    try:
        return ImageCms.ImageCmsProfile(BytesIO(icc))
    except (OSError, ImageCms.PyCMSError, ValueError, TypeError):
        return None


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


@cache
def _lab() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
