"""Which show runs, and how it is ended: for commands that need nothing else of a show."""

import os
import signal
import time
from pathlib import Path

from projector.clock import Seconds
from projector.errors import NotRunning, ProjectorError, UsageError
from projector.state import State, holder, is_running, running, state_of
from projector.supervisor import ROLES

ENDED_WITHIN = Seconds(20.0)


def stop(state: State) -> int:
    """End the show on a state cleanly, and any role that has outlived its supervisor."""
    there = holder(state.lock("supervisor"))
    if there is None and not is_running(state):
        raise NotRunning("no show is running on this state")
    deadline = time.monotonic() + ENDED_WITHIN
    while is_running(state) and time.monotonic() < deadline:
        # An understudy may become the supervisor while we look: ask whoever is there now, and the roles only without one.
        there = holder(state.lock("supervisor"))
        for name in ("supervisor",) if there else ("understudy", *ROLES):
            one = holder(state.lock(name))
            if one is not None:
                tell(one[0], signal.SIGTERM)
        time.sleep(0.2)
    if is_running(state):
        raise ProjectorError("the show did not end within 20 s; `projector status` says what is still there")
    return 0


def running_state(show_file: Path | None, given: Path | None) -> State:
    """The state that a command is for: the one named, or the one that runs. Raises NotRunning, UsageError."""
    named = state_of(show_file, given)
    if named is not None and (is_running(named) or given is not None):
        if not is_running(named):
            raise NotRunning(f"no show is running on {named.root}")
        return named
    alive = list(running())
    if show_file is not None:
        alive = [(state, path) for state, path in alive if Path(path) == show_file.resolve()]
    if not alive:
        raise NotRunning("no show is running; start one with `projector show` or `projector rehearse`")
    if len(alive) > 1:
        raise UsageError(
            f"several shows are running; name one: {', '.join(path for _, path in alive)}, or give --state"
        )
    return alive[0][0]


def tell(pid: int, sign: signal.Signals) -> None:
    """Send a signal to a process, which may be gone by now."""
    try:
        os.kill(pid, sign)
    except ProcessLookupError:
        return
    except PermissionError as error:
        raise ProjectorError(f"process {pid} belongs to somebody else; end it as its owner") from error
