"""The understudy: waits until the supervisor is gone, and is the supervisor then."""

import sys
from pathlib import Path

from projector.roles.role import quiet
from projector.state import Lock, State
from projector.supervisor import STAND_IN, supervise


def main() -> int:
    """Wait for the supervisor's lock; whoever has it supervises."""
    state = State(Path(sys.argv[1]))
    own = Lock.take(state.lock("understudy"))
    if own is None:
        return 1
    quiet(state, "supervisor")
    lock = Lock.take(state.lock("supervisor"), STAND_IN, wait=True)
    launch = state.launch()
    own.free()
    if lock is None or launch is None:
        return 1
    return supervise(state, launch, lock)


if __name__ == "__main__":
    raise SystemExit(main())
