"""Placeholder interviews: moving test pictures that plainly say so, whose frames and sound can be told exactly."""

import colorsys
import random
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

from projector.errors import Missing
from projector.render.lines import draw_line, paragraphs
from projector.render.sample_counter import draw_counter, draw_flash, flashes, square
from projector.render.sample_folder import Files, made_here
from projector.render.sample_picture import written
from projector.render.sample_places import PLACES
from projector.render.theme import Colour, load_theme
from projector.show.picture import Size

_SHAPES = (
    (Size(1280, 720), Fraction(25)),
    (Size(720, 1280), Fraction(25)),
    (Size(960, 720), Fraction(25)),
    (Size(1280, 720), Fraction(30)),
)
_SHORTEST, _LONGEST = 8, 20
# Each hue is far from those before it, however many there are.
_HUES = 0.381966
_EVERY = 3
_SUBTITLES = {
    "en": ("Placeholder subtitle {}", "Placeholder subtitle {},\nin two lines"),
    "pl": ("Zastępczy napis {}", "Zastępczy napis {},\nw dwóch wierszach"),
}


@dataclass(frozen=True, slots=True)
class SampleClip:
    """One placeholder interview: its number gives its shape, its hue and the pitch of its tone, the seed how long it is."""

    number: int
    seconds: int
    country: str
    language: str

    @property
    def size(self) -> Size:
        return _SHAPES[(self.number - 1) % len(_SHAPES)][0]

    @property
    def rate(self) -> Fraction:
        return _SHAPES[(self.number - 1) % len(_SHAPES)][1]

    @property
    def frames(self) -> int:
        return int(self.seconds * self.rate)

    @property
    def pitch(self) -> int:
        return 110 + 20 * (self.number % 8)


def placeholder_interviews(count: int, seed: str) -> list[Files]:
    """So many clips below `interviews/`, each with its sidecar and subtitles in two languages.

    Raises, when they are made: Missing without ffmpeg.
    """
    places = random.Random(f"{seed}:interviews").sample(PLACES, len(PLACES))
    return [_files(_clip(number, seed, places)) for number in range(1, count + 1)]


def _clip(number: int, seed: str, places: list[tuple[str, str, str]]) -> SampleClip:
    _, country, language = places[(number - 1) % len(places)]
    seconds = random.Random(f"{seed}:interview:{number}").randint(_SHORTEST, _LONGEST)
    return SampleClip(number, seconds, country, language)


def _files(clip: SampleClip) -> Files:
    path = Path("interviews", f"placeholder-{clip.number:02d}-{clip.language.lower()}.mp4")
    # The clip comes last: a running show must never see it without the word that it is a placeholder.
    return (
        (path.with_name(f"{path.name}.yaml"), _sidecar(clip).encode),
        (path.with_name(f"{path.stem}.en.srt"), lambda: _srt(clip).encode()),
        (path.with_name(f"{path.stem}.pl.vtt"), lambda: _vtt(clip).encode()),
        (path, lambda: encoded(clip)),
    )


def _sidecar(clip: SampleClip) -> str:
    return (
        f"{made_here('interview')}name: Placeholder interview {clip.number:02d}\n"
        f"country: {clip.country}\nlanguage: {clip.language}\n"
        "caption: {en: 'A placeholder, not an interview', pl: 'Obraz zastępczy, nie wywiad'}\nplaceholder: true\n"
    )


def _srt(clip: SampleClip) -> str:
    return "\n".join(f"{n}\n{_at(a, ',')} --> {_at(b, ',')}\n{text}\n" for n, a, b, text in _cues(clip, "en"))


def _vtt(clip: SampleClip) -> str:
    cues = (f"{_at(start, '.')} --> {_at(end, '.')}\n{text}\n" for _, start, end, text in _cues(clip, "pl"))
    return "WEBVTT\n\n" + "\n".join(cues)


def _cues(clip: SampleClip, language: str) -> Iterator[tuple[int, float, float, str]]:
    for number, second in enumerate(range(0, clip.seconds - _EVERY + 1, _EVERY), start=1):
        yield number, second + 0.5, second + _EVERY - 0.2, _SUBTITLES[language][number % 2 == 0].format(number)


def _at(seconds: float, point: str) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    return f"00:00:{whole:02d}{point}{thousandths:03d}"


def encoded(clip: SampleClip) -> bytes:
    """The bytes of its MP4. Raises Missing without ffmpeg."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "clip.mp4")
        try:
            with subprocess.Popen(_command(clip, path), stdin=subprocess.PIPE) as ffmpeg:
                if ffmpeg.stdin is not None:
                    for frame in _frames(clip):
                        ffmpeg.stdin.write(frame.tobytes())
                    ffmpeg.stdin.close()
        except (FileNotFoundError, BrokenPipeError) as error:
            raise _no_ffmpeg() from error
        if ffmpeg.returncode != 0:
            raise _no_ffmpeg()
        return path.read_bytes()


def _no_ffmpeg() -> Missing:
    return Missing(
        "There is no ffmpeg that can make placeholder interviews", "Install it: `sudo apt-get install ffmpeg`"
    )


def _command(clip: SampleClip, path: Path) -> list[str]:
    """Frames from stdin, a quiet tone with a beep a second, and nothing in the file that a second run would change."""
    beep = "0.35*sin(2*PI*1000*t)*lt(mod(t\\,1)\\,0.1)"
    sound = f"aevalsrc=0.012*sin(2*PI*{clip.pitch}*t)+{beep}:s=48000:d={clip.seconds}"
    size = f"{clip.size.width}x{clip.size.height}"
    colour = ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"]
    return [
        *("ffmpeg", "-v", "error", "-y"),
        *("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", size, "-r", str(clip.rate), "-i", "pipe:0"),
        *("-f", "lavfi", "-i", sound),
        *("-vf", "scale=out_color_matrix=bt709:out_range=tv", *colour, "-pix_fmt", "yuv420p"),
        *("-c:v", "libx264", "-preset", "medium", "-crf", "25", "-threads", "2", "-g", str(2 * int(clip.rate))),
        *("-c:a", "aac", "-b:a", "64k", "-map_metadata", "-1", "-movflags", "+faststart"),
        *("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", str(path)),
    ]


def _frames(clip: SampleClip) -> Iterator[Image.Image]:
    """Every frame; the image is the same object, drawn on again."""
    still = _still(clip)
    for number in range(clip.frames):
        frame = still.copy()
        draw_counter(frame, number)
        draw_flash(frame, white=flashes(number, clip.rate))
        _draw_moving(frame, clip, number)
        yield frame


def _still(clip: SampleClip) -> Image.Image:
    """What stands in every frame: a field of its hue, what it is, what it is not, and which one.

    The lowest third is left to subtitles.
    """
    size, ink = clip.size, load_theme().ink
    image = _field(size, clip.number * _HUES % 1.0)
    for words, top, height, most in (
        ("PLACEHOLDER", 0.35, 0.16, 0.68),
        ("not an interview", 0.505, 0.09, 0.46),
    ):
        mask = written(Size(size.width, round(size.height * height)), "en", words, most)
        image.paste(ink, (0, round(size.height * top)), mask)
    _draw_line(image, f"test clip {clip.number:02d}", share=0.94, letters=0.9, hang=1.0)
    return image


def _field(size: Size, hue: float) -> Image.Image:
    """A quiet field of a hue, lighter above."""
    dark, light = _of_hue(hue, 0.20), _of_hue(hue, 0.34)
    small = (size.width // 10, size.height // 10)
    gradient = Image.linear_gradient("L").resize(small).filter(ImageFilter.GaussianBlur(4))
    field = Image.composite(Image.new("RGB", small, dark), Image.new("RGB", small, light), gradient)
    return field.resize((size.width, size.height), Image.Resampling.BICUBIC)


def _of_hue(hue: float, light: float) -> Colour:
    red, green, blue = colorsys.hls_to_rgb(hue, light, 0.28)
    return round(255 * red), round(255 * green), round(255 * blue)


def _draw_moving(image: Image.Image, clip: SampleClip, number: int) -> None:
    """The number of the frame for people, and a dot that crosses the picture once in the clip's length, as a clock's hand."""
    draw, ink, side = ImageDraw.Draw(image), load_theme().ink, square(clip.size)
    _draw_line(image, f"{number:05d}", share=0.06, letters=1.5, hang=0.0)
    y, left, right = image.height * 0.635, image.width * 0.12, image.width * 0.88
    draw.line((left, y, right, y), fill=load_theme().quiet, width=max(1, round(side / 20)))
    x, radius = left + (right - left) * number / max(1, clip.frames - 1), side / 4
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=ink)


def _draw_line(image: Image.Image, text: str, share: float, letters: float, hang: float) -> None:
    """A line below the counter, at a share of the width; `letters`: their em, of a square of the counter."""
    side, edge = square(Size(*image.size)), min(image.size) * 0.06
    (paragraph,) = paragraphs(text, "en")
    line = paragraph.line(0, len(paragraph.clusters))
    draw = ImageDraw.Draw(image)
    draw_line(draw, line, image.width * share, round(edge + 3.9 * side), letters * side, load_theme().ink, hang)
