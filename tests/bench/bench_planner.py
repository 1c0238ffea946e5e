"""How long a plan takes: one evening of a breathing wall, 8x5 and 12 s a cell, by the number of photos.

Run it: `.venv/bin/python tests/bench/bench_planner.py`.
"""

import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from projector.clock import Programme
from projector.show.planner import extend, plan
from projector.show.showings import Showings
from tests.show.shows import calendar, photos, show, situation

RUNDOWN: list[dict[str, Any]] = [
    {"cue": "title", "text": {"en": "We Remember"}, "dwell": "6s"},
    {"cue": "mosaic", "grid": "8x5", "dwell": "12s", "length": "12min"},
]
EVENING = 6.25


def seconds_per_showing(count: int, spread: str = "country") -> float:
    at = situation(show(RUNDOWN, spread=spread), calendar(1, EVENING), photos(count))
    began = time.perf_counter()
    made = plan(at, Showings((), ()), Programme(1e9))
    each = (time.perf_counter() - began) / len(made)
    times = Counter({m.sha256: 0 for m in at.media})
    times.update(s.medium for s in made if s.medium)
    few, many = min(times.values()), max(times.values())
    print(
        f"{count:7d} photos, spread {spread:7}: {each * 1e6:6.1f} µs a showing, {len(made)} showings, {few} to {many} each"
    )
    return each


def one_turn(count: int) -> None:
    """What the planner role does every ten seconds while photos arrive: an hour and ten minutes anew."""
    at = situation(show(RUNDOWN, spread="country"), calendar(1, EVENING), photos(count))
    began = time.perf_counter()
    made = plan(at, Showings((), ()), Programme(4200.0))
    again = time.perf_counter()
    plan(at, made, Programme(4200.0))
    longer = time.perf_counter()
    extend(at, made, Programme(4800.0))
    end = time.perf_counter()
    print(f"{count:7d} photos: first {again - began:.2f} s, anew {longer - again:.2f} s, extended {end - longer:.2f} s")


def main() -> None:
    seconds = {count: seconds_per_showing(count) for count in (40, 41, 45, 60, 100, 1_000, 10_000, 100_000)}
    print(f"100,000 to 10,000 photos: {seconds[100_000] / seconds[10_000]:.2f} times the time a showing")
    seconds_per_showing(10_000, "none")
    for count in (1_000, 10_000, 100_000):
        one_turn(count)


if __name__ == "__main__":
    main()
