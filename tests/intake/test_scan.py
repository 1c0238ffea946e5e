import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from projector.intake.scan import Found, clips_of, count, look, walk


@pytest.fixture
def media(tmp_path: Path) -> Path:
    (tmp_path / "photos").mkdir()
    return tmp_path


def photos(media: Path) -> Iterator[Found]:
    return walk(media, "photos")


def put(media: Path, *names: str) -> None:
    for name in names:
        path = media / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())


def paths(media: Path) -> list[str]:
    return [found.path for found in photos(media) if not found.reason]


def test_sub_folders_are_walked_in_order(media: Path) -> None:
    put(media, "b.jpg", "a.JPG", "one/two/c.heic", "one/d.tiff")
    assert paths(media) == ["photos/a.JPG", "photos/b.jpg", "photos/one/d.tiff", "photos/one/two/c.heic"]


def test_marks_of_a_photo_and_its_sidecar(media: Path) -> None:
    put(media, "a.jpg", "a.jpg.yaml", "b.jpg")
    a, b = photos(media)
    status, beside = ((media / "photos" / name).stat() for name in ("a.jpg", "a.jpg.yaml"))
    assert a.mark == (status.st_size, status.st_mtime_ns, status.st_ino)
    assert a.sidecar == (beside.st_size, beside.st_mtime_ns, beside.st_ino)
    assert b.sidecar is None
    assert look(media, "photos/a.jpg") == a


@pytest.mark.parametrize(
    "name",
    [
        ".a.jpg.Xb12cd", "a.jpg.part", "a.jpg.crdownload", "a.jpg.tmp", "~syncthing~a.jpg.tmp", ".syncthing.a.jpg.tmp",
        "Thumbs.db", "desktop.ini", ".DS_Store", "._a.jpg", "a.jpg~", "@eaDir/a.jpg", ".stversions/a.jpg", "a.jpg.yaml",
        "__MACOSX/a.jpg",
    ],
)  # fmt: skip
def test_names_that_pass_by_are_no_photos_and_no_faults(media: Path, name: str) -> None:
    put(media, name)
    assert list(photos(media)) == []
    assert look(media, f"photos/{name.rpartition('/')[2]}") is None or "/" in name


@pytest.mark.parametrize(
    ("name", "reason"),
    [("a.txt", ".txt is not"), ("a", "without an ending"), ("a.jpg.yml", "in .yaml"), ("n.yaml", ".yaml is not")],
)
def test_a_name_that_cannot_be_a_photos_is_refused(media: Path, name: str, reason: str) -> None:
    put(media, name)
    (found,) = photos(media)
    assert reason in found.reason


def test_links_and_special_files_are_refused_and_not_opened(media: Path) -> None:
    put(media, "a.jpg")
    (media / "photos/link.jpg").symlink_to(media / "photos/a.jpg")
    (media / "photos/folder").symlink_to(media / "photos")
    os.mkfifo(media / "photos/pipe.jpg")
    reasons = {found.path: found.reason for found in photos(media)}
    assert "link" in reasons["photos/link.jpg"]
    assert "link" in reasons["photos/folder"]
    assert "special" in reasons["photos/pipe.jpg"]
    assert len(reasons) == 4


def test_a_name_that_is_not_utf8_is_refused_readably(media: Path) -> None:
    (Path(os.fsdecode(os.fsencode(media) + b"/photos/caf\xe9.jpg"))).write_bytes(b"x")
    (found,) = photos(media)
    assert found.path == "photos/caf\\xe9.jpg"
    assert "UTF-8" in found.reason


def test_a_folder_that_cannot_be_read_is_said(media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(media, "one/a.jpg", "b.jpg")
    scandir = os.scandir

    def refusing(path: Path) -> object:
        if path.name == "one":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    b, one = photos(media)
    assert b.path == "photos/b.jpg"
    assert one.unlisted
    assert "permission denied" in one.reason


def test_no_folder_is_an_empty_folder(tmp_path: Path) -> None:
    assert list(photos(tmp_path / "none")) == []


def test_interviews_are_counted(media: Path) -> None:
    for name in ("a.mp4", "a.mp4.part", ".hidden", "b.mkv"):
        (media / "interviews").mkdir(exist_ok=True)
        (media / "interviews" / name).touch()
    assert count(media, "interviews") == 2
    assert count(media, "messages") == 0


def test_the_three_folders_are_walked_in_order(media: Path) -> None:
    put(media, "a.jpg", "../messages/one/a.yaml", "../messages/b.mp4", "../interviews/c.mkv", "../other/d.jpg")
    assert [found.path for found in walk(media)] == [
        "photos/a.jpg",
        "interviews/c.mkv",
        "messages/b.mp4",
        "messages/one/a.yaml",
    ]


def test_marks_of_subtitles_come_with_their_clip(media: Path) -> None:
    put(media, *(f"../interviews/{name}" for name in ("a.mp4", "a.en.srt", "a.zh-Hant.VTT", "ab.en.srt", "b.webm")))
    put(media, "../interviews/a.en.srt.part", "../interviews/c.en.srt", "../interviews/A.pl.srt")
    a, b = walk(media, "interviews")
    assert [name for name, _ in a.subtitles] == ["a.en.srt", "a.zh-Hant.VTT"]
    status = (media / "interviews/a.en.srt").stat()
    assert a.subtitles[0][1] == (status.st_size, status.st_mtime_ns, status.st_ino)
    assert a.seen[0] == ("a.en.srt", status.st_size, status.st_mtime_ns)
    assert b.subtitles == ()
    assert look(media, "interviews/a.mp4") == a
    assert look(media, "interviews/a.en.srt") is None
    assert clips_of(media, "interviews/a.en.srt") == ["interviews/a.mp4"]


def test_every_mediums_sidecar_is_one_in_every_folder(media: Path) -> None:
    put(media, "../messages/a.mp4.yaml", "../messages/b.JPG.yaml", "../interviews/c.webm.yaml", "d.heic.yaml")
    assert list(walk(media)) == []


def test_what_lies_beside_is_not_counted(media: Path) -> None:
    put(media, "../interviews/a.mp4", "../interviews/a.en.srt", "../interviews/a.mp4.yaml", "../interviews/a.srt")
    assert count(media, "interviews") == 2  # the last says no language, and is named as a fault
