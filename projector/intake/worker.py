"""The worker for pictures: one process that decodes what it is told, under limits, and trusts nothing it decodes.

It speaks JSON over one socket: `{"path", "into", "stem"}` comes, `{"hashed": sha256}` goes, the wants come, and the
outcome goes. So a picture whose bytes are known already is read but never decoded.
"""

import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from projector.errors import MediumRefused
from projector.intake.confined import Task, attend, hear, tell
from projector.intake.original import Original, Unreadable, read_original
from projector.intake.photo import render
from projector.intake.sizes import Made, Wants
from projector.show.picture import Size

MOST_WRITTEN = 64_000_000


def serve(line: Connection, task: Task) -> None:
    """Read, ask what is wanted of these bytes, and make it."""
    source: Original | None = None
    try:
        source = read_original(Path(task["path"]))
        tell(line, {"hashed": source.sha256})
        answer = hear(line)
        if answer is None:
            return
        outcome = _made(render(source, _wants(answer), Path(task["into"]), task["stem"])) if answer["make"] else {}
        tell(line, {"sha256": source.sha256, "mark": source.mark, **outcome})
    except FileNotFoundError:
        tell(line, {"gone": True})
    except MediumRefused as error:
        mark = source.mark if source else None
        tell(line, {"refused": str(error), "mark": mark, "again": isinstance(error, Unreadable)})


def _wants(answer: dict[str, Any]) -> Wants:
    small, wall = answer["small"], answer["wall"]
    return Wants(Size(*small) if small else None, answer["cover"], Size(*wall) if wall else None)


def _made(made: Made) -> dict[str, Any]:
    copies = [[copy.kind, copy.size.width, copy.size.height, None] for copy in made.copies]
    return {"size": [made.size.width, made.size.height], "copies": copies}


if __name__ == "__main__":
    attend(sys.argv[1:], MOST_WRITTEN, serve, timed=True)
