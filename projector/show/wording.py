"""What the models refuse, as faults: at the place in the file, in a producer's words."""

import re
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from projector.errors import Fault
from projector.show.saying import meant, said
from projector.show.yaml_text import Node

Path = tuple[str | int, ...]
"""Where in the tree, as pydantic says it: keys and indices, and after the index of a cue its kind."""

Found = tuple[Path, str]
"""A mistake: where, and its message."""

_EXAMPLES = {
    "show": "We Remember",
    "timezone": "Europe/Warsaw",
    "window": "{from: 2027-01-24, to: 2027-01-27, opens: 16:45, closes: 23:00}",
    "from": "2027-01-24",
    "to": "2027-01-27",
    "opens": "16:45",
    "closes": "23:00",
    "at": "2027-01-27 18:00",
    "media": "../assets/media",
    "rundown": "[{cue: mosaic, grid: 8x5}]",
    "cue": "photo",
    "text": "{en: We Remember}",
    "grid": "8x5",
    "latitude": "50.0359",
    "longitude": "19.1784",
    "key": "<the base64 line that `projector moderator NAME` prints>",
}
_LISTS = {
    "rundown": "each cue begins with - cue:",
    "events": "each event begins with - at:",
    "closed": "each pause is written as - {from: 2027-01-24 19:00, to: 2027-01-24 19:10}",
}


def refused(error: ValidationError, root: Node) -> list[Any]:
    """What the model refused, without what follows from another refusal."""
    return [found for found in error.errors(include_url=False, include_input=False) if not _follows(found, root)]


def _follows(found: Any, root: Node) -> bool:
    # A list all of whose entries are wrong is not empty.
    full = found["type"] == "too_short" and bool(_found(root, found["loc"])[1].items)
    return full or found["type"] == "default_factory_not_called"


def faults_of(error: ValidationError, root: Node, source: str, model: type[BaseModel]) -> Iterator[Fault]:
    """One fault for each thing that the model refused."""
    for found in refused(error, root):
        path = found["loc"] + (("", "cue") if found["type"] == "union_tag_invalid" else ())
        line, column = place(root, path, at_key=found["type"] in {"extra_forbidden", "missing"})
        yield Fault(source, line, column, _words(found, root, model))


def place(root: Node, path: Path, *, at_key: bool = False) -> tuple[int, int]:
    """Line and column of what a path leads to, or of the last on the way that is there; `at_key`: of its key."""
    key, node = _found(root, path)
    there = key if at_key and path and key.value == path[-1] else node
    return there.line, there.column


def _found(root: Node, path: Path) -> tuple[Node, Node]:
    """The key (the node itself where it has none) and the node of a path."""
    key = node = root
    parts = list(path)
    while parts:
        part = parts.pop(0)
        if isinstance(part, str):
            key, node = node.pairs.get(part, (key, node))
        elif part < len(node.items):
            was_key = key
            key = node = node.items[part]
            if was_key.value == "rundown" and parts:
                parts.pop(0)  # the kind of the cue
        elif part < len(node.pairs) and parts and isinstance(parts[0], int):
            # One of the pairs of a text by languages: 0 is the language, 1 the words.
            key, words = list(node.pairs.values())[part]
            node = words if parts.pop(0) else key
    return key, node


def _words(found: Any, root: Node, model: type[BaseModel]) -> str:
    path: Path = found["loc"]
    name, value = _name(path), _found(root, path)[1].plain()
    match found["type"]:
        case "value_error":
            return f"{name}: {found['ctx']['error']}"
        case "extra_forbidden":
            return _unknown_key(path, model)
        case "missing" | "too_short":
            container = _found(root, path[:-1])[1]
            absent = found["type"] == "missing" and path[-1] not in container.pairs
            return f"{name} is {'missing' if absent else 'empty'}{_example(name)}"
        case "union_tag_invalid" | "union_tag_not_found" | "literal_error" | "enum":
            return _wrong_word(found, name, value)
        case _:
            return _wrong_shape(found, name, value)


def _wrong_word(found: Any, name: str, value: object) -> str:
    if found["type"] == "union_tag_not_found":
        return "this entry does not say what it shows; begin it with cue:, as - cue: photo"
    is_cue = found["type"] == "union_tag_invalid"
    choices = _quoted(found["ctx"]["expected_tags" if is_cue else "expected"])
    word = value["cue"] if is_cue and isinstance(value, dict) else value
    right = meant(str(word), choices) or f"; write {', '.join(choices[:-1])} or {choices[-1]}"
    return f"{'unknown cue' if is_cue else f'{name}: unknown word'} {said(word)}{right}"


def _wrong_shape(found: Any, name: str, value: object) -> str:
    match found["type"]:
        case "too_long":
            return f"{name} has {found['ctx']['actual_length']} entries; {found['ctx']['max_length']} are the most"
        case "tuple_type":
            return f"{name}: {said(value)} is not a list; {_LISTS.get(name, 'write it as [a, b]')}"
        case "model_type" | "dict_type" | "mapping_type" | "model_attributes_type":
            return f"{name}: {said(value)} stands where keys belong; write key: value, one a line, indented below it"
        case _:
            return f"{name}: {said(value)} cannot stand here"


def _name(path: Path) -> str:
    """The key a path speaks of."""
    kinds = {at + 2 for at, part in enumerate(path) if part == "rundown"}
    names = [part for at, part in enumerate(path) if isinstance(part, str) and part != "[key]" and at not in kinds]
    return names[-1] if names else "the file"


def _example(name: str) -> str:
    return f"; write for example {name}: {_EXAMPLES[name]}" if name in _EXAMPLES else ""


def _quoted(words: str) -> tuple[str, ...]:
    return tuple(re.findall(r"'([^']*)'", words))


def _unknown_key(path: Path, model: type[BaseModel]) -> str:
    keys = tuple(_keys(_model_at(path[:-1], model)))
    word = str(path[-1])
    return f"unknown key {said(word)}{meant(word, keys) or '; here stand ' + ', '.join(keys)}"


def _keys(model: type[BaseModel]) -> Iterator[str]:
    return (field.alias or name for name, field in model.model_fields.items())


def _model_at(path: Path, model: type[BaseModel]) -> type[BaseModel]:
    """The model that reads what a path leads to."""
    models = [model]
    for part in path:
        if isinstance(part, int):
            continue
        fields = {field.alias or name: field for name, field in models[0].model_fields.items()}
        if len(models) > 1:
            models = [one for one in models if part in get_args(one.model_fields["cue"].annotation)]
        elif part in fields:
            models = list(_models_in(fields[part].annotation)) or models
    return models[0]


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    else:
        for part in get_args(annotation):
            yield from _models_in(part)
