"""The three times: machine time, show time, programme time.

*Machine time* is monotonic, never scaled: stability, stalls, back-off, polling. *Show time* is what the show takes the
clock on the wall to read, in seconds since 1970 (UTC): one row of the ledger, which the supervisor alone writes.
*Programme time* is the seconds for which the loop has been open (see show.control).
"""

import time
from dataclasses import dataclass, replace
from typing import NewType

Seconds = NewType("Seconds", float)
Machine = NewType("Machine", float)
Instant = NewType("Instant", float)
Programme = NewType("Programme", float)

# A real clock is followed at no more than 5 ms a second, so that no mix is seen to jump; a clock that is off by more
# than a second has been set by hand or by mistake, and the programme does not obey it.
SLEW = 0.005
OBEYED = Seconds(1.0)


def machine_now() -> Machine:
    """Monotonic seconds, the same for all processes of one boot."""
    return Machine(time.monotonic())


@dataclass(frozen=True, slots=True)
class ShowClock:
    """Show time as a line: `base_show + speed × (machine − base_machine)`."""

    base_show: Instant
    base_machine: Machine
    speed: float = 1.0

    def at(self, machine: Machine) -> Instant:
        """Show time at a machine time, to the microsecond: what is written as text must name the same instant."""
        return Instant(round(self.base_show + self.speed * (machine - self.base_machine), 6))

    def slewed(self, system: Instant, machine: Machine) -> tuple["ShowClock", Seconds]:
        """The clock brought nearer to the system's, by at most `SLEW` a second since the last base, and what it was off.

        A difference of more than `OBEYED` is returned and not obeyed.
        """
        shown = self.at(machine)
        off = Seconds(system - shown)
        if abs(off) > OBEYED:
            return self, off
        most = SLEW * (machine - self.base_machine)
        step = max(-most, min(most, off))
        return replace(self, base_show=Instant(shown + step), base_machine=machine), off
