"""A producer's show file, read: the whole show, or all its faults at once."""

from pathlib import PurePath
from typing import Any

from pydantic import ValidationError

from projector.errors import Fault, PlaylistFaults
from projector.show.codes import listed
from projector.show.rundown import Show
from projector.show.saying import nearest
from projector.show.sense import senseless
from projector.show.wording import Found, Path, faults_of, place, refused
from projector.show.yaml_text import Node, nodes_of

# What a wrong part is replaced by, so that the rest can be looked at too.
_STAND_INS: dict[str, Any] = {
    "show": "show",
    "timezone": "UTC",
    "window": {"from": "2027-01-24", "to": "2027-01-24", "opens": "00:00", "closes": "24:00"},
    "media": "media",
    "rundown": [{"cue": "black"}],
}
_OPENING = {"opens": "00:00", "closes": "24:00", "fade": None, "closed": None}


def parse_show(text: str | bytes, source: str) -> Show:
    """The show that a YAML text describes; `source` is its path as the user gave it.

    Raises PlaylistFaults with every fault, in the order of the file.
    """
    root, faults = nodes_of(text, source)
    if root.kind != "mapping":
        what = "the file is empty" if root.value is None and root.kind == "scalar" else "the file has no keys"
        raise PlaylistFaults(
            (*faults, Fault(source, root.line, root.column, f"{what}; begin it with show: and a name"))
        )
    raw = {"seed": _seed(source)} | root.plain()
    try:
        show = Show.model_validate(raw, context={"source": source})
        found = list(senseless(show))
    except ValidationError as error:
        faults += faults_of(error, root, source, Show)
        found = _of_the_rest(root, error)
    faults += [_fault(root, source, *one) for one in found]
    if faults:
        raise PlaylistFaults(tuple(sorted(set(faults))))
    return show


def _seed(source: str) -> str:
    """The file's name without its ending, as far as it can be printed."""
    return "".join(sign for sign in PurePath(source).stem if sign.isprintable()).strip()[:200] or "projector"


def _fault(root: Node, source: str, path: Path, message: str) -> Fault:
    return Fault(source, *place(root, path), message)


def _of_the_rest(root: Node, error: ValidationError) -> list[Found]:
    """What makes no sense in the parts of a file that the model does not refuse."""
    raw, spoiled, events = _mended(root, error)
    try:
        show = Show.model_validate(raw, context={"source": ""})
    except ValidationError:
        return []
    return [
        (("events", events[int(path[1])], *path[2:]) if path[0] == "events" else path, message)
        for path, message in senseless(show, spoiled)
    ]


def _mended(root: Node, error: ValidationError) -> tuple[dict[str, Any], frozenset[str], list[int]]:
    """The file with its wrong parts replaced, the keys that were wrong, and which of the events are left."""
    raw: dict[str, Any] = root.plain()
    spoiled: set[str] = set()
    replaced: set[str] = set()
    lost: set[int] = set()
    for found in refused(error, root):
        match found["loc"]:
            case ("rundown", int(index), *_):
                raw["rundown"][index] = _STAND_INS["rundown"][0]
            case ("events", int(index), *_):
                lost.add(index)
            case ("window", int(index), str(key), *_) if key in _OPENING:
                spoiled.add("window")
                listed(raw["window"])[index][key] = _OPENING[key]
            case (str(key), *_):
                replaced.add(key)
                # A misspelt key may have meant to change one that now looks wrong.
                spoiled |= {key, nearest(key, tuple(Show.model_fields)) or key}
    written = raw.get("events")
    events = [index for index in range(len(written)) if index not in lost] if isinstance(written, list) else []
    sound = {key: value for key, value in raw.items() if key not in replaced}
    if "events" in sound:
        sound["events"] = [raw["events"][index] for index in events]
    return {**{key: _STAND_INS[key] for key in replaced & _STAND_INS.keys()}, **sound}, frozenset(spoiled), events
