"""The house rules of the design: who may import whom, where a library and where SQL has its place, and how code looks."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePath
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
HOUSE = ROOT / "projector"
MODULES = sorted(HOUSE.rglob("*.py"))

# Which parts of the house a folder may import, besides itself. What is not here wires: roles/ and the top-level modules.
NEIGHBOURS = {
    "show": {"clock", "errors"},
    "ledger": {"clock", "errors", "show"},
    "intake": {"clock", "errors", "show", "ledger"},
    "render": {"clock", "errors", "show"},
    "sound": {"clock", "errors", "show"},
    "panel": {"clock", "errors", "show", "ledger"},
    "stream": {"clock", "errors", "show", "ledger", "render"},
}

# Where each library may be imported: files and folders of the house; "." are its top-level modules.
PLACES = {
    "PIL": ("intake", "render"),
    "astral": ("show/opening.py",),
    "babel": ("wording.py",),
    "fontTools": ("render",),
    "numpy": ("sound",),
    "pillow_heif": ("intake/photo.py",),
    "platformdirs": ("state.py",),
    "pydantic": ("show",),
    "pyglet": ("render",),
    "rapidfuzz": ("show/saying.py",),
    "regex": ("render",),
    "rich": (".",),
    "sounddevice": ("sound/devices.py",),
    "sqlite3": ("ledger", "launching.py"),  # launching attaches one ledger to another, to copy its media rows
    "typer": ("__main__.py",),
    "vlc": ("render", "checking.py"),
    "watchdog": ("intake/watch.py",),
    "yaml": ("show/yaml_text.py",),
}

# What a pure function has no use for: the world.
IMPURE = frozenset(
    {
        *("asyncio", "multiprocessing", "queue", "select", "signal", "socket", "subprocess", "threading"),
        *("fcntl", "glob", "io", "logging", "mmap", "os", "shutil", "sqlite3", "sys", "tempfile"),
        *("ctypes", "random", "time"),
    }
)

REFUSED_WORDS = frozenset(
    {"manager", "handler", "helper", "utils", "util", "processor", "service", "data", "info", "item", "engine"}
)
# X has a word of its own for the program that moves windows about.
TRADE_WORDS = ("window_manager",)
MOST_LINES = 400


class Import(NamedTuple):
    """One import: of a module, and the name taken from it, if any."""

    module: str
    name: str
    line: int


def where(module: Path) -> str:
    return module.relative_to(HOUSE).as_posix()


def part(module: Path) -> str:
    """The folder of the house in which a module lies; its own name at the top."""
    return module.relative_to(HOUSE).parts[0].removesuffix(".py")


@cache
def tree(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"), str(module))


def imports(module: Path) -> Iterator[Import]:
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, "", node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{where(module)}:{node.lineno}: imports are absolute"
            yield from (Import(node.module or "", alias.name, node.lineno) for alias in node.names)


def own_part(one: Import) -> str | None:
    """The part of the house that is imported; None where it is none of ours, or only the house as a whole."""
    first, _, rest = one.module.partition(".")
    return (rest.partition(".")[0] or one.name or None) if first == "projector" else None


def lies_in(module: Path, places: tuple[str, ...]) -> bool:
    path = PurePath(where(module))
    return any((place == "." and len(path.parts) == 1) or path.is_relative_to(place) for place in places)


def faults(check: str, *lines: str) -> None:
    assert not lines, f"{check}:\n  " + "\n  ".join(lines)


def test_the_walk_finds_the_house() -> None:
    assert {"show/planner.py", "ledger/database.py", "roles/wall.py", "__main__.py"} <= set(map(where, MODULES))
    assert any(one.module == "projector.clock" for one in imports(HOUSE / "show" / "control.py"))


@pytest.mark.parametrize("folder", sorted(NEIGHBOURS))
def test_a_folder_imports_only_its_neighbours(folder: str) -> None:
    allowed = NEIGHBOURS[folder] | {folder}
    faults(
        f"{folder}/ may import {', '.join(sorted(allowed))}",
        *(
            f"{where(module)}:{one.line}: {one.module}"
            for module in MODULES
            if part(module) == folder
            for one in imports(module)
            if own_part(one) is not None and own_part(one) not in allowed
        ),
    )


def test_every_library_stays_in_its_place() -> None:
    lines = []
    for module in MODULES:
        for one in imports(module):
            library = one.module.partition(".")[0]
            if library == "projector" or (library in sys.stdlib_module_names and library not in PLACES):
                continue
            if library not in PLACES:
                lines.append(f"{where(module)}:{one.line}: {library} has no place in the house yet")
            elif not lies_in(module, PLACES[library]):
                lines.append(f"{where(module)}:{one.line}: {library} belongs into {', '.join(PLACES[library])}")
    faults("libraries out of place", *lines)


def test_the_show_is_pure() -> None:
    """No I/O, no threads, no clock: neither a module for them, nor a call that reads the time or a file."""
    lines = []
    for module in (m for m in MODULES if part(m) == "show"):
        for one in imports(module):
            impure = one.module.partition(".")[0] in IMPURE
            reads_time = one == Import("projector.clock", "machine_now", one.line)
            touches_files = one.module == "pathlib" and not one.name.startswith("Pure")
            if impure or reads_time or touches_files:
                lines.append(f"{where(module)}:{one.line}: {one.module} {one.name}")
        lines += [f"{where(module)}:{call.lineno}: {ast.unparse(call.func)}()" for call in calls_to_the_world(module)]
    faults("show/ reaches into the world", *lines)


def calls_to_the_world(module: Path) -> Iterator[ast.Call]:
    for node in ast.walk(tree(module)):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        if called in {"open", "print", "input", "datetime.now", "datetime.today", "datetime.utcnow", "date.today"}:
            yield node


def test_sql_is_spoken_in_the_ledger_only() -> None:
    verbs = ("SELECT ", "INSERT ", "UPDATE ", "DELETE FROM ", "CREATE TABLE ", "ATTACH ")
    lines = [
        f"{where(module)}:{node.lineno}: {node.value[:60]}"
        for module in MODULES
        if not lies_in(module, PLACES["sqlite3"])
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith(verbs)
    ]
    faults("SQL outside ledger/", *lines)


def test_no_module_is_longer_than_it_can_be_read() -> None:
    lengths = {where(module): len(module.read_text(encoding="utf-8").splitlines()) for module in MODULES}
    faults(f"over {MOST_LINES} lines", *(f"{name}: {n}" for name, n in lengths.items() if n > MOST_LINES))


def test_nothing_is_global() -> None:
    faults(
        "global",
        *(
            f"{where(module)}:{node.lineno}"
            for module in MODULES
            for node in ast.walk(tree(module))
            if isinstance(node, ast.Global)
        ),
    )


def test_any_error_is_caught_at_a_roles_loop_only() -> None:
    """Elsewhere whoever catches everything must raise it again, as a transaction does that is rolled back."""
    faults(
        "catches everything",
        *(
            f"{where(module)}:{node.lineno}"
            for module in MODULES
            if where(module) != "roles/role.py"
            for node in ast.walk(tree(module))
            if isinstance(node, ast.ExceptHandler) and catches_everything(node) and not raises_again(node)
        ),
    )


def catches_everything(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(one is None or ast.unparse(one) in {"Exception", "BaseException"} for one in caught)


def raises_again(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def test_nothing_is_called_by_a_refused_word() -> None:
    lines = [
        f"{where(module)}:{line}: {name}"
        for module in MODULES
        for name, line in names(module)
        if words(name) & REFUSED_WORDS
    ]
    faults("names that say nothing", *lines)


def names(module: Path) -> Iterator[tuple[str, int]]:
    """What a module is called, and what it calls its classes and functions, with the line."""
    yield module.stem, 1
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node.lineno


def words(name: str) -> set[str]:
    """The words of a name in snake or camel case, the trade's own words left out."""
    for trade in TRADE_WORDS:
        name = name.replace(trade, "")
    spaced = "".join(f" {sign}" if sign.isupper() else sign for sign in name)
    return set(spaced.replace("_", " ").lower().split())


def test_the_top_of_the_tree_is_tidy() -> None:
    allowed = {"projector", "playlists", "assets", "tests", "pyproject.toml", "README.md", "Makefile"}
    there = {entry.name for entry in ROOT.iterdir() if not entry.name.startswith(".")}
    built = {name for name in there if name.endswith(".egg-info")} | {"build"}
    assert there - built <= allowed
