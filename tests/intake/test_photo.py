import os
import struct
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pillow_heif
import pytest
from PIL import ExifTags, Image, ImageCms, PngImagePlugin

from projector.errors import MediumRefused
from projector.intake.photo import make_renditions
from projector.intake.sizes import Wants
from projector.show.picture import Size
from tests.intake.conftest import BLUE, GREEN, RED, WANTS, WHITE, corners, png

pillow_heif.register_heif_opener()

# EXIF: on which side of the upright picture the stored row 0 and column 0 lie.
SIDES = {
    1: ("top", "left"),
    2: ("top", "right"),
    3: ("bottom", "right"),
    4: ("bottom", "left"),
    5: ("left", "top"),
    6: ("right", "top"),
    7: ("right", "bottom"),
    8: ("left", "bottom"),
}


def stored(upright: Image.Image, orientation: int) -> Image.Image:
    """The raster that a camera writes for a picture held in an orientation."""
    row_side, column_side = SIDES[orientation]
    width, height = upright.size
    lying = row_side in {"left", "right"}
    raster = Image.new("RGB", (height, width) if lying else (width, height))

    def away(side: str, x: int, y: int) -> int:
        return {"top": y, "bottom": height - 1 - y, "left": x, "right": width - 1 - x}[side]

    for y in range(height):
        for x in range(width):
            colour = upright.getpixel((x, y))
            assert isinstance(colour, tuple)
            raster.putpixel((away(column_side, x, y), away(row_side, x, y)), colour)
    return raster


def wall(path: Path, wants: Wants = WANTS) -> Image.Image:
    made = make_renditions(path, wants, path.parent)
    return Image.open(made.copies[-1].path)


def pixel(image: Image.Image, across: float, down: float) -> tuple[int, ...]:
    colour = image.getpixel((int(image.width * across), int(image.height * down)))
    assert isinstance(colour, tuple)
    return colour


def near(colour: tuple[int, ...], wanted: tuple[int, ...], tolerance: int = 8) -> bool:
    return all(abs(a - b) <= tolerance for a, b in zip(colour, wanted, strict=True))


def assert_corners(image: Image.Image, tolerance: int = 12) -> None:
    seen = [pixel(image, x, y) for x, y in ((0.2, 0.2), (0.8, 0.2), (0.2, 0.8), (0.8, 0.8))]
    assert all(near(s, w, tolerance) for s, w in zip(seen, (RED, GREEN, BLUE, WHITE), strict=True)), seen


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tiff", "avif", "heic"])
def test_every_orientation_comes_out_upright(tmp_path: Path, ending: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    path = tmp_path / f"a.{ending}"
    stored(corners(), orientation).save(path, exif=exif, quality=95)
    made = make_renditions(path, WANTS, tmp_path)
    assert made.size == Size(96, 64)
    for copy in made.copies:
        assert_corners(Image.open(copy.path), 40 if copy.kind == "small" else 16)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_heic_that_says_it_twice_is_turned_once(tmp_path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    path = tmp_path / "a.heic"
    stored(corners(), orientation).save(path, exif=exif.tobytes(), quality=95)  # writes the container's own turn too
    assert any(turn in path.read_bytes() for turn in (b"irot", b"imir")) == (orientation > 1)
    assert_corners(wall(path), 16)


@pytest.mark.parametrize("ending", ["jpeg", "JPG", "png", "webp", "tiff", "avif", "heic"])
def test_every_format_keeps_its_colours(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    corners().save(path, quality=95)
    assert_corners(wall(path))


def test_a_picture_under_another_pictures_name_is_fine(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    corners().save(path, "PNG")
    assert_corners(wall(path))


def test_a_progressive_jpeg(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    corners().save(path, progressive=True, quality=95)
    assert_corners(wall(path))


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "RGB"])
def test_transparency_lies_on_black(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "a.png"
    image = Image.new("RGBA", (96, 64), (240, 240, 240, 255))
    image.paste((255, 255, 255, 0), (48, 0, 96, 64))
    match mode:
        case "P":
            paletted = Image.new("P", (96, 64), 0)
            paletted.putpalette([240, 240, 240, 255, 255, 255])
            paletted.paste(1, (48, 0, 96, 64))
            paletted.save(path, transparency=1)
        case "RGB":
            image.convert("RGB").save(path, transparency=(255, 255, 255))
        case _:
            image.convert(mode).save(path)
    copy = wall(path)
    assert near(pixel(copy, 0.2, 0.5), (240, 240, 240))
    assert near(pixel(copy, 0.8, 0.5), (0, 0, 0))


def test_half_transparent_white_is_half_grey(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("RGBA", (64, 64), (255, 255, 255, 128)).save(path)
    assert near(pixel(wall(path), 0.5, 0.5), (128, 128, 128))


@pytest.mark.parametrize("ending", ["png", "tiff"])
def test_16_bit_grey_is_scaled_not_cut(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    Image.new("I;16", (64, 64), 100 * 257).save(path)
    assert near(pixel(wall(path), 0.5, 0.5), (100, 100, 100))


def test_16_bit_rgb_png(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png(64, 64, 16, 2, struct.pack(">HHH", 200 * 257, 90 * 257, 30 * 257) * 64))
    assert near(pixel(wall(path), 0.5, 0.5), (200, 90, 30))


@pytest.mark.parametrize("order", ["<", ">"])
def test_16_bit_rgb_tiff(tmp_path: Path, order: str) -> None:
    pixels = struct.pack(f"{order}HHH", 200 * 257, 90 * 257, 30 * 257) * 64 * 64
    tags = [(256, 64), (257, 64), (258, 0), (259, 1), (262, 2), (273, 200), (277, 3), (278, 64), (279, len(pixels))]
    directory = struct.pack(f"{order}H", len(tags))
    for tag, value in tags:
        entry = (tag, 3, 3, 180) if tag == 258 else (tag, 4, 1, value)
        directory += struct.pack(f"{order}HHII", *entry)
    head = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, 8) + directory + b"\0" * 4
    path = tmp_path / "a.tiff"
    path.write_bytes(head.ljust(180, b"\0") + struct.pack(f"{order}HHH", 16, 16, 16).ljust(20, b"\0") + pixels)
    assert near(pixel(wall(path), 0.5, 0.5), (200, 90, 30))


def test_grey_and_black_and_white(tmp_path: Path) -> None:
    grey, bare = tmp_path / "a.jpg", tmp_path / "b.png"
    Image.new("L", (64, 64), 90).save(grey, quality=95)
    Image.new("1", (64, 64), 1).save(bare)
    assert near(pixel(wall(grey), 0.5, 0.5), (90, 90, 90))
    assert near(pixel(wall(bare), 0.5, 0.5), (255, 255, 255))


def test_a_palette_with_its_own_colours(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    corners().quantize(8).save(path)
    assert_corners(wall(path), 24)


def test_a_cmyk_jpeg_with_adobes_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    Image.new("CMYK", (64, 64), (0, 200, 200, 20)).save(path, quality=95)
    assert near(pixel(wall(path), 0.5, 0.5), (235, 51, 51), 12)


def test_a_cmyk_jpeg_without_adobes_mark_is_not_inverted(tmp_path: Path) -> None:
    whole = BytesIO()
    Image.new("CMYK", (64, 64), (255, 55, 55, 235)).save(whole, "JPEG", quality=95)  # Pillow writes these inverted
    raw = whole.getvalue()
    at = raw.index(b"\xff\xee")
    path = tmp_path / "a.jpg"
    path.write_bytes(raw[:at] + raw[at + 2 + int.from_bytes(raw[at + 2 : at + 4], "big") :])
    assert near(pixel(wall(path), 0.5, 0.5), (235, 51, 51), 12)


def test_a_cmyk_tiff(tmp_path: Path) -> None:
    path = tmp_path / "a.tiff"
    Image.new("CMYK", (64, 64), (200, 0, 200, 20)).save(path)
    assert near(pixel(wall(path), 0.5, 0.5), (51, 235, 51), 12)


def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def swapped_profile() -> bytes:
    """A profile whose red is sRGB's blue, and its blue sRGB's red."""
    table = bytearray(srgb_profile())
    red, blue = table.index(b"rXYZ"), table.index(b"bXYZ")
    table[red : red + 4], table[blue : blue + 4] = b"bXYZ", b"rXYZ"
    return bytes(table)


def grey_profile() -> bytes:
    """Linear light: a value of 128 is half the light, which is 188 in sRGB."""
    white = b"XYZ " + b"\0" * 4 + struct.pack(">iii", 63190, 65536, 54061)
    linear = b"curv" + b"\0" * 4 + struct.pack(">I", 0)
    tags = struct.pack(">I", 2) + b"wtpt" + struct.pack(">II", 156, 20) + b"kTRC" + struct.pack(">II", 176, 12)
    size = 188
    head = struct.pack(">I4sI4s4s4s", size, b"lcms", 0x02100000, b"mntr", b"GRAY", b"XYZ ") + b"\0" * 12 + b"acsp"
    head = head.ljust(68, b"\0") + struct.pack(">iii", 63190, 65536, 54061)
    return (head.ljust(128, b"\0") + tags).ljust(156, b"\0") + white + linear


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tiff", "avif", "heic"])
def test_a_colour_profile_is_obeyed(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    Image.new("RGB", (64, 64), (220, 60, 20)).save(path, icc_profile=swapped_profile(), quality=95)
    assert near(pixel(wall(path), 0.5, 0.5), (20, 60, 220), 12)


def test_srgb_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    corners().save(path, icc_profile=srgb_profile())
    assert_corners(wall(path))


def test_a_grey_profile(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("L", (64, 64), 128).save(path, icc_profile=grey_profile())
    assert near(pixel(wall(path), 0.5, 0.5), (188, 188, 188))


def test_a_profile_with_transparency(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    image = Image.new("RGBA", (64, 64), (220, 60, 20, 255))
    image.paste((220, 60, 20, 0), (32, 0, 64, 64))
    image.save(path, icc_profile=swapped_profile())
    copy = wall(path)
    assert near(pixel(copy, 0.2, 0.5), (20, 60, 220), 12)
    assert near(pixel(copy, 0.8, 0.5), (0, 0, 0))


@pytest.mark.parametrize("profile", [b"no profile", swapped_profile()[:300]])
def test_a_profile_that_cannot_be_used_is_taken_for_srgb(tmp_path: Path, profile: bytes) -> None:
    path = tmp_path / "a.png"
    corners().save(path, icc_profile=profile)
    assert_corners(wall(path))


def test_an_rgb_profile_in_a_cmyk_picture_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.tiff"
    Image.new("CMYK", (64, 64), (0, 200, 200, 20)).save(path, icc_profile=swapped_profile())
    assert near(pixel(wall(path), 0.5, 0.5), (235, 51, 51), 12)


def test_a_phones_ten_bits(tmp_path: Path) -> None:
    path = tmp_path / "a.heic"
    row = struct.pack("<HHH", 200 * 257, 90 * 257, 30 * 257) * 64
    image = pillow_heif.from_bytes("RGB;16", (64, 64), row * 64)
    image.save(path, quality=95)
    assert near(pixel(wall(path), 0.5, 0.5), (200, 90, 30), 12)


def test_the_first_frame_and_the_first_page(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (64, 64), RED), Image.new("RGB", (64, 64), BLUE)]
    film, pages = tmp_path / "a.webp", tmp_path / "a.tiff"
    frames[0].save(film, save_all=True, append_images=frames[1:], quality=95)
    frames[0].save(pages, save_all=True, append_images=frames[1:])
    assert near(pixel(wall(film), 0.5, 0.5), RED, 16)
    assert near(pixel(wall(pages), 0.5, 0.5), RED, 16)


def test_no_metadata_in_the_copies(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = "SECRET"
    words = PngImagePlugin.PngInfo()
    words.add_itxt("XML:com.adobe.xmp", "SECRET")
    corners().save(
        tmp_path / "a.jpg", exif=exif, comment=b"SECRET", xmp=b"SECRET", icc_profile=srgb_profile(), dpi=(7, 7)
    )
    corners().save(tmp_path / "a.png", exif=exif, pnginfo=words)
    for name in ("a.jpg", "a.png"):
        assert b"SECRET" in (tmp_path / name).read_bytes()
        for copy in make_renditions(tmp_path / name, WANTS, tmp_path).copies:
            raw = copy.path.read_bytes()
            assert not [word for word in (b"SECRET", b"Exif", b"ICC_PROFILE", b"adobe") if word in raw]
            assert b"\xff\xfe" not in raw[: raw.index(b"\xff\xda")]  # no comment


def test_the_same_bytes_make_the_same_copies(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    corners().save(path)
    first = [copy.path.read_bytes() for copy in make_renditions(path, WANTS, tmp_path).copies]
    again = [copy.path.read_bytes() for copy in make_renditions(path, WANTS, tmp_path).copies]
    assert first == again


def test_copies_fit_their_boxes_and_are_never_enlarged(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    corners(3000, 2000).save(path)
    wants = Wants(Size(240, 216), cover=True, wall=Size(1920, 1080))
    made = make_renditions(path, wants, tmp_path)
    assert [copy.size for copy in made.copies] == [Size(324, 216), Size(1620, 1080)]
    assert [Image.open(copy.path).size for copy in made.copies] == [(324, 216), (1620, 1080)]
    corners(100, 50).save(path)
    assert {copy.size for copy in make_renditions(path, wants, tmp_path).copies} == {Size(100, 50)}


def jpeg(image: Image.Image) -> bytes:
    whole = BytesIO()
    image.save(whole, "JPEG")
    return whole.getvalue()


REFUSALS: list[tuple[str, bytes, str]] = [
    ("empty", b"", "is empty"),
    ("zeros", b"\0" * 5000, "nothing but zeros"),
    ("pdf", b"%PDF-1.7\n", "PDF"),
    ("html", b"<!DOCTYPE html><title>404</title>", "web page"),
    ("film", b"\0\0\0\x20ftypisom" + b"\0" * 40, "video"),
    ("zip", b"PK\x03\x04" + b"\0" * 40, "ZIP"),
    ("text", "Pamiętamy".encode(), "text"),
    ("svg", b'<?xml version="1.0"?><svg xmlns="x"/>', "SVG"),
    ("gif", b"GIF89a" + b"\0" * 40, "GIF"),
    ("noise", bytes(range(1, 200)), "not a picture"),
    ("bomb", png(20000, 20000, 8, 2, b"\0" * 60000), "400 megapixels"),
    ("long", png(30001, 40, 8, 0, b"\0" * 30001), "30000 a side"),
    ("tiny", png(20, 20, 8, 0, b"\0" * 20), "too small"),
    ("damaged", png(64, 64, 8, 2, b"\0" * 192).replace(b"\x78\x9c", b"\0\0"), "damaged"),
    ("preallocated", jpeg(corners(600, 400))[:1500].ljust(9000, b"\0"), "ends before"),
]


@pytest.mark.parametrize(("raw", "reason"), [case[1:] for case in REFUSALS], ids=[case[0] for case in REFUSALS])
def test_a_refusal_says_what_is_wrong(tmp_path: Path, raw: bytes, reason: str) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(raw)
    with pytest.raises(MediumRefused, match=reason):
        make_renditions(path, WANTS, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["a.jpg"]


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "avif", "heic"])
@pytest.mark.parametrize("part", [0.5, 0.97])
def test_a_file_that_was_cut_off(tmp_path: Path, ending: str, part: float) -> None:
    path = tmp_path / f"a.{ending}"
    Image.effect_noise((200, 200), 60).convert("RGB").save(path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * part)])
    with pytest.raises(MediumRefused, match="the file ends before the picture does; copy it again"):
        make_renditions(path, WANTS, tmp_path)


def test_a_tiff_that_was_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "a.tiff"
    corners(200, 200).save(path)
    path.write_bytes(path.read_bytes()[:60_000])
    with pytest.raises(MediumRefused, match="copy it again"):
        make_renditions(path, WANTS, tmp_path)


def test_a_giant_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    with path.open("wb") as file:
        file.truncate(200_000_001)
    with pytest.raises(MediumRefused, match="200 MB"):
        make_renditions(path, WANTS, tmp_path)


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/etc/hostname"), lambda path: path.mkdir()])
def test_what_is_no_regular_file_is_not_opened(tmp_path: Path, make: Callable[[Path], None]) -> None:
    path = tmp_path / "a.jpg"
    make(path)
    with pytest.raises(MediumRefused):
        make_renditions(path, WANTS, tmp_path)
