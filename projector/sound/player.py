"""The sink that is a device: PortAudio's thread fetches what the role has rendered for the moment it is heard."""

from collections import deque
from contextlib import suppress
from typing import Protocol, cast

from projector.clock import Machine, Seconds, machine_now
from projector.sound.devices import gone, index_of, library
from projector.sound.mixer import BLOCK
from projector.sound.wav import CHANNELS, FRAME_BYTES, RATE, Pcm

# What lies ready for the device's thread, and what PortAudio keeps itself: a garbage collection or a busy disk is not
# heard. Commands are heard as much later; sound and picture stay together all the same.
AHEAD = Seconds(0.060)
BUFFERED = Seconds(0.100)
# A device whose thread has asked for nothing for so long is gone, whatever PortAudio says.
SILENT = Seconds(2.0)
# What a device says of its time trembles by some milliseconds from block to block, and is now and then far off; only
# what is far off for a fifth of a second is believed.
SMOOTH = 0.05
FAR = Seconds(0.030)
BELIEVED = 20
# One that is only starting says many things; it is fed once it has said the same for a while.
SETTLED = 15


class _Times(Protocol):
    """PortAudio's time_info: seconds on a clock of its own."""

    currentTime: float  # noqa: N815  PortAudio's name
    outputBufferDacTime: float  # noqa: N815  PortAudio's name


class _Stream(Protocol):
    """What is used of sounddevice's RawOutputStream."""

    active: bool
    latency: float

    def start(self) -> None: ...
    def abort(self) -> None: ...
    def close(self) -> None: ...


class Timeline:
    """When the samples of a stream are heard, from what the device says of some of them."""

    def __init__(self) -> None:
        self._zero: float | None = None
        self._number = -1
        self._near = self._far = 0

    def heard(self, number: int, at: float) -> None:
        """The device says that the sample of a number is heard at a machine time."""
        if number == self._number:
            return
        self._number = number
        zero = at - number / RATE
        if self._zero is not None and abs(zero - self._zero) < FAR:
            self._zero += SMOOTH * (zero - self._zero)
            self._near, self._far = self._near + 1, 0
        elif self._near < SETTLED or self._far >= BELIEVED:
            self._zero, self._near, self._far = zero, 0, 0
        else:
            self._far += 1

    def at(self, number: int) -> Machine | None:
        """The machine time at which a sample is heard; None before the device keeps to what it says."""
        return Machine(self._zero + number / RATE) if self._zero is not None and self._near >= SETTLED else None


class DeviceSink:
    """Plays on a device, by its name, or on the system's default one.

    Samples are counted from the stream's start. PortAudio's thread says when a sample of a number will be heard, and
    fetches what has been put for it; what came too late for its place is thrown away, so that nothing is ever shifted.
    Between the threads pass `_heard` (one tuple at a time) and `_ready` (a deque), both without a lock.
    """

    def __init__(self, name: str | None) -> None:
        portaudio = library()
        self.underruns = 0
        self.name = name or "the default device"
        self._next = self._asked = 0
        self._ready: deque[tuple[int, bytes]] = deque()
        self._heard: tuple[int, float] | None = None
        self._times = Timeline()
        self._fed = False
        self._last = machine_now()
        # The devices that were plugged in since PortAudio was loaded are seen only by one that is loaded anew.
        with suppress(portaudio.PortAudioError):  # it may not have come up the last time
            portaudio._terminate()  # noqa: SLF001  sounddevice has no public way
        try:
            portaudio._initialize()  # noqa: SLF001  sounddevice has no public way
            index = index_of(portaudio, name)
            self._stream = cast(
                _Stream,
                portaudio.RawOutputStream(
                    samplerate=RATE, channels=CHANNELS, dtype="int16", device=index, blocksize=BLOCK,
                    latency=BUFFERED, callback=self._fetch,
                ),
            )  # fmt: skip
            self._stream.start()
        except portaudio.PortAudioError as error:
            raise gone(self.name, str(error)) from error
        self.latency = Seconds(self._stream.latency + AHEAD)

    def due(self, now: Machine) -> Machine | None:
        if not self._stream.active or now - self._last > SILENT:
            raise gone(self.name, "it no longer plays")
        if self._heard is None:
            return None
        self._times.heard(*self._heard)
        self._next = max(self._next, self._asked)
        if self._next >= self._asked + int(AHEAD * RATE):
            return None
        return self._times.at(self._next)

    def put(self, block: Pcm) -> None:
        self._ready.append((self._next, block.astype("<i2").tobytes()))
        self._next += len(block)

    def said(self) -> dict[str, str | float]:
        return {"device": self.name}

    def close(self) -> None:
        with suppress(OSError, library().PortAudioError):
            self._stream.abort()
            self._stream.close()

    def _fetch(self, out: memoryview, frames: int, times: _Times, _status: object) -> None:
        """On PortAudio's thread: note when this block is heard, and hand over what there is for it."""
        now = machine_now()
        delay = times.outputBufferDacTime - times.currentTime
        if not 0 <= delay < 2:  # some drivers do not know
            delay = BUFFERED
        number = self._asked
        self._heard, self._last = (number, now + delay), now
        self._asked = number + frames
        while self._ready and self._ready[0][0] < number:
            self._ready.popleft()
        if self._ready and self._ready[0][0] == number and frames == BLOCK:
            out[:] = self._ready.popleft()[1]
            self._fed = True
        else:
            self.underruns += self._fed
            out[:] = bytes(frames * FRAME_BYTES)
