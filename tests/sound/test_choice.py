"""What `--sound` may say, and what is said where there is no such device."""

from ctypes.util import find_library
from pathlib import Path

import pytest

from projector.errors import UsageError
from projector.sound import choice
from projector.sound.choice import Choice, available, choose, named
from projector.sound.devices import Device

HALL = Device(1, "HDA Intel: HDMI 0 (hw:0,3)")
DESK = Device(2, "HDA Intel: ALC256 (hw:0,0)", is_default=True)
USB = Device(3, "Scarlett 2i2 USB: Audio (hw:1,0)")
THERE = (HALL, DESK, USB)


@pytest.mark.parametrize(
    ("asked", "meant"),
    [("1", HALL), ("3", USB), (USB.name, USB), ("scarlett", USB), (DESK.name.upper(), DESK), ("hdmi 0", HALL)],
)
def test_a_device_is_meant_by_its_number_its_name_or_a_part_of_one_name_only(asked: str, meant: Device) -> None:
    assert named(asked, THERE) is meant


def test_a_part_of_two_names_names_both() -> None:
    with pytest.raises(UsageError) as said:
        named("hda intel", THERE)
    assert f"1: {HALL.name}, 2: {DESK.name};" in str(said.value)
    assert USB.name not in str(said.value)


@pytest.mark.parametrize("asked", ["Grand Piano", "0", "4", "", "hw:9"])
def test_a_device_that_is_not_there_is_one_sentence_with_those_that_are(asked: str) -> None:
    with pytest.raises(UsageError) as said:
        named(asked, THERE)
    assert all(f"{d.number}: {d.name}" in str(said.value) for d in THERE)
    assert "\n" not in str(said.value)


def test_where_no_device_is_the_default_is_silence_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "available", lambda: ())
    assert choose(None) == Choice("none", "no sound device: going on without sound")
    assert choose("none") == Choice("none")


def test_the_default_stays_the_systems_and_a_number_becomes_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers change when a device is plugged in; the show is restarted by the name."""
    monkeypatch.setattr(choice, "available", lambda: THERE)
    assert choose(None) == Choice("default")
    assert choose("3") == Choice(USB.name)


def test_a_file_needs_a_folder(tmp_path: Path) -> None:
    assert choose(f"file:{tmp_path}/a.wav") == Choice(f"file:{tmp_path}/a.wav")
    for wrong in ("file:", f"file:{tmp_path}", f"file:{tmp_path}/nowhere/a.wav"):
        with pytest.raises(UsageError):
            choose(wrong)


def test_the_devices_of_an_alsa_configuration_are_listed_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if find_library("portaudio") is None:
        pytest.skip("PortAudio (libportaudio2) is not installed")
    config = tmp_path / "asound.conf"
    config.write_text("pcm.wall { type null }\npcm.!default { type null }\n", encoding="utf-8")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(config))
    there = available()
    assert {"wall", "default"} <= {device.name for device in there}
    assert [device.name for device in there if device.is_default] == ["default"]
    assert choose("wall") == Choice("wall")


def test_drivers_that_die_are_no_devices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sounddevice.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert choose(None).sound == "none"


def test_without_portaudio_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    said = choose(None)
    assert said.sound == "none"
    assert said.notice.startswith("no sound device: going on without sound")
    assert "libportaudio2" in said.notice
