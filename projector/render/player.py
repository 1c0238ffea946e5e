"""The player's process: decodes one playing of one house copy with libVLC into a ring, as fast as the wall takes frames.

It waits warm, libVLC loaded, for its one order; a playing that ends, jumps or hangs ends with its process, so nothing of
libVLC is ever stopped or used twice. libVLC decodes through its stream output (`transcode` to I420, `smem`), which has no
clock, drops nothing, names every frame's time, and may be kept waiting for as long as the wall holds.

One datagram comes: JSON `{"path", "width", "height", "rate": [n, d], "frames", "start", "slots"}` with the ring's handle.
One goes before it: `{"ready": true}`, or `{"missing": why}`.
"""

import ctypes
import json
import os
import resource
import select
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Protocol, Self

from projector.render.ring import Ring, Shape, State

PR_SET_PDEATHSIG = 1
ORDER_BYTES = 65536
# How often it is looked whether the wall has taken a frame, and whether libVLC has come to the end.
TAKEN_EVERY = 0.004
ENDED_EVERY = 0.02

OPTIONS = (
    "--quiet", "--ignore-config", "--no-interact", "--no-stats", "--no-lua", "--no-xlib",
    "--no-video-title-show", "--no-osd", "--no-spu", "--no-sub-autodetect-file", "--no-snapshot-preview",
    "--no-audio", "--no-sout-audio", "--no-sout-spu", "--avcodec-hw=none", "--no-avcodec-hurry-up",
    # With frames in flight on several threads the last ones would never come out at the end.
    "--avcodec-threads=1",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be played, from frame `start` on."""

    path: Path
    shape: Shape
    rate: Fraction
    frames: int
    start: int

    @classmethod
    def read(cls, text: bytes) -> tuple[Self, int]:
        """The order and the number of slots of its ring."""
        said = json.loads(text)
        shape = Shape(said["width"], said["height"])
        return cls(Path(said["path"]), shape, Fraction(*said["rate"]), said["frames"], said["start"]), said["slots"]

    def written(self, slots: int) -> bytes:
        """As `read` takes it."""
        rate = [self.rate.numerator, self.rate.denominator]
        said = {"path": str(self.path), "width": self.shape.width, "height": self.shape.height, "rate": rate}
        return json.dumps({**said, "frames": self.frames, "start": self.start, "slots": slots}).encode()


class Numbering:
    """The numbers of frames, counted: each comes once and in order. Their times are good for nothing but to see a leap.

    Decoding begins at `key`: the keyframe before the first frame that is wanted, or 0. What libVLC delivers first is that
    very frame, or one of an earlier keyframe with a leap to `key` after it: a second or more. Where it was paused or kept
    waiting its times are off by a few frames from then on.
    """

    def __init__(self, rate: Fraction, start: int) -> None:
        group = max(1, round(rate))
        self._leap = 500_000 * group / rate
        # Strictly before it: the first picture gets its number from the second.
        key = max(0, start - 1) // group * group
        self.key = key if key >= 2 else 0
        self._first = 0
        self._seen = 0
        self._origin = self.key

    def number(self, microseconds: int) -> int | None:
        """The number of the frame with that time; None where it is not known yet, and not wanted either."""
        self._seen += 1
        if self._seen == 1:
            self._first = microseconds
            return None if self.key else 0
        if self._seen == 2 and self.key and microseconds - self._first > self._leap:
            self._origin -= 1  # it is the keyframe, and what came first was not
        return self._origin + self._seen - 1


class Decoder(Protocol):
    """Fills a ring; `over` once nothing more will come."""

    def play(self, order: Order, ring: Ring) -> None:
        """Begin."""

    def over(self) -> bool:
        """Whether nothing more will come."""


_Pre = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p), ctypes.c_size_t)
_Post = ctypes.CFUNCTYPE(
    None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_size_t, ctypes.c_int64
)


class VlcDecoder:
    """libVLC. Its callbacks run on its own thread, cannot fail, and never call it."""

    def __init__(self) -> None:
        import vlc  # noqa: PLC0415  a machine without it says so in a message

        self._vlc = vlc
        instance = vlc.Instance(list(OPTIONS))
        if instance is None:
            raise OSError("libVLC does not take its options")
        self._instance = instance
        self._player = instance.media_player_new()

    def play(self, order: Order, ring: Ring) -> None:
        self._order, self._ring = order, ring
        self._numbering = Numbering(order.rate, order.start)
        self._scratch = ctypes.create_string_buffer(2 * order.shape.bytes + 4096)
        self._kept = _Pre(self._before), _Post(self._after)
        before, after = (ctypes.cast(call, ctypes.c_void_p).value for call in self._kept)
        calls = f"video-prerender-callback={before},video-postrender-callback={after}"
        media = self._instance.media_new_path(str(order.path))
        media.add_option(f":sout=#transcode{{vcodec=I420}}:smem{{no-time-sync,{calls}}}")
        if self._numbering.key:
            # Half a frame past it, so that no rounding puts it before; paused until it is there, so that nothing of the
            # beginning is decoded.
            media.add_option(f":start-time={float((self._numbering.key + Fraction(1, 2)) / order.rate):.6f}")
            media.add_option(":start-paused")
        self._player.set_media(media)
        media.release()
        self._player.play()
        if self._numbering.key:
            while self._player.get_state() in {self._vlc.State.NothingSpecial, self._vlc.State.Opening}:
                time.sleep(0.001)
            self._player.set_pause(0)

    def over(self) -> bool:
        return self._player.get_state() in {self._vlc.State.Ended, self._vlc.State.Error, self._vlc.State.Stopped}

    def _before(self, _data: int, pixels: "ctypes._Pointer[ctypes.c_void_p]", size: int) -> None:
        """Where libVLC is to put the next picture: straight into the ring, where it fits."""
        pixels[0] = ctypes.addressof(self._scratch)
        ring = self._ring
        while ring.is_full:
            time.sleep(TAKEN_EVERY)
        if size <= ring.shape.bytes:
            pixels[0] = ctypes.addressof(ctypes.c_char.from_buffer(ring.free_slot()))
        elif size > len(self._scratch):
            os._exit(3)  # no house copy at all: better no player than one that writes anywhere

    def _after(self, _d: int, _p: int, _w: int, _h: int, _bits: int, size: int, microseconds: int) -> None:
        number = self._numbering.number(microseconds)
        if size != self._ring.shape.bytes or (number is not None and not 0 <= number < self._order.frames):
            self._ring.state = State.FAILED
        elif number is not None and number >= self._order.start:
            self._ring.commit(number)


class FfmpegDecoder:
    """ffmpeg in a process of its own, for a machine on which libVLC does not do: slower to begin, and as exact."""

    def __init__(self) -> None:
        self._over = False

    def play(self, order: Order, ring: Ring) -> None:
        numbering = Numbering(order.rate, order.start)
        place = f"{float(max(Fraction(0), numbering.key - Fraction(1, 2)) / order.rate):.6f}"
        command = [
            "ffmpeg",
            "-v",
            "quiet",
            "-nostdin",
            "-protocol_whitelist",
            "file",
            "-ss",
            place,
            "-i",
            str(order.path),
        ]
        command += ["-an", "-sn", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-fps_mode", "passthrough", "pipe:1"]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert process.stdout is not None  # noqa: S101  a pipe was asked for
        for number in range(numbering.key, order.frames):
            while ring.is_full:
                time.sleep(TAKEN_EVERY)
            if process.stdout.readinto(ring.free_slot()) != order.shape.bytes:  # type: ignore[attr-defined]
                break
            if number >= order.start:
                ring.commit(number)
        self._over = True

    def over(self) -> bool:
        return self._over


def main(arguments: list[str]) -> None:
    """Wait for the order and carry it out until the other end closes: `<socket> <parent's pid> <vlc|ffmpeg>`."""
    handle, parent, name = int(arguments[0]), int(arguments[1]), arguments[2]
    confine(parent)
    with socket.socket(fileno=handle) as line:
        try:
            decoder: Decoder = VlcDecoder() if name == "vlc" else FfmpegDecoder()
        except (ImportError, OSError, AttributeError) as error:
            line.send(json.dumps({"missing": str(error)}).encode())
            return
        line.send(json.dumps({"ready": True}).encode())
        text, handles, _, _ = socket.recv_fds(line, ORDER_BYTES, 1)
        if text:
            order, slots = Order.read(text)
            follow(line, decoder, order, Ring(handles[0], order.shape, slots))
    os._exit(0)  # libVLC may hang on its way out


def follow(line: socket.socket, decoder: Decoder, order: Order, ring: Ring) -> None:
    """Play until the other end closes."""
    ring.state = State.PLAYING
    decoder.play(order, ring)
    while not select.select([line], [], [], ENDED_EVERY)[0]:
        if decoder.over() and ring.state is State.PLAYING:
            ring.state = State.ENDED


def confine(parent: int) -> None:
    """It ends with its parent, leaves Ctrl-C to it, and leaves no core behind."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)  # it died before the line above
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main(sys.argv[1:])
