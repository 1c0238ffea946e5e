"""Frames on their way from a player's process to the wall: a ring of slots in memory that both have mapped.

One side writes, the other reads, and neither ever waits for a lock that the other may have died with. The writer alone moves
`head` and `state`, the reader alone moves `tail`: whole words of eight bytes, written after what they speak of.
"""

import mmap
import os
from enum import IntEnum
from typing import NamedTuple, Self

_WORD = 8
_HEAD, _TAIL, _STATE, _NUMBERS = 0, 1, 2, 8
_MOST_SLOTS = 64
# The frames begin on a page of their own.
_START = 4096
SLOTS = 12
# At 4K a frame is 12 MB: fewer of them then.
MOST_BYTES = 96_000_000
FEWEST_SLOTS = 6
# A hold names an instant that has passed by the time it is heard of: so many frames that have been shown are kept for it.
KEPT = 3


class State(IntEnum):
    """How far the writer is."""

    STARTING = 0
    PLAYING = 1
    ENDED = 2
    FAILED = 3


class Shape(NamedTuple):
    """The size of a picture in I420: luma, then the two of chroma at half the size, rounded up; no padding."""

    width: int
    height: int

    @property
    def chroma(self) -> tuple[int, int]:
        """The size of one plane of chroma."""
        return (self.width + 1) // 2, (self.height + 1) // 2

    @property
    def bytes(self) -> int:
        """How many bytes one picture takes."""
        width, height = self.chroma
        return self.width * self.height + 2 * width * height


class Ring:
    """A ring of I420 frames, each with its number. `close` it when neither frames nor numbers are wanted any more."""

    def __init__(self, handle: int, shape: Shape, slots: int) -> None:
        self.handle = handle
        self.shape = shape
        self.slots = slots
        self._map = mmap.mmap(handle, _total(shape, slots))
        self._all = memoryview(self._map)
        self._words = self._all[:_START].cast("q")

    @classmethod
    def make(cls, shape: Shape) -> Self:
        """A new one, in memory that has no name and goes with the last process that has it open."""
        slots = max(FEWEST_SLOTS, min(SLOTS, MOST_BYTES // shape.bytes))
        handle = os.memfd_create("clip", os.MFD_CLOEXEC)
        os.ftruncate(handle, _total(shape, slots))
        return cls(handle, shape, slots)

    # The writer's side ---------------------------------------------------------------------------------------------

    @property
    def is_full(self) -> bool:
        """Whether the writer has to wait."""
        return self._words[_HEAD] - self._words[_TAIL] >= self.slots

    def free_slot(self) -> memoryview:
        """Where the next frame goes; only while the ring is not full."""
        return self._slot(self._words[_HEAD])

    def commit(self, number: int) -> None:
        """Hand over the frame that lies in the free slot."""
        head = self._words[_HEAD]
        self._words[_NUMBERS + head % self.slots] = number
        self._words[_HEAD] = head + 1

    # The reader's side ---------------------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        """How far the writer is; the writer sets it."""
        return State(self._words[_STATE])

    @state.setter
    def state(self, state: State) -> None:
        self._words[_STATE] = state

    @property
    def written(self) -> int:
        """How many frames have been handed over so far: what moves while the writer makes progress."""
        return self._words[_HEAD]

    def newest(self) -> int | None:
        """The number of the last frame that was handed over; None before the first."""
        head = self._words[_HEAD]
        return None if head == 0 else self._words[_NUMBERS + (head - 1) % self.slots]

    def oldest(self) -> int | None:
        """The number of the first frame that is still there."""
        tail = self._words[_TAIL]
        return None if tail >= self._words[_HEAD] else self._words[_NUMBERS + tail % self.slots]

    def take(self, number: int) -> tuple[int, memoryview] | None:
        """The frame of that number, or the newest before it; those before, but for the last few, are given back to the writer.

        What is handed out stays as it is until the next `take`. None when all that is there comes later.
        """
        head, tail = self._words[_HEAD], self._words[_TAIL]
        best = None
        for place in range(tail, head):
            if self._words[_NUMBERS + place % self.slots] > number:
                break
            best = place
        if best is None:
            return None
        self._words[_TAIL] = max(tail, best - KEPT)
        return self._words[_NUMBERS + best % self.slots], self._slot(best)

    def close(self) -> None:
        """Let go of the memory. What `take` gave is not to be used after it."""
        self._words.release()
        self._all.release()
        self._map.close()
        os.close(self.handle)

    def _slot(self, place: int) -> memoryview:
        start = _START + (place % self.slots) * _padded(self.shape)
        return self._all[start : start + self.shape.bytes]


def _padded(shape: Shape) -> int:
    return -(-shape.bytes // 4096) * 4096


def _total(shape: Shape, slots: int) -> int:
    if not 0 < slots <= _MOST_SLOTS:
        raise ValueError(f"a ring has 1 to {_MOST_SLOTS} slots, not {slots}")
    return _START + slots * _padded(shape)
