"""Sound devices by PortAudio: which there are. Nothing of it is loaded on import."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from types import ModuleType
from typing import cast

from projector.errors import Missing

REMEDY = "apt install libportaudio2, or start with --sound none"
STEREO = 2


@dataclass(frozen=True, slots=True)
class Device:
    """A device that sounds: its number as `check` lists it, its name, and whether it is the system's default."""

    number: int
    name: str
    is_default: bool = False


def devices() -> tuple[Device, ...]:
    """The devices that can play, numbered from 1. Raises Missing where PortAudio is not there."""
    return tuple(device for _, device in listed(library()))


def library() -> ModuleType:
    """Sounddevice, which loads PortAudio. Raises Missing where either is not there or will not start."""
    try:
        import sounddevice  # noqa: PLC0415  its import is what fails where PortAudio is missing
    except (OSError, ImportError) as error:
        raise Missing("no sound can be played: PortAudio is not installed", REMEDY) from error
    return cast(ModuleType, sounddevice)


def listed(portaudio: ModuleType) -> Iterator[tuple[int, Device]]:
    """Each device that can play, with PortAudio's number for it."""
    try:
        default, known = portaudio.default.device[1], list(portaudio.query_devices())
    except portaudio.PortAudioError as error:
        raise Missing(f"the sound devices cannot be listed: {error}", REMEDY) from error
    number = 0
    for index, found in enumerate(known):
        if found["max_output_channels"] >= STEREO:
            number += 1
            yield index, Device(number, str(found["name"]), index == default)


def index_of(portaudio: ModuleType, name: str | None) -> int:
    """PortAudio's number for a name, or for the system's default device. Raises Missing where it is not there.

    A card that was plugged in again may have another number in its name, `USB Audio (hw:2,0)`: it is the same all the same.
    """
    there = list(listed(portaudio))
    exact = [index for index, device in there if (device.is_default if name is None else device.name == name)]
    alike = [index for index, device in there if name is not None and _bare(device.name) == _bare(name)]
    if exact:
        return exact[0]
    if len(alike) != 1:
        raise gone(name or "the default device", "it is not there")
    return alike[0]


def _bare(name: str) -> str:
    return name.rpartition(" (hw:")[0] or name


def gone(name: str, why: str) -> Missing:
    """That a device cannot be played on, and what is done about it."""
    return Missing(f"no sound on {name}: {why}", "Plug it in again, or see to its driver; it is tried again by itself")


def main() -> int:
    """Print the devices as JSON; for a process of its own, since drivers talk on stderr and may crash."""
    try:
        print(json.dumps([asdict(device) for device in devices()]))  # noqa: T201  what this process is for
    except Missing as lack:
        print(json.dumps({"lack": str(lack).removesuffix(lack.remedy).strip(), "remedy": lack.remedy}))  # noqa: T201
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
