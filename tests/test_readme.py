"""The README is true: its commands, options, keys, libraries and targets are those that there are."""

import ast
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from projector.__main__ import app
from projector.show.message import parse_message
from projector.show.playlist import parse_show
from projector.show.sidecar import parse_sidecar

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

# As an operator calls the keys that the wall's window knows by name.
KEYS = {"space": "space", "right": "→", "b": "B", "s": "S", "ctrl-q": "Ctrl-Q"}

COMMANDS: dict[str, Any] = getattr(get_command(app), "commands")  # noqa: B009  typer does not say that it is a group


def examples() -> list[str]:
    """Every call of projector in the README that is written out: in backticks or in a block of shell."""
    called = re.findall(r"`(projector [^`]+)`", README)
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL):
        called += [line for line in block.splitlines() if line.startswith("projector ")]
    return sorted({line for line in called if "COMMAND" not in line})


def section(title: str) -> str:
    """A section of the README, up to the next heading."""
    return re.split(r"^#+ ", README.split(f"# {title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def library(requirement: str) -> str:
    return re.split(r"[<>=!~\[ ]", requirement, maxsplit=1)[0]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_command_has_an_example_in_the_readme(name: str) -> None:
    row = re.search(rf"^\| `{name}` \|.*`projector {name}\b[^`]*` \|$", section("Every command"), re.MULTILINE)
    assert row, f"the table of commands lacks a row for {name} with an example"


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_help_of_a_command_ends_with_the_readmes_example(name: str) -> None:
    epilog = COMMANDS[name].epilog or ""
    assert epilog.startswith(f"Example: projector {name}")
    assert epilog.removeprefix("Example: ") in examples()


@pytest.mark.parametrize("example", examples())
def test_an_example_is_understood(example: str) -> None:
    _, name, *arguments = shlex.split(example)
    assert name in COMMANDS
    with COMMANDS[name].make_context(name, arguments):
        pass


def test_the_readme_names_no_other_command() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \|", section("Every command"), re.MULTILINE)
    assert rows == list(COMMANDS)


def test_every_library_stands_in_the_readme() -> None:
    table = section("What it is built on")
    rows = re.findall(r"^\| `([^`]+)` \| \S", table, re.MULTILINE)
    assert rows == [library(one) for one in PROJECT["dependencies"]]
    for extra in PROJECT["optional-dependencies"]["dev"]:
        assert f"`{library(extra)}`" in table


def test_every_hot_key_stands_in_the_readme() -> None:
    names = re.findall(r"`([a-z-]+)`", hot_keys_of_the_window())
    assert sorted(names) == sorted([*KEYS, "held"])
    rows = re.findall(r"^\| (\S+) \| ", section("Hot keys"), re.MULTILINE)
    assert rows == ["key", *KEYS.values()]


def hot_keys_of_the_window() -> str:
    """The contract of KeyPress, which names the keys. Read, not imported: a test of words opens no graphics library."""
    module = ast.parse((ROOT / "projector/render/output.py").read_text(encoding="utf-8"))
    press = next(node for node in module.body if isinstance(node, ast.ClassDef) and node.name == "KeyPress")
    return ast.get_docstring(press) or ""


def test_the_shows_the_sidecar_and_the_message_are_right() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    shows = [block for block in blocks if block.startswith("show:")]
    sidecars = [block for block in blocks if block.startswith("name:")]
    messages = [block for block in blocks if block.startswith("from:")]
    assert (len(shows), len(sidecars), len(messages), len(blocks)) == (2, 1, 1, 4)
    for show in shows:
        assert parse_show(show.encode(), "README.md").rundown
    assert parse_sidecar(sidecars[0].encode(), "README.md").country == "PL"
    message, _ = parse_message(messages[0].encode(), "messages/README.yaml")
    assert message.portrait == "messages/portraits/name.jpg"


def test_the_two_commands_stand_at_the_head() -> None:
    head = README.split("\n## ", 1)[0]
    assert "| `make rehearse` |" in head
    assert "| `make test` |" in head


def test_every_target_of_the_makefile_stands_in_the_readme() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert targets
    assert all(f"`make {target}`" in README for target in targets[1].split())


def test_every_picture_of_the_readme_is_there_and_small() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert pictures
    for picture in pictures:
        assert 0 < (ROOT / picture).stat().st_size <= 150_000
