"""A private copy of a producer's file."""

import hashlib
import os
import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from projector.errors import MediumRefused
from projector.intake.original import Copied, Unreadable, copy_original, mark_of


def test_what_is_hashed_is_what_is_copied(tmp_path: Path) -> None:
    raw = os.urandom(10_000_000)
    (tmp_path / "a.mp4").write_bytes(raw)
    told: list[float] = []
    made = copy_original(tmp_path / "a.mp4", tmp_path / "copy", 1 << 30, told.append)
    assert made == Copied(hashlib.sha256(raw).hexdigest(), mark_of((tmp_path / "a.mp4").stat()))
    assert (tmp_path / "copy").read_bytes() == raw
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_links_special_files_and_files_too_large_are_not_copied(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"123")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Unreadable, match="cannot be read"):
        copy_original(tmp_path / "link", tmp_path / "copy", 10)
    with pytest.raises(MediumRefused, match="special"):
        copy_original(tmp_path / "pipe", tmp_path / "copy", 10)
    with pytest.raises(MediumRefused, match="is too large"):
        copy_original(tmp_path / "a", tmp_path / "copy", 2)
    with pytest.raises(FileNotFoundError):
        copy_original(tmp_path / "none", tmp_path / "copy", 2)
    assert not (tmp_path / "copy").exists()


def test_without_room_for_the_copy_nothing_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.mp4").write_bytes(b"123")
    usage = namedtuple("usage", "total used free")  # noqa: PYI024  (as shutil's is)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10, 9, 1))
    with pytest.raises(Unreadable, match=r"waits for room: 1\.0 GB are needed to take it, 0\.0 GB are free"):
        copy_original(tmp_path / "a.mp4", tmp_path / "copy", 10)
    assert not (tmp_path / "copy").exists()
