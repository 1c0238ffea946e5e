"""The supervisor: keeps the roles alive, and show time; it starts, adopts, restarts and quarantines."""

import logging
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree

from projector.clock import Instant, Machine, Seconds, machine_now
from projector.errors import LedgerFault
from projector.ledger import airings, clock, control, health
from projector.ledger.database import Ledger
from projector.ledger.tables import open_ledger
from projector.state import Launch, Lock, State, announce, holder, withdraw

log = logging.getLogger(__name__)

ROLES = ("wall", "planner", "intake", "sound", "spare", "understudy")
STAND_IN = "stand-in"

AT_ONCE = 2  # restarts a minute without waiting
FIRST_WAIT, LONGEST_WAIT = Seconds(0.5), Seconds(10.0)
GRACE = Seconds(3.0)
TURN = Seconds(0.1)
SLEW_EVERY = Seconds(5.0)
BEAT = Seconds(0.5)
# The first second belongs to the wall and the planner: there are often but two cores.
LATER = {"sound": Seconds(0.7), "intake": Seconds(1.0), "spare": Seconds(3.0), "understudy": Seconds(4.0)}
# So long the spare is given to become the wall, before another wall is started.
SUCCESSION = Seconds(0.5)
# Ends that come from outside, by which nothing is said of what was on the wall.
OUTSIDE = (-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP)
FEW = 3


def roles_of(launch: Launch) -> tuple[str, ...]:
    """The roles of a show that was started so: a silent one has nobody for the sound."""
    return tuple(role for role in ROLES if role != "sound" or launch.sound != "none")


@dataclass(slots=True)
class Charge:
    """One role: its process, whether it is our child or adopted, and when it has been restarted."""

    role: str
    pid: int | None = None
    pidfd: int = -1
    child: subprocess.Popen[bytes] | None = None
    restarts: list[Machine] = field(default_factory=list)
    due: Machine = Machine(0.0)
    lived: bool = False

    def wait(self, now: Machine) -> Seconds:
        """How long to wait before starting it again."""
        recent = [at for at in self.restarts if now - at < 60.0]
        if len(recent) < AT_ONCE:
            return Seconds(0.0)
        return min(LONGEST_WAIT, Seconds(FIRST_WAIT * 2 ** (len(recent) - AT_ONCE)))


def supervise(state: State, launch: Launch, lock: Lock, tick: Callable[[Ledger], None] | None = None) -> int:
    """Keep the show on this state running until it is told to stop. Returns the exit status."""
    with open_ledger(state.ledger) as ledger:
        return _Supervisor(state, launch, ledger, tick).run(lock)


class _Supervisor:
    def __init__(
        self, state: State, launch: Launch, ledger: Ledger, tick: Callable[[Ledger], None] | None = None
    ) -> None:
        self._state, self._launch, self._ledger, self._tick = state, launch, ledger, tick
        self._started = machine_now()
        self._slew_due = Machine(self._started + SLEW_EVERY)
        adopts = any(holder(state.lock(role)) for role in ROLES)
        later = {} if adopts else LATER
        self._charges = {
            role: Charge(role, due=Machine(self._started + later.get(role, 0.0))) for role in roles_of(launch)
        }
        self._stop = ""
        self._handing_over = False
        self._off = False
        self._unwritten = False
        self._beat_due = Machine(self._started)

    def run(self, lock: Lock) -> int:
        """Supervise until SIGINT, SIGTERM, an order to stop, or a supervisor started by hand asks for the lock."""
        signal.signal(signal.SIGTERM, lambda *_: setattr(self, "_stop", "SIGTERM"))
        signal.signal(signal.SIGINT, lambda *_: setattr(self, "_stop", "SIGINT"))
        signal.signal(signal.SIGUSR1, lambda *_: setattr(self, "_handing_over", True))
        announce(self._state, self._launch)
        while not self._stop and not self._handing_over:
            self._turn()
            self._rest()
        if self._handing_over:
            self._end_role(self._charges["understudy"])
            lock.free()
            return 0
        self._end()
        lock.free()
        return 0

    def _turn(self) -> None:
        now = machine_now()
        for charge in self._charges.values():
            if charge.pid is None or self._has_died(charge):
                self._tend(charge, now)
        self._note(lambda: self._keep_books(now))

    def _keep_books(self, now: Machine) -> None:
        """Show time, orders, health."""
        if now >= self._slew_due:
            self._slew_due = Machine(now + SLEW_EVERY)
            self._slew(now)
        if control.ordered(self._ledger, "stop", self._started):
            self._stop = "asked to"
        if now >= self._beat_due:
            self._beat_due = Machine(now + BEAT)
            health.beat(self._ledger, "supervisor", os.getpid(), self._since(), now, {"note": self._launch.show})
        if self._tick is not None:
            self._tick(self._ledger)

    def _note(self, write: Callable[[], None]) -> None:
        """Write to the ledger. A full disk or a busy ledger keeps no role from being restarted."""
        try:
            write()
        except LedgerFault as fault:
            if not self._unwritten:
                log.warning("%s", fault)
            self._unwritten = True
        else:
            self._unwritten = False

    def _since(self) -> Instant:
        running = clock.read(self._ledger)
        return running.clock.at(self._started) if running else Instant(0.0)

    def _rest(self) -> None:
        """Wait a moment, or until a role dies."""
        poll = select.poll()
        for charge in self._charges.values():
            if charge.pidfd >= 0:
                poll.register(charge.pidfd, select.POLLIN)
        with suppress(InterruptedError):
            poll.poll(TURN * 1000)

    # A role --------------------------------------------------------------------------------------------------------

    def _has_died(self, charge: Charge) -> bool:
        return bool(select.select([charge.pidfd], [], [], 0)[0]) if charge.pidfd >= 0 else True

    def _tend(self, charge: Charge, now: Machine) -> None:
        """Adopt a role that is there, start one that is not, and account for one that has died."""
        if charge.pid is not None:
            self._bury(charge, now)
        there = holder(self._state.lock(charge.role))
        if there is None and now < charge.due:
            return
        if charge.lived:
            charge.restarts.append(now)
            charge.lived = False
            self._note(lambda: health.restarted(self._ledger, charge.role))
        if there is None:
            self._start(charge)
        elif not self._succeeds(charge, there[0], now):
            self._watch(charge, there[0], None)

    def _succeeds(self, charge: Charge, pid: int, now: Machine) -> bool:
        """Whether the spare has become the wall; then another spare is due, as late as a wall that keeps dying would be."""
        spare = self._charges["spare"]
        if charge.role != "wall" or spare.pid != pid:
            return False
        charge.pid, charge.pidfd, charge.child = spare.pid, spare.pidfd, spare.child
        spare.pid, spare.pidfd, spare.child = None, -1, None
        spare.due = Machine(now + max(1.0, charge.wait(now)))
        return True

    def _bury(self, charge: Charge, now: Machine) -> None:
        os.close(charge.pidfd)
        status = charge.child.wait() if charge.child is not None else None
        log.warning("the role %s (process %s) has died (%s)", charge.role, charge.pid, status)
        dead = charge.pid
        charge.pid, charge.pidfd, charge.child, charge.lived = None, -1, None, True
        charge.due = Machine(now + charge.wait(now))
        if charge.role == "wall":
            if self._charges["spare"].pid is not None:
                charge.due = Machine(max(charge.due, now + SUCCESSION))
            self._note(lambda: self._blame(dead, status))

    def _blame(self, dead: int | None, status: int | None) -> None:
        """What was on air or being loaded at two deaths of the wall is quarantined.

        A wall that died before it had shown anything blames nobody: what the ledger says is of the one before it.
        Nor does one that was killed from outside (or nobody knows how) with a whole mosaic on it: that would take
        dozens of people off the wall for what somebody, or the system, did to a process.
        """
        said = health.read(self._ledger).get("wall", {})
        if said.get("pid") != dead:
            return
        last = said["figures"]
        suspects = airings.open_media(self._ledger) | set(last.get("loading", ())) | set(last.get("on_air", ()))
        if len(suspects) > FEW and (status is None or status in OUTSIDE):
            return
        now = self._since()
        for medium in control.count_death(self._ledger, suspects, now):
            health.fault(
                self._ledger, "supervisor",
                f"{medium[:12]} was on the wall at two of its deaths and is quarantined; `projector restore` lets it back", now,
            )  # fmt: skip

    def _start(self, charge: Charge) -> None:
        module = f"projector.roles.{charge.role}"
        with self._state.log(charge.role).with_suffix(".err").open("ab") as errors:
            child = subprocess.Popen(
                [sys.executable, "-m", module, str(self._state.root)],
                stdin=subprocess.DEVNULL,
                stdout=errors,
                stderr=errors,
                start_new_session=True,
            )
        self._watch(charge, child.pid, child)

    def _watch(self, charge: Charge, pid: int, child: subprocess.Popen[bytes] | None) -> None:
        try:
            charge.pidfd = os.pidfd_open(pid)
        except ProcessLookupError:
            return
        charge.pid, charge.child = pid, child

    # Show time -----------------------------------------------------------------------------------------------------

    def _slew(self, now: Machine) -> None:
        """On a real clock follow the system's, slowly; a rehearsal has a clock of its own."""
        running = clock.read(self._ledger)
        if running is None or running.rehearsal:
            return
        slewed, off = running.clock.slewed(Instant(time.time()), now)
        if slewed != running.clock:
            clock.write(self._ledger, clock.Running(slewed, running.boot, rehearsal=False))
        elif abs(off) > 1 and not self._off:
            what = f"the system's clock is {off:+.1f} s from the show's; it is not obeyed: set it right, or restart the show"
            health.fault(self._ledger, "supervisor", what, running.clock.at(now))
        self._off = abs(off) > 1

    # The end -------------------------------------------------------------------------------------------------------

    def _end(self) -> None:
        """End all roles, the understudy first, so that nobody takes over."""
        for charge in reversed(self._charges.values()):
            self._end_role(charge)
        withdraw(self._state)
        if self._launch.throwaway:
            self._ledger.close()
            rmtree(self._state.root, ignore_errors=True)

    def _end_role(self, charge: Charge) -> None:
        there = holder(self._state.lock(charge.role))
        pid = charge.pid or (there[0] if there else None)
        if pid is None:
            return
        if charge.pidfd < 0:
            self._watch(charge, pid, None)
        for sign in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.kill(pid, sign)
            if charge.pidfd >= 0 and select.select([charge.pidfd], [], [], GRACE)[0]:
                break
        if charge.child is not None:
            charge.child.wait()


def boot() -> str:
    """Which boot of the machine this is: its monotonic clock is another one after the next."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
