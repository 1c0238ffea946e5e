import hashlib
from pathlib import Path

import pytest

from projector.errors import RenditionFault
from projector.intake.store import Store


def added(store: Store, raw: bytes) -> str:
    store.clean()
    temporary = store.temporary / "x"
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
