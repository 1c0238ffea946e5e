"""Which device a show sounds on: what `--sound` may say, and what is said where there is none."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from projector.errors import Missing, UsageError
from projector.sound.devices import REMEDY, Device

NONE, DEFAULT, FILE = "none", "default", "file:"
# Drivers that look for hardware that is not there take their time.
PATIENCE = 15.0


@dataclass(frozen=True, slots=True)
class Choice:
    """Where sound goes (`none`, `default`, `file:/path` or a device's name), and what is to be said of it."""

    sound: str
    notice: str = ""


def available() -> tuple[Device, ...]:
    """The devices that can play. Raises Missing where sound cannot be had at all.

    They are asked for in a process of its own: drivers write on the terminal, and may take the process with them.
    """
    try:
        asked = subprocess.run(
            [sys.executable, "-m", "projector.sound.devices"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
            timeout=PATIENCE, check=True, text=True,
        )  # fmt: skip
        said = json.loads(asked.stdout)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise Missing(f"the sound devices cannot be listed: {error}", REMEDY) from error
    if isinstance(said, dict):
        raise Missing(said["lack"].rstrip("."), said["remedy"])
    return tuple(Device(**one) for one in said)


def choose(asked: str | None) -> Choice:
    """What `--sound` means here; None is the system's default device. Raises UsageError where it cannot be."""
    if asked == NONE:
        return Choice(NONE)
    if asked is not None and asked.startswith(FILE):
        return Choice(FILE + str(_writable(asked.removeprefix(FILE))))
    try:
        there, lack = available(), ""
    except Missing as missing:
        there, lack = (), f" ({missing})"
    if asked is None:
        if any(device.is_default for device in there):
            return Choice(DEFAULT)
        return Choice(NONE, f"no sound device: going on without sound{lack}")
    return Choice(named(asked, there, lack).name)


def named(asked: str, there: tuple[Device, ...], lack: str = "") -> Device:
    """The device of a number, a name, or a part of one name only. Raises UsageError with the names that there are."""
    wanted = asked.casefold().strip()
    exact = [d for d in there if wanted in {str(d.number), d.name.casefold()}]
    alike = exact or [d for d in there if wanted and wanted in d.name.casefold()]
    if len(alike) == 1 or (exact and len({d.name for d in exact}) == 1):
        return alike[0]
    if not there:
        raise UsageError(
            f"--sound: there is no '{asked}': this machine has no sound device{lack}; --sound none is silent"
        )
    names = ", ".join(f"{d.number}: {d.name}" for d in (alike or there))
    if alike:
        raise UsageError(f"--sound: '{asked}' may be any of {names}; give the number or the whole name")
    raise UsageError(f"--sound: there is no '{asked}'; there are {names}, none, and file:PATH")


def _writable(path: str) -> Path:
    real = Path(path).expanduser().absolute()
    if not path or real.is_dir():
        raise UsageError(f"--sound: '{FILE}{path}' names no file; write it as file:/tmp/sound.wav")
    if not real.parent.is_dir():
        raise UsageError(f"--sound: the folder {real.parent} is not there; make it, or name another file")
    return real
