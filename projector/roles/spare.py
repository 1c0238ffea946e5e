"""The spare: a wall that has loaded all it needs, and waits until the wall is gone to be the wall at once."""

import sys
from pathlib import Path

from projector.ledger import edition
from projector.ledger.tables import open_ledger
from projector.render.output import warm
from projector.render.text import set_text
from projector.roles import wall
from projector.roles.role import quiet
from projector.show.picture import Size
from projector.state import Lock, State


def main() -> int:
    """Wait for the wall's lock; whoever has it is the wall."""
    state = State(Path(sys.argv[1]))
    own = Lock.take(state.lock("spare"))
    if own is None:
        return 1
    quiet(state, "wall")
    _get_ready(state)
    lock = Lock.take(state.lock("wall"), wait=True)
    own.free()
    return wall.main(lock)


def _get_ready(state: State) -> None:
    """Load what takes a start its time: the graphics libraries, fonts. No window, no context."""
    warm()
    with open_ledger(state.ledger) as ledger:
        show = edition.latest(ledger)
    if show is not None and show.frame.slate.texts:
        set_text(show.frame.slate.texts[:3], Size(320, 180))


if __name__ == "__main__":
    raise SystemExit(main())
