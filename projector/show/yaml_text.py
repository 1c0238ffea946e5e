"""YAML text as nodes that know their place, with the traps of YAML 1.1 disarmed.

Only null, true, false and plainly written numbers are more than text: `23:00`, `NO`, `on`, `2027-01-24`, `1_000` and
`012` stay what they look like. A key given twice is a fault; tags, several documents and alias bombs are refused.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml

from projector.errors import Fault, PlaylistFaults
from projector.show.saying import said
from projector.show.yaml_words import in_plain_words

MOST_BYTES = 1 << 20
MOST_NODES = 50_000
MOST_DEEP = 24

# The parser in C gives the same events forty times as fast.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_INT = re.compile(r"0|-?[1-9]\d{0,14}")
_FLOAT = re.compile(r"-?\d{1,15}\.\d{1,15}")
_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}
_STRING_TAGS = (None, "!", "tag:yaml.org,2002:str")

Value = str | int | float | bool | None


@dataclass(slots=True)
class Node:
    """One value of the file, with the place (1-based line and column) where it begins.

    Just one of `pairs`, `items` and `value` holds it, by `kind`. `pairs`: key → (the key's node, the value's node).
    `weight` is the number of nodes it would be with all aliases written out, `depth` how deeply it nests.
    """

    kind: str
    line: int
    column: int
    value: Value = None
    items: list["Node"] = field(default_factory=list)
    pairs: dict[str, tuple["Node", "Node"]] = field(default_factory=dict)
    weight: int = 1
    depth: int = 1

    def plain(self) -> Any:
        """The value alone: dict, list, str, int, float, bool or None."""
        match self.kind:
            case "mapping":
                return {key: node.plain() for key, (_, node) in self.pairs.items()}
            case "list":
                return [node.plain() for node in self.items]
            case _:
                return self.value


def nodes_of(text: str | bytes, source: str) -> tuple[Node, list[Fault]]:
    """The file's nodes, and the faults that did not hinder reading on; a null node for a file without content.

    Raises PlaylistFaults where it cannot be read as one YAML document.
    """
    words = _decoded(text, source)
    composer = _Composer(words, source)
    try:
        return composer.document(), composer.faults
    except yaml.YAMLError as error:
        line, column, message = in_plain_words(error, words)
        raise PlaylistFaults((*composer.faults, Fault(source, line, column, message))) from None


def _decoded(text: str | bytes, source: str) -> str:
    """The file's text, once nothing in it can hurt the parser."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(data) > MOST_BYTES:
        raise PlaylistFaults((Fault(source, 1, 1, "the file is larger than 1 MiB, which no such file needs to be"),))
    try:
        words = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line, column = _place(data[: error.start].decode("utf-8"))
        message = f"byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8"
        raise PlaylistFaults((Fault(source, line, column, message),)) from None
    if sign := _UNPRINTABLE.search(words):
        line, column = _place(words[: sign.start()])
        message = f"the control character U+{ord(sign[0]):04X} stands here; remove it"
        raise PlaylistFaults((Fault(source, line, column, message),))
    return words


def _place(before: str) -> tuple[int, int]:
    """Line and column (1-based) of what comes after some text."""
    lines = re.split("\r\n|[\r\n]", before)
    return len(lines), len(lines[-1]) + 1


class _Composer:
    """Nodes from the parser's events. `faults` are those after which it read on."""

    def __init__(self, words: str, source: str) -> None:
        self.faults: list[Fault] = []
        self._events: Iterator[Any] = yaml.parse(words, Loader=_LOADER)
        self._source = source
        self._anchors: dict[str, Node | None] = {}

    def document(self) -> Node:
        """The one document of the file."""
        root: Node | None = None
        for event in self._events:
            match event:
                case yaml.DocumentStartEvent() if root:
                    self._refuse(event, "a second document begins here; a file holds one: remove the line ---")
                case yaml.ScalarEvent() | yaml.AliasEvent() | yaml.CollectionStartEvent():
                    root = self._node(event, 1)
                case _:
                    pass
        return root or Node("scalar", 1, 1)

    def _node(self, event: Any, depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self._aliased(event)
        if depth > MOST_DEEP:
            self._refuse(event, "this nests too deeply for a file of this kind")
        if event.anchor:
            self._anchors[event.anchor] = None
        if isinstance(event, yaml.ScalarEvent):
            node = self._scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self._list(event, depth)
        else:
            node = self._mapping(event, depth)
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _aliased(self, event: Any) -> Node:
        node = self._anchors.get(event.anchor)
        if node is None:
            known = event.anchor in self._anchors
            what = "holds itself" if known else f"is not defined; write &{event.anchor} where it is meant to be"
            self._refuse(event, f"*{event.anchor} {what}")
        return node

    def _scalar(self, event: Any) -> Node:
        value: Value = event.value
        if event.tag not in _STRING_TAGS:
            self._tag(event)
        elif event.implicit[0] and event.tag is None:
            value = _resolved(event.value)
        return Node("scalar", *_mark(event), value=value)

    def _list(self, event: Any, depth: int) -> Node:
        node = Node("list", *_mark(event))
        if event.tag is not None:
            self._tag(event)
        while not isinstance(inner := next(self._events), yaml.SequenceEndEvent):
            item = self._node(inner, depth + 1)
            self._grow(node, item, inner, depth)
            node.items.append(item)
        return node

    def _mapping(self, event: Any, depth: int) -> Node:
        node = Node("mapping", *_mark(event))
        merged: list[Node] = []
        if event.tag is not None:
            self._tag(event)
        while not isinstance(inner := next(self._events), yaml.MappingEndEvent):
            key = self._node(inner, depth + 1)
            value_event = next(self._events)
            value = self._node(value_event, depth + 1)
            self._grow(node, value, value_event, depth)
            if not isinstance(inner, yaml.ScalarEvent):
                self._fault(key, "a key is one word; put it in quotes if it begins with [, { or *")
            elif inner.value == "<<" and inner.implicit[0]:
                merged += self._merged(value)
            elif before := node.pairs.get(inner.value):
                self._fault(
                    key, f"the key {said(inner.value)} is given twice; the first stands in line {before[0].line}"
                )
            else:
                node.pairs[inner.value] = (Node("scalar", key.line, key.column, inner.value), value)
        for other in merged:
            node.pairs = other.pairs | node.pairs
        return node

    def _merged(self, value: Node) -> list[Node]:
        """What `<<` brings in; the earlier of a list goes before the later, and the mapping's own keys before both."""
        brought = value.items if value.kind == "list" else [value]
        if any(node.kind != "mapping" for node in brought):
            self._fault(value, "<< takes over a mapping that stands elsewhere; write <<: *name")
        return [node for node in brought if node.kind == "mapping"]

    def _grow(self, node: Node, part: Node, event: Any, depth: int) -> None:
        node.weight += part.weight + 1
        node.depth = max(node.depth, part.depth + 1)
        if node.weight > MOST_NODES:
            words = f"the file, its aliases written out, holds more than {MOST_NODES} values"
            self._refuse(event, f"{words}; make it smaller")
        if depth + part.depth > MOST_DEEP:
            self._refuse(event, "this nests too deeply for a file of this kind")

    def _tag(self, event: Any) -> None:
        tag = str(event.tag).replace("tag:yaml.org,2002:", "!!")
        self.faults.append(Fault(self._source, *_mark(event), f"the tag {said(tag)} is not used here; remove it"))

    def _fault(self, node: Node, message: str) -> None:
        self.faults.append(Fault(self._source, node.line, node.column, message))

    def _refuse(self, event: Any, message: str) -> NoReturn:
        raise PlaylistFaults((*self.faults, Fault(self._source, *_mark(event), message)))


def _mark(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _resolved(word: str) -> Value:
    """The value of a plain scalar. A number that Python would write otherwise (1.50) stays text: it may be meant so."""
    if word in _WORDS:
        return _WORDS[word]
    if _INT.fullmatch(word):
        return int(word)
    if _FLOAT.fullmatch(word) and str(float(word)) == word:
        return float(word)
    return word
