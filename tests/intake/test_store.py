import hashlib
from pathlib import Path
from typing import Any

import pytest

from projector.errors import RenditionFault
from projector.intake.store import Store


def added(store: Store, raw: bytes, suffix: str = "") -> str:
    store.clean()
    temporary = store.temporary / f"x{suffix}"
    temporary.write_bytes(raw)
    return store.add(temporary)


def test_a_rendition_lies_under_its_own_hash(tmp_path: Path) -> None:
    store = Store(tmp_path)
    sha = added(store, b"picture")
    assert sha == hashlib.sha256(b"picture").hexdigest()
    assert store.path(sha) == tmp_path / sha[:2] / f"{sha}.jpg"
    assert store.read(sha) == b"picture"
    assert list(store.temporary.iterdir()) == []
    assert store.held() == {sha}


def test_a_rendition_that_changed_or_is_gone_is_a_fault(tmp_path: Path) -> None:
    store = Store(tmp_path)
    sha = added(store, b"picture")
    store.path(sha).write_bytes(b"another")
    with pytest.raises(RenditionFault, match="damaged"):
        store.read(sha)
    store.path(sha).unlink()
    with pytest.raises(RenditionFault, match="cannot be read"):
        store.read(sha)


def test_a_base_is_read_and_never_written(tmp_path: Path) -> None:
    base = Store(tmp_path / "base")
    lent = added(base, b"lent")
    store = Store(tmp_path / "own", base.root)
    own = added(store, b"own")
    assert store.read(lent) == b"lent"
    assert store.held() == {lent, own}
    assert base.held() == {lent}


def test_what_an_earlier_run_left_is_thrown_away(tmp_path: Path) -> None:
    store = Store(tmp_path)
    sha = added(store, b"picture")
    (store.temporary / "half").write_bytes(b"ha")
    store.clean()
    assert list(store.temporary.iterdir()) == []
    assert store.held() == {sha}


def test_what_lies_in_a_folder_of_an_earlier_run_is_thrown_away_too(tmp_path: Path) -> None:
    store = Store(tmp_path)
    (store.temporary / "folder/inner").mkdir(parents=True)
    store.clean()
    assert list(store.temporary.iterdir()) == []


def test_clips_and_sounds_keep_their_ending(tmp_path: Path) -> None:
    store = Store(tmp_path)
    clip, sound = added(store, b"clip", ".mp4"), added(store, b"sound", ".wav")
    assert store.path(clip, ".mp4") == tmp_path / clip[:2] / f"{clip}.mp4"
    assert store.read(sound, ".wav") == b"sound"
    assert store.held() == {clip, sound}
    with pytest.raises(RenditionFault):
        store.read(clip)


def test_a_checked_rendition_is_read_once_and_again_when_it_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    clip = added(store, b"clip", ".mp4")
    reads: list[str] = []
    digest = hashlib.file_digest

    def counting(file: Any, kind: str) -> Any:
        reads.append(file.name)
        return digest(file, kind)

    monkeypatch.setattr(hashlib, "file_digest", counting)
    assert store.checked(clip, ".mp4") == store.checked(clip, ".mp4") == store.path(clip, ".mp4")
    assert len(reads) == 1
    store.path(clip, ".mp4").write_bytes(b"pilc")
    with pytest.raises(RenditionFault, match="damaged"):
        store.checked(clip, ".mp4")
    with pytest.raises(RenditionFault, match="damaged"):
        store.checked(clip, ".mp4")
    store.path(clip, ".mp4").unlink()
    with pytest.raises(RenditionFault, match="cannot be read"):
        store.checked(clip, ".mp4")


def test_a_lent_clip_is_checked_where_it_lies(tmp_path: Path) -> None:
    base = Store(tmp_path / "base")
    lent = added(base, b"lent", ".wav")
    assert Store(tmp_path / "own", base.root).checked(lent, ".wav") == base.path(lent, ".wav")


def test_a_hash_that_is_known_is_not_worked_out_again(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.clean()
    (store.temporary / "x.mp4").write_bytes(b"clip")
    assert store.add(store.temporary / "x.mp4", "ab" * 32) == "ab" * 32
    with pytest.raises(RenditionFault, match="damaged"):
        store.checked("ab" * 32, ".mp4")  # whoever reads it finds out
