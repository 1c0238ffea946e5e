"""A clip to its house copy: any file of a producer's in, one format out that the wall plays without a surprise.

House format: H.264 High, yuv420p, BT.709 in limited range, constant standard rate, upright square pixels, even sides,
no B-frames (so that the n-th frame stands at n/rate, from 0, and no edit list is needed), closed groups of one second,
faststart; AAC 48 kHz stereo, and the same sound as WAV. x264 `veryfast`, crf 18, four threads: the same source gives
the same bytes on every machine.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from projector.clock import Seconds
from projector.errors import MediumRefused
from projector.intake.clip_colour import filters
from projector.intake.clip_content import PROTECTED, speaks_of_locks
from projector.intake.ffmpeg import PATIENCE, SAVE_AGAIN, Ended, Progress, ffmpeg, require_ffmpeg, run
from projector.intake.house_format import house_rate, house_size
from projector.intake.loudness import SAMPLE_RATE, Sound, made_sound
from projector.intake.probe import LEAST_SIDE, MOST_SECONDS, Source, probe
from projector.intake.proof import proven
from projector.show.media import Clip
from projector.show.picture import Size

X264 = ("-c:v", "libx264", "-profile:v", "high", "-preset", "veryfast", "-crf", "18", "-bf", "0", "-threads:v", "4")
GROUPS = ("-sc_threshold", "0", "-flags:v", "+cgop+bitexact", "-x264-params", "open-gop=0")
COLOURS = ("-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv")
# The encoder's note of its own settings is left out.
COPY = ("-c:v", "copy", "-bsf:v", "filter_units=remove_types=6")
BARE = ("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-dn", "-sn")

# AAC gives its first 1024 samples to getting under way. They are taken from the sound, which a fade-in covers, so that
# it needs no edit list to start with the picture.
AAC_DELAY = 1024

# Of the whole work: to the picture's encoding, to its sound, to joining them, to the proof.
PICTURE, SOUND, JOIN = 0.78, 0.10, 0.02

# A sound that starts so much before the picture is the encoder's; more was meant, and the first frame is held for it.
LEAD = 0.25
SHORT_AT_MOST = 0.5
SHORT_PART = 0.02
COPY_RATE = 10_000_000


@dataclass(frozen=True, slots=True)
class MadeClip:
    """House copies of one clip: `<stem>-clip.mp4`, `<stem>-sound.wav` (None: silent), `<stem>-first.jpg`, `<stem>-last.jpg`.

    `clip` is as the house copy was decoded.
    """

    clip: Clip
    video: Path
    sound: Path | None
    first: Path
    last: Path


@dataclass(frozen=True, slots=True)
class Shape:
    """What the house copy is to be: its size, its rate, and the instant of the source at which it starts."""

    size: Size
    rate: Fraction
    zero: float


def transcode(
    source: Path, into: Path, stem: str, wall: Size, progress: Callable[[float], None] = lambda _: None
) -> MadeClip:
    """Make the house copies of a clip in a folder, and prove them; `wall` is the canvas, in which they lie.

    `source` must not change meanwhile. `progress` hears parts of 1. Raises MediumRefused with a producer's reason, and
    leaves nothing behind; Missing where ffmpeg is.
    """
    require_ffmpeg()
    work = Work(source.resolve(), into.resolve(), stem, wall, progress)
    try:
        made = work.done()
    except BaseException:
        work.clear()
        raise
    work.picture.unlink()
    progress(1.0)
    return made


class Work:
    """One clip on its way: what is known of it, and the files it is made into."""

    def __init__(self, source: Path, into: Path, stem: str, wall: Size, progress: Callable[[float], None]) -> None:
        self._source = source
        self._wall = wall
        self._progress = progress
        self._done = 0.0
        self.picture = into / f"{stem}-picture.mp4"
        self.video = into / f"{stem}-clip.mp4"
        self.sound = into / f"{stem}-sound.wav"
        self.stills = (into / f"{stem}-first.jpg", into / f"{stem}-last.jpg")

    def clear(self) -> None:
        """Take away all that was made."""
        for path in (self.picture, self.video, self.sound, *self.stills):
            path.unlink(missing_ok=True)

    def done(self) -> MadeClip:
        """All of it, in order. Raises MediumRefused."""
        source = probe(self._source)
        shape = _shape(source, self._wall)
        frames = self._encode(source, shape)
        audible = self._hear(source, shape, frames)
        self._join(audible, float(frames / shape.rate))
        proven(self.video, shape.rate, frames, self.stills, lambda n: self._tell(PICTURE + SOUND + JOIN, 1, n / frames))
        clip = Clip(shape.size.width, shape.size.height, shape.rate, frames, audible)
        return MadeClip(clip, self.video, self.sound if audible else None, *self.stills)

    def _tell(self, start: float, end: float, part: float) -> None:
        """Say how far it is, between two parts of the whole; never less than was said before."""
        self._done = max(self._done, start + (end - start) * min(1.0, max(0.0, part)))
        self._progress(self._done)

    def _encode(self, source: Source, shape: Shape) -> int:
        """The picture alone, in house format; how many frames of it. Raises where the source is cut off or damaged."""
        whole = source.picture.seconds or source.seconds or float(MOST_SECONDS)
        expected = max(1.0, whole * float(shape.rate))
        hear = Progress(lambda now: self._tell(0, PICTURE, now.frames / expected))
        ended = run(ffmpeg(*source.opening, *_picture_options(source, shape, self.picture)), hear.hear)
        _check_whole(source, shape, hear, ended)
        return hear.frames

    def _hear(self, source: Source, shape: Shape, frames: int) -> bool:
        if source.sound is None:
            return False
        samples = round(frames / shape.rate * SAMPLE_RATE)
        sound = Sound(source.opening, source.sound.index, shape.zero, samples)
        seconds = samples / SAMPLE_RATE
        return made_sound(sound, self.sound, lambda now: self._tell(PICTURE, PICTURE + SOUND, now.seconds / seconds))

    def _join(self, audible: bool, seconds: float) -> None:
        """Picture and sound in one file, its table of contents at its start."""
        sound = ("-f", "wav", "-i", f"file:{self.sound}") if audible else ()
        encoding = ("-map", "1:a", "-c:a", "aac", "-b:a", "192k", "-flags:a", "+bitexact") if audible else ()
        trim = ("-af", f"atrim=start_sample={AAC_DELAY}") if audible else ()
        plain = ("-movflags", "+faststart", "-use_editlist", "0", "-f", "mp4", f"file:{self.video}")
        pictures = ("-protocol_whitelist", "file", "-f", "mov", "-i", f"file:{self.picture}")
        command = ffmpeg(*pictures, *sound, "-map", "0:v", *COPY, *encoding, *trim, *BARE, *plain)
        # For faststart the whole file is moved once more, of which ffmpeg says nothing.
        patience = Seconds(PATIENCE + self.picture.stat().st_size / COPY_RATE)
        hear = Progress(lambda now: self._tell(PICTURE + SOUND, PICTURE + SOUND + JOIN, now.seconds / seconds))
        if run(command, hear.hear, patience).code:
            raise MediumRefused(f"its picture and its sound cannot be put together; {SAVE_AGAIN}")


def _shape(source: Source, wall: Size) -> Shape:
    picture, sound = source.picture, source.sound
    size = house_size(picture.size, picture.aspect, picture.turn, wall)
    if min(size.width, size.height) < LEAST_SIDE:
        raise MediumRefused(f"is too narrow: {size.width} × {size.height} pixels on the wall, {LEAST_SIDE} are needed")
    early = sound is not None and picture.start - sound.start > LEAD
    return Shape(size, house_rate(picture.average, picture.finest), sound.start if sound and early else picture.start)


def _picture_options(source: Source, shape: Shape, into: Path) -> tuple[str, ...]:
    """One output with the picture; and the sound, undecoded, to nowhere, so that progress tells where the file ends."""
    group = str(round(shape.rate))
    chain = filters(source.picture, shape.size, shape.rate, shape.zero)
    sound = ("-map", f"0:{source.sound.index}", "-c:a", "copy", "-f", "null", "-") if source.sound else ()
    return (
        *("-map", f"0:{source.picture.index}", "-vf", chain, "-fps_mode", "passthrough", "-t", str(MOST_SECONDS + 60)),
        *(*X264, "-g", group, "-keyint_min", group, *GROUPS, *COLOURS, *BARE),
        *("-chroma_sample_location", "left", "-f", "mp4", f"file:{into}", *sound),
    )


def _check_whole(source: Source, shape: Shape, heard: Progress, ended: Ended) -> None:
    """Whether the source gave all that it declares, undamaged."""
    damaged = ended.damaged[source.picture.index]
    if (damaged or not heard.frames) and speaks_of_locks(source.path):
        raise MediumRefused(PROTECTED)
    if not heard.frames:
        raise MediumRefused(f"no picture of it can be decoded; {SAVE_AGAIN}")
    got = float(heard.frames / shape.rate)
    if got > MOST_SECONDS:
        raise MediumRefused(f"lasts longer than {MOST_SECONDS / 3600:.0f} hours; cut it shorter")
    declared = source.picture.seconds
    if declared is None:
        # Only the whole file says how long it is: the longer of its picture and its sound.
        got, declared = max(got, heard.seconds - shape.zero), source.seconds or 0.0
    if declared - got > max(SHORT_AT_MOST, SHORT_PART * declared):
        raise MediumRefused(f"it ends after {got:.0f} s of {declared:.0f} s; it is cut off, copy it again")
    if damaged:
        raise MediumRefused(f"{damaged} of its pictures are damaged; copy it again")
    if ended.code:
        raise MediumRefused(f"it cannot be decoded to its end; {SAVE_AGAIN}")
