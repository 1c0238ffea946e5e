"""Every error raised on purpose, and what is done about it.

ProjectorError
 ├─ PlaylistFaults      the show file is wrong: refuse at start (exit 2); while running keep the last good show
 ├─ UsageError          the command line asks for what cannot be (exit 2)
 ├─ MediumRefused       one file cannot be used: name it and the reason, go on
 ├─ RenditionFault      a copy in the store is missing or not what it was: skip that showing, keep the last good picture
 ├─ Missing             the machine lacks a library, a font, a display: say what to install (exit 1)
 ├─ LedgerFault         the ledger cannot be read or written: say so; the wall plays on
 ├─ AlreadyRunning      a show runs on this state: its pid is named (exit 1)
 └─ NotRunning          a command wants a running show and there is none (exit 1)

Anything else is a bug: it is caught at the loop of a role only, logged once per distinct fault and counted.
"""

from dataclasses import dataclass


class ProjectorError(Exception):
    """The root of all errors that are raised on purpose."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One mistake in a producer's file: where (1-based line and column), what is wrong and what would be right."""

    source: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}: {self.message}"


class PlaylistFaults(ProjectorError):
    """A show file or sidecar cannot be used; `faults` holds all its mistakes in the order of the file."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


class UsageError(ProjectorError):
    """The command was asked for something that cannot be; the message says what would be right."""


class MediumRefused(ProjectorError):
    """One file of the media folder cannot be used. The message is the reason, in a producer's words."""


class RenditionFault(ProjectorError):
    """A rendition is missing from the store, or its bytes are not those that intake wrote."""


class Missing(ProjectorError):
    """The machine lacks something; `remedy` is the command or the step that brings it."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what}. {remedy}")
        self.remedy = remedy


class LedgerFault(ProjectorError):
    """The ledger cannot be opened, read or written."""


class NotRunning(ProjectorError):
    """No show is running on this state."""


class AlreadyRunning(ProjectorError):
    """A show is running on this state already; `pid` is its supervisor's."""

    def __init__(self, show: str, pid: int) -> None:
        super().__init__(f"{show} is already running on this state, as process {pid}; `projector stop` ends it")
        self.pid = pid
