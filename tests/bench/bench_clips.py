"""What a clip costs on this machine: ten seconds of 1080p25 through player, ring, upload and shader, side by side.

Run it with `python -m tests.bench.bench_clips` from the root of the tree; it takes about a minute.
"""

import os
import resource
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyglet

from projector.render.clips import Clips
from projector.render.compositor import Compositor
from projector.render.output import OffscreenOutput
from projector.render.stacks import clips_of
from projector.show.picture import ClipTile, Layer, Picture, Rect, Size
from tests.render.counted import clip_of, make

SIZE = Size(1920, 1080)
WHOLE = Rect(0, 0, 1920, 1080)
CLIP = clip_of(250, width=1920, height=1080)


def picture(frame: int) -> Picture:
    return Picture((Layer(ClipTile("clip", 1, CLIP, frame, WHOLE), WHOLE, 1.0),))


def spent(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def until_there(clips: Clips, compositor: Compositor, frame: int) -> float:
    """Seconds until that frame, and no other, is uploaded."""
    began = time.perf_counter()
    seen = clips_of(picture(frame))
    while clips._playings[seen[0][0]].shown != frame if clips._playings else True:
        clips.turn(seen, compositor)
        time.sleep(0.001)
    return time.perf_counter() - began


def played(turn: Callable[[int], None]) -> list[float]:
    """The milliseconds that each frame took, played at its pace."""
    took, began = [], time.perf_counter()
    for frame in range(1, 249):
        time.sleep(max(0.0, frame / 25 - (time.perf_counter() - began)))
        start = time.perf_counter()
        turn(frame)
        took.append(1000 * (time.perf_counter() - start))
    return sorted(took)


def main() -> None:
    folder = Path(tempfile.mkdtemp())
    path = make(folder / "clip.mp4", CLIP)
    command = ["ffmpeg", "-v", "error", "-threads", "1", "-i", str(path), "-an", "-f", "null", "-"]
    before = spent(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True)
    alone = spent(resource.RUSAGE_CHILDREN) - before
    output = OffscreenOutput(SIZE)
    output.make_current()
    compositor = Compositor(SIZE)
    clips = Clips(lambda _: path)
    cold = until_there(clips, compositor, 0)

    def turn(frame: int) -> None:
        clips.turn(clips_of(picture(frame)), compositor)
        compositor.draw(picture(frame))
        pyglet.gl.glFinish()

    children, own = spent(resource.RUSAGE_CHILDREN), spent(resource.RUSAGE_SELF)
    took = played(turn)
    own = spent(resource.RUSAGE_SELF) - own
    jump = until_there(clips, compositor, 60)
    os.kill(clips.pids()[0], signal.SIGKILL)
    killed = until_there(clips, compositor, 110)
    clips.close()
    children = spent(resource.RUSAGE_CHILDREN) - children
    print(f"decoding alone (ffmpeg, one thread): {alone:.2f} CPU s")
    print(f"the players, two starts and two jumps in it: {children:.2f} CPU s = {children / alone:.2f} of that")
    print(f"the wall, upload and drawing: {own:.2f} CPU s = {own / alone:.2f} of that")
    print(f"a frame on the wall: median {took[124]:.1f} ms, 95 in 100 under {took[235]:.1f} ms")
    print(f"first frame from a cold start {cold:.2f} s, after a jump {jump:.2f} s, after SIGKILL {killed:.2f} s")
    compositor.close()
    output.close()


if __name__ == "__main__":
    main()
