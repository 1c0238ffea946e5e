"""How long to wait between frames, and how they have come: vsync is trusted only while it holds the flips back."""

from collections import deque

from projector.clock import Machine, Seconds

# A display that is off, a virtual one or an off-screen canvas lets a flip return at once.
UNHELD = Seconds(0.002)
UNHELD_FLIPS = 4
LATE_FRAMES = 1.5
# A clip rests between its frames; what rests longer than this is a still picture.
STILL = Seconds(0.25)
# How many frames the rate is taken over.
WINDOW = 120


class Pacer:
    """Keeps a loop to `hz` where the display does not, and counts the frames that came late.

    `late` counts those that came more than one and a half frames after the one before.
    """

    def __init__(self, hz: float) -> None:
        self.period = Seconds(1.0 / hz)
        self.late = 0
        self._flips: deque[Machine] = deque(maxlen=WINDOW)
        self._unheld = 0
        self._rested = False
        self._deadline: Machine | None = None

    @property
    def fps(self) -> float:
        """Frames a second over the last two seconds or so; 0 before the second frame."""
        if len(self._flips) < 2 or self._flips[-1] <= self._flips[0]:
            return 0.0
        return (len(self._flips) - 1) / (self._flips[-1] - self._flips[0])

    @property
    def last_flip(self) -> Machine | None:
        """When the last frame was shown."""
        return self._flips[-1] if self._flips else None

    def flipped(self, began: Machine, ended: Machine) -> Seconds:
        """A flip was asked for at `began` and came back at `ended`; how long to sleep before the next frame."""
        if self._flips and not self._rested and ended - self._flips[-1] > LATE_FRAMES * self.period:
            self.late += 1
        self._rested = False
        self._flips.append(ended)
        self._unheld = self._unheld + 1 if ended - began < UNHELD else 0
        if self._unheld < UNHELD_FLIPS:
            self._deadline = None
            return Seconds(0.0)
        return self._until_deadline(ended)

    def paused(self, now: Machine) -> None:
        """Nothing new was to be shown: the next frame is not late, and after a while the rate starts anew."""
        self._rested = True
        self._deadline = None
        if self._flips and now - self._flips[-1] > STILL:
            self._flips.clear()

    def _until_deadline(self, now: Machine) -> Seconds:
        due = now + self.period if self._deadline is None else self._deadline + self.period
        # What was lost is lost: no burst of frames after a stall.
        self._deadline = Machine(max(due, now))
        return Seconds(self._deadline - now)
