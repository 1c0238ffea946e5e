"""Hot keys: what each means, and the guard against double presses."""

from dataclasses import dataclass, field

from projector.clock import Machine, Seconds
from projector.render.output import KeyPress

# A key that bounces, or a hand that trembles, presses twice within this time.
DOUBLE = Seconds(0.4)
HELD_TO_STOP = Seconds(3.0)


@dataclass(slots=True)
class HotKeys:
    """Turns presses into keys that count."""

    _last: dict[str, Machine] = field(default_factory=dict)
    _held_since: Machine | None = None

    def pressed(self, presses: list[KeyPress], now: Machine) -> list[str]:
        """The keys that count: each once, and `stop` once Ctrl-Q has been held for three seconds."""
        counted = []
        for press in presses:
            if press.name == "ctrl-q":
                # A key that repeats while it is held is held from its first press.
                since = now if self._held_since is None else self._held_since
                self._held_since = since if press.held else None
            elif press.held:
                before = self._last.get(press.name)
                self._last[press.name] = now
                if before is None or now - before >= DOUBLE:
                    counted.append(press.name)
        if self._held_since is not None and now - self._held_since >= HELD_TO_STOP:
            self._held_since = None
            counted.append("stop")
        return counted
