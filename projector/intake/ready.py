"""What has settled and waits to be read, each form in a line of its own: no photo waits behind an interview."""

from collections import OrderedDict
from collections.abc import Iterator
from itertools import chain

from projector.intake.scan import Found
from projector.show.folders import Form, reader_of


class Ready:
    """Files by path, in the order in which they came, by who reads them."""

    def __init__(self) -> None:
        self._lines: dict[Form, OrderedDict[str, Found]] = {form: OrderedDict() for form in Form}

    def __len__(self) -> int:
        return sum(map(len, self._lines.values()))

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(self._lines.values())

    def __contains__(self, path: str) -> bool:
        return path in self._lines[reader_of(path)]

    def get(self, path: str) -> Found | None:
        """A file that waits, as it was when it had settled."""
        return self._lines[reader_of(path)].get(path)

    def put(self, found: Found) -> None:
        """Let a file wait; one that waits already keeps its place."""
        self._lines[reader_of(found.path)][found.path] = found

    def pop(self, path: str) -> Found | None:
        """Take a file out, by path."""
        return self._lines[reader_of(path)].pop(path, None)

    def next(self, form: Form) -> str | None:
        """The path of the first that waits of a form."""
        return next(iter(self._lines[form]), None)
