"""Devices as PortAudio names them."""

from types import ModuleType, SimpleNamespace
from typing import cast

import pytest

from projector.errors import Missing
from projector.sound.devices import Device, index_of, listed

HDMI, MICROPHONE, USB = "HDA Intel: HDMI 0 (hw:0,3)", "Camera: Audio (hw:3,0)", "Scarlett 2i2 USB: Audio (hw:1,0)"


class PortAudioError(Exception):
    pass


def portaudio(*names: str, default: int = -1) -> ModuleType:
    """Sounddevice as far as the listing uses it."""
    known = [{"name": name, "max_output_channels": 0 if name == MICROPHONE else 2} for name in names]
    module = SimpleNamespace(
        default=SimpleNamespace(device=(-1, default)), query_devices=lambda: known, PortAudioError=PortAudioError
    )
    return cast(ModuleType, module)


def test_what_cannot_play_is_not_counted() -> None:
    found = list(listed(portaudio(HDMI, MICROPHONE, USB, default=2)))
    assert found == [(0, Device(1, HDMI)), (2, Device(2, USB, is_default=True))]


def test_a_device_is_found_by_its_name_and_the_default_as_such() -> None:
    assert index_of(portaudio(HDMI, MICROPHONE, USB), USB) == 2
    assert index_of(portaudio(HDMI, MICROPHONE, USB, default=2), None) == 2


def test_a_card_that_was_plugged_in_again_is_the_same_under_another_number() -> None:
    again = USB.replace("hw:1", "hw:4")
    assert index_of(portaudio(HDMI, again), USB) == 1
    with pytest.raises(Missing, match="not there"):
        index_of(portaudio(again, USB.replace("hw:1", "hw:5")), USB)  # two of a kind: which is not known


def test_a_device_that_is_not_there_is_missing() -> None:
    with pytest.raises(Missing, match="Scarlett"):
        index_of(portaudio(HDMI), USB)
    with pytest.raises(Missing, match="default"):
        index_of(portaudio(HDMI), None)
