"""Messages, clips' subtitles and their marks as JSON text, and back."""

import json
from collections.abc import Iterable
from functools import lru_cache

from projector.clock import Seconds
from projector.show.media import Message, Subtitle

Heard = tuple[tuple[str, tuple[Subtitle, ...]], ...]
"""The subtitles of a clip: language and words."""

Seen = tuple[tuple[str, int, int], ...]
"""Files that lie beside a medium: name, size, mtime_ns."""


def message_text(message: Message) -> str:
    """A message as JSON."""
    given = {"text": message.text, "who": message.who, "role": message.role, "portrait": message.portrait}
    return json.dumps({key: value for key, value in given.items() if value}, ensure_ascii=False, sort_keys=True)


def message_from(text: str) -> Message:
    """A message from the JSON that `message_text` wrote."""
    given = json.loads(text)
    return Message(_texts(given["text"]), given.get("who"), _texts(given.get("role", ())), given.get("portrait"))


def subtitles_text(heard: Heard) -> str | None:
    """Subtitles as JSON; None for none."""
    if not heard:
        return None
    return json.dumps([[language, [[s.start, s.end, s.text] for s in said]] for language, said in heard])


@lru_cache(maxsize=512)  # an interview of two hours costs 5 ms, and is asked for again and again
def subtitles_from(text: str | None) -> Heard:
    """Subtitles from what `subtitles_text` wrote."""
    return tuple(
        (language, tuple(Subtitle(Seconds(start), Seconds(end), words) for start, end, words in said))
        for language, said in json.loads(text or "[]")
    )


def seen_text(seen: Seen) -> str | None:
    """Marks as JSON; None for none."""
    return json.dumps(seen) if seen else None


def seen_from(text: str | None) -> Seen:
    """Marks from what `seen_text` wrote."""
    return tuple((name, size, mtime_ns) for name, size, mtime_ns in json.loads(text or "[]"))


def _texts(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((language, words) for language, words in pairs)
