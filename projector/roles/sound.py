"""The sound role: plays the sound of the instant on the chosen device, and keeps trying where it is gone."""

import os
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from projector.clock import Instant, Machine, Seconds, machine_now
from projector.errors import Missing, RenditionFault
from projector.intake.store import Store
from projector.ledger import health
from projector.ledger.database import Ledger
from projector.ledger.view import View
from projector.roles.role import Bench, End, Turn, run
from projector.roles.wall_ledger import ViewThread, WriteThread
from projector.show.sound import Voice, coming, sound_at
from projector.sound.choice import DEFAULT, FILE
from projector.sound.mixer import BLOCK, Mixer
from projector.sound.player import DeviceSink
from projector.sound.sink import PICTURE_LATENCY, FileSink, Sink
from projector.sound.tapes import Tapes
from projector.sound.wav import RATE, Pcm

# What will be heard is got ready this long before: the hash of an hour's interview takes some seconds.
PREROLL = Seconds(20.0)
LOOK_AHEAD_EVERY = Seconds(0.5)
BEAT = Seconds(0.5)
REST = Seconds(0.004)
FIRST_WAIT, LONGEST_WAIT = Seconds(0.5), Seconds(10.0)


@dataclass(slots=True)
class _Trying:
    """When a sink that is gone is tried again."""

    due: Machine = Machine(0.0)
    wait: Seconds = FIRST_WAIT

    def failed(self, now: Machine) -> None:
        self.due = Machine(now + self.wait)
        self.wait = Seconds(min(LONGEST_WAIT, 2 * self.wait))


class Sound:
    """The loop that renders. It never touches SQLite; two threads at the ledger and one at the store do."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._views = ViewThread(bench.state.ledger)
        self._writes = WriteThread(bench.state.ledger)
        self._store = Store(bench.state.store, Path(bench.launch.lent) if bench.launch.lent else None)
        self._tapes = Tapes(self._find)
        self._mixer = Mixer(self._tapes.of)
        self._sink: Sink | None = None
        self._trying = _Trying()
        self._faults: tuple[str, ...] = ()
        self._lack = ""
        self._started = machine_now()
        self._ahead_due = self._beat_due = Machine(0.0)

    def turn(self) -> Seconds:
        view, machine = self._views.view, machine_now()
        if view is None:
            return Seconds(0.01)
        self._look_ahead(view, machine)
        self._play(view, machine)
        self._report(view, machine)
        return REST if self._sink is not None else Seconds(0.05)

    def end(self) -> None:
        if self._sink is not None:
            self._sink.close()
        self._tapes.stop()
        self._views.stop()
        self._writes.stop()

    # Playing -------------------------------------------------------------------------------------------------------

    def _play(self, view: View, machine: Machine) -> None:
        """Give the sink what it wants; one that is gone is tried again, later and later."""
        try:
            if self._sink is None:
                if machine < self._trying.due:
                    return
                self._sink = self._open(view, machine)
            while (at := self._sink.due(machine_now())) is not None:
                self._sink.put(self._block(view, at))
                self._trying.wait, self._lack = FIRST_WAIT, ""
        except Missing as missing:
            self._lack = str(missing)
            self._trying.failed(machine)
            if self._sink is not None:
                self._sink.close()
                self._sink = None

    def _open(self, view: View, machine: Machine) -> Sink:
        asked = self._bench.launch.sound
        if asked.startswith(FILE):
            return FileSink(Path(asked.removeprefix(FILE)), machine, view.clock)
        return DeviceSink(None if asked == DEFAULT else asked)

    def _block(self, view: View, at: Machine) -> Pcm:
        """The block whose first sample is heard at a machine time."""
        return self._mixer.block(_heard(view, Machine(at + BLOCK / RATE)))

    # Getting ready -------------------------------------------------------------------------------------------------

    def _look_ahead(self, view: View, machine: Machine) -> None:
        if machine < self._ahead_due:
            return
        self._ahead_due = Machine(machine + LOOK_AHEAD_EVERY)
        sounding = [voice.medium for voice in self._mixer.sounding]
        self._tapes.want([*sounding, *coming(view.plan, view.control, view.clock.at(machine), PREROLL)])

    def _find(self, medium: str) -> Path:
        """On the thread of the tapes: the sound of a medium in the store, its hash checked."""
        view = self._views.view
        copy = view.renditions.get(medium, {}).get("sound") if view is not None else None
        if copy is None:
            raise RenditionFault(f"the sound of {medium[:12]} is not in the store yet")
        return self._store.checked(copy.sha256, ".wav")

    # Health --------------------------------------------------------------------------------------------------------

    def _report(self, view: View, machine: Machine) -> None:
        """Figures every so often; faults when they come and when they are mended."""
        faults = tuple(filter(None, (self._lack, *self._tapes.failures())))
        if faults != self._faults:
            self._faults = faults
            self._writes.do(partial(_tell, faults=faults, now=view.clock.at(machine)))
        if machine < self._beat_due:
            return
        self._beat_due = Machine(machine + BEAT)
        since = view.clock.at(self._started)
        self._writes.do(partial(_beat, since=since, machine=machine, figures=self._figures(view)))

    def _figures(self, view: View) -> dict[str, object]:
        sink = self._sink
        figures: dict[str, object] = {
            "device": sink.name if sink else None,
            "latency": round(sink.latency, 4) if sink else None,
            "picture_latency": PICTURE_LATENCY,
            "underruns": sink.underruns if sink else 0,
            "moves": self._mixer.moves,
            "seq": view.control.seq,
            "sounding": sorted({voice.medium for voice in self._mixer.sounding}),
        }
        return figures | (dict(sink.said()) if sink else {})


def _heard(view: View, at: Machine) -> tuple[Voice, ...]:
    """What is to be heard at a machine time: the sound of the picture that is then seen; silence at another speed than life's."""
    if view.clock.speed != 1:
        return ()
    return sound_at(view.plan, view.control, view.clock.at(Machine(at - PICTURE_LATENCY)))


def _tell(ledger: Ledger, faults: tuple[str, ...], now: Instant) -> None:
    for what in faults:
        health.fault(ledger, "sound", what, now)
    health.mended(ledger, "sound", faults)


def _beat(ledger: Ledger, since: Instant, machine: Machine, figures: dict[str, object]) -> None:
    health.beat(ledger, "sound", os.getpid(), since, machine, figures)


def _start(bench: Bench) -> tuple[Turn, End]:
    sound = Sound(bench)
    return sound.turn, sound.end


def main() -> int:
    """Sound, on the state that the command line names."""
    sys.setswitchinterval(0.002)
    return run("sound", _start, beats=False)


if __name__ == "__main__":
    raise SystemExit(main())
