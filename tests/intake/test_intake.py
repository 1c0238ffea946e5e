import hashlib
import logging
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from queue import SimpleQueue

import pytest
from PIL import Image
from watchdog.events import FileOpenedEvent, FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from projector.clock import Seconds, machine_now
from projector.intake.demand import Demand
from projector.intake.intake import Intake
from projector.intake.sizes import Wants
from projector.intake.watch import Watch
from projector.ledger.media import renditions_of, waiting, want, wanted
from projector.ledger.revisions import revisions
from projector.show.media import Facts, Kind
from projector.show.picture import Size
from tests.intake.conftest import BLUE, GREEN, WANTS, Folder, old


@contextmanager
def openings(folder: Path) -> Iterator[SimpleQueue[str]]:
    """Every file that anyone opens below a folder, as the kernel tells it."""
    opened: SimpleQueue[str] = SimpleQueue()

    class Listener(FileSystemEventHandler):
        def on_any_event(self, event: FileSystemEvent) -> None:
            opened.put(Path(str(event.src_path)).name)

    observer = Observer()
    observer.schedule(Listener(), str(folder), recursive=True, event_filter=[FileOpenedEvent])
    observer.start()
    yield opened
    observer.stop()
    observer.join()


@pytest.fixture
def decodes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of files of which anything was made."""
    made: list[str] = []
    decide = Demand.decide

    def noting(self: Demand, path: str, sha256: str) -> Wants | None:
        wants = decide(self, path, sha256)
        if wants is not None:
            made.append(path)
        return wants

    monkeypatch.setattr(Demand, "decide", noting)
    return made


def test_a_folder_is_taken_and_what_cannot_be_used_is_named(folder: Folder) -> None:
    photo = folder.photo("one/a.jpg")
    (folder.photos / "one/b.jpg").write_text("text")
    old(folder.photos / "one/b.jpg")
    folder.photo("c.png").rename(folder.photos / "c.gif")
    report = folder.ingest().as_json()
    assert report["seconds"] >= 0
    assert report | {"seconds": 0} == {
        "taken": 1,
        "unchanged": 0,
        "removed": 0,
        "refused": [
            {"file": "photos/c.gif", "reason": "photos are avif, heic, jpeg, jpg, png, tiff, webp; .gif is not"},
            {"file": "photos/one/b.jpg", "reason": "is not a picture but text"},
        ],
        "waiting": [],
        "seconds": 0,
    }
    (medium,) = folder.media_by_file().values()
    assert medium.sha256 == hashlib.sha256(photo.read_bytes()).hexdigest()
    assert (medium.file, medium.folder, medium.kind) == ("photos/one/a.jpg", "one", Kind.PHOTO)
    assert (medium.width, medium.height) == (96, 64)
    small = renditions_of(folder.ledger, [medium.sha256])[medium.sha256]["small"]
    assert (small.width, small.height) == (48, 32)
    assert len(folder.store.read(small.sha256)) == small.bytes


def test_a_second_run_opens_no_file(folder: Folder) -> None:
    folder.photo("a.jpg")
    folder.sidecar("a.jpg.yaml", "country: PL\n")
    old(folder.photo("b.jpg")).write_text("text")
    old(folder.photos / "b.jpg")
    folder.ingest()
    folder.photo("z.jpg")
    with openings(folder.photos) as opened:
        folder.ingest()
        seen = {opened.get(timeout=5)}
        assert seen == {"z.jpg"}  # a file that is new is seen to be opened, so the proof is one
        report = folder.ingest()
        (folder.photos / "b.jpg").open().close()
        while (name := opened.get(timeout=5)) != "b.jpg":
            assert name == "z.jpg"
    assert (report.taken, report.unchanged, len(report.refused)) == (0, 2, 1)


def test_the_same_bytes_twice_are_one_medium_made_once(folder: Folder, decodes: list[str]) -> None:
    first = folder.photo("b.jpg")
    for name in ("a.jpg", "c.jpg", "d.png"):
        shutil.copy2(first, folder.photos / name)
    report = folder.ingest()
    assert report.taken == 4
    assert list(folder.media_by_file()) == ["photos/a.jpg"]
    assert len(decodes) == 1


def test_a_renamed_file_is_the_same_medium_and_not_decoded_again(folder: Folder, decodes: list[str]) -> None:
    photo = folder.photo("a.jpg")
    folder.sidecar("a.jpg.yaml", "{country: PL, consent: {stream: false}}")
    folder.ingest()
    before = folder.media_by_file()["photos/a.jpg"]
    photo.rename(folder.photos / "b.jpg")
    report = folder.ingest()
    after = folder.media_by_file()
    assert list(after) == ["photos/b.jpg"]
    assert after["photos/b.jpg"].sha256 == before.sha256
    assert after["photos/b.jpg"].facts == Facts(stream=False)  # its words stayed behind, its consent goes along
    assert (report.removed, decodes) == (1, ["photos/a.jpg"])


def test_a_file_changed_in_place_is_another_medium(folder: Folder) -> None:
    folder.photo("a.jpg")
    folder.ingest()
    before = folder.media_by_file()["photos/a.jpg"].sha256
    path = folder.photo("a.jpg", Image.new("RGB", (80, 80), GREEN))
    os.utime(path, (1_700_000_001, 1_700_000_001))
    report = folder.ingest()
    (medium,) = folder.media_by_file().values()
    assert medium.sha256 != before
    assert (medium.width, report.taken, report.unchanged) == (80, 1, 0)


def test_a_removed_file_is_no_medium_any_more(folder: Folder) -> None:
    folder.photo("a.jpg")
    folder.photo("b.jpg", Image.new("RGB", (80, 80), BLUE))
    folder.ingest()
    (folder.photos / "a.jpg").unlink()
    report = folder.ingest()
    assert list(folder.media_by_file()) == ["photos/b.jpg"]
    assert (report.taken, report.unchanged, report.removed) == (0, 1, 1)


def test_the_life_of_a_sidecar(folder: Folder, decodes: list[str]) -> None:
    folder.photo("a.jpg")
    folder.ingest()

    def facts() -> Facts:
        return folder.media_by_file()["photos/a.jpg"].facts

    assert facts() == Facts()
    path = folder.sidecar("a.jpg.yaml", "{name: A placeholder, country: PL}")
    folder.ingest()
    assert facts() == Facts(name="A placeholder", country="PL")

    path.write_text("{name: A placeholder, consent: {stream: no, until: 2027-02-01}}")
    os.utime(path, (1_700_000_001, 1_700_000_001))
    folder.ingest()
    assert facts() == Facts(name="A placeholder", stream=False, until=date(2027, 2, 1))

    path.write_text("{nmae: A placeholder}")
    os.utime(path, (1_700_000_002, 1_700_000_002))
    folder.ingest()
    assert folder.media_by_file() == {}
    assert "photos/a.jpg.yaml:1:2: " in folder.refusals()["photos/a.jpg"]

    path.unlink()
    folder.ingest()
    assert facts() == Facts(stream=False, until=date(2027, 2, 1))
    assert folder.refusals() == {}
    assert decodes == ["photos/a.jpg"]


def test_a_sidecar_that_cannot_be_read_refuses_its_bytes_under_every_name(folder: Folder) -> None:
    shutil.copy2(folder.photo("a.jpg"), folder.photos / "b.jpg")
    folder.sidecar("b.jpg.yaml", "[")
    folder.ingest()
    assert folder.media_by_file() == {}
    assert list(folder.refusals()) == ["photos/b.jpg"]


def test_a_sidecar_that_is_a_link_is_not_followed(folder: Folder, tmp_path: Path) -> None:
    folder.photo("a.jpg")
    (tmp_path / "elsewhere").write_text("country: PL")
    (folder.photos / "a.jpg.yaml").symlink_to(tmp_path / "elsewhere")
    folder.ingest()
    assert "its sidecar cannot be read" in folder.refusals()["photos/a.jpg"]


def test_consent_outlives_the_names_of_its_bytes(folder: Folder) -> None:
    path = folder.photo("a.jpg")
    folder.sidecar("a.jpg.yaml", "{name: A placeholder, consent: {wall: no}}")
    folder.ingest()
    raw = path.read_bytes()
    for file in folder.photos.iterdir():
        file.unlink()
    folder.ingest()
    assert folder.media_by_file() == {}
    (folder.photos / "z.jpg").write_bytes(raw)
    folder.ingest()
    assert folder.media_by_file()["photos/z.jpg"].facts == Facts(wall=False)


def test_a_half_copied_file_is_waited_for_and_never_given_up(folder: Folder) -> None:
    raw = folder.photo("a.jpg").read_bytes()
    path = folder.photos / "b.jpg"
    intake = folder.intake()
    with path.open("wb") as file:
        file.write(raw[: len(raw) // 2])
        file.flush()
        old(path)  # some copying programs set the time first
        report = folder.ingest(intake)
        assert report.waiting == ("photos/b.jpg",)
        assert report.refused == ()
        assert waiting(folder.ledger) == ["photos/b.jpg"]
        file.write(raw[len(raw) // 2 :])
    report = folder.ingest(intake)
    assert report.waiting == ()
    assert report.taken == 2
    assert waiting(folder.ledger) == []


def test_a_photo_waits_for_its_sidecar_to_be_written(folder: Folder) -> None:
    folder.photo("a.jpg")
    path = folder.photos / "a.jpg.yaml"
    with path.open("w") as file:
        file.write("consent: {wall: ")
        file.flush()
        assert folder.ingest().waiting == ("photos/a.jpg",)
        file.write("no}")
    folder.ingest()
    assert folder.media_by_file()["photos/a.jpg"].facts == Facts(wall=False)


def test_a_file_cut_off_by_its_copier_is_refused_and_taken_when_it_is_whole(folder: Folder) -> None:
    path = folder.photo("a.jpg")
    raw = path.read_bytes()
    path.write_bytes(raw[:-50])
    old(path)
    folder.ingest()
    assert folder.refusals() == {"photos/a.jpg": "the file ends before the picture does; copy it again"}
    path.write_bytes(raw)
    folder.ingest()
    assert folder.refusals() == {}
    assert list(folder.media_by_file()) == ["photos/a.jpg"]


def test_wall_size_copies_are_made_when_they_are_wanted(folder: Folder) -> None:
    folder.photo("a.jpg", Image.new("RGB", (300, 200), BLUE))
    intake = folder.intake()
    folder.ingest(intake)
    (medium,) = folder.media_by_file().values()
    assert set(renditions_of(folder.ledger, [medium.sha256])[medium.sha256]) == {"small"}
    want(folder.ledger, [medium.sha256])
    folder.ingest(intake)
    wall = renditions_of(folder.ledger, [medium.sha256])[medium.sha256]["wall"]
    assert (wall.width, wall.height) == (96, 64)
    assert wanted(folder.ledger) == []


def test_a_copy_wanted_before_its_photo_comes_back_is_made_with_it(folder: Folder) -> None:
    path = folder.photo("a.jpg")
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    want(folder.ledger, [sha256])
    folder.ingest()
    assert set(renditions_of(folder.ledger, [sha256])[sha256]) == {"small", "wall"}


def test_copies_that_became_too_small_are_made_again(folder: Folder, decodes: list[str]) -> None:
    folder.photo("large.jpg", Image.new("RGB", (300, 200), BLUE))
    folder.photo("tiny.jpg", Image.new("RGB", (40, 40), GREEN))
    intake = folder.intake()
    folder.ingest(intake)
    decodes.clear()
    intake.want(Wants(Size(90, 90), wall=Size(96, 96)))
    folder.ingest(intake)
    assert decodes == ["photos/large.jpg"]  # the other is as large as its original
    sha256 = folder.media_by_file()["photos/large.jpg"].sha256
    assert renditions_of(folder.ledger, [sha256])[sha256]["small"].width == 90
    intake.want(Wants(Size(20, 20), wall=Size(96, 96)))
    folder.ingest(intake)
    assert decodes == ["photos/large.jpg"]


def test_copies_that_the_store_has_lost_are_made_again(folder: Folder) -> None:
    folder.photo("a.jpg")
    folder.ingest()
    (medium,) = folder.media_by_file().values()
    small = renditions_of(folder.ledger, [medium.sha256])[medium.sha256]["small"]
    folder.store.path(small.sha256).unlink()
    folder.ingest()
    assert folder.store.read(small.sha256)


def test_the_slates_picture_is_taken_by_its_absolute_path(folder: Folder, tmp_path: Path) -> None:
    slate = tmp_path / "candle.png"
    Image.new("RGB", (300, 200), BLUE).save(slate)
    old(slate)
    folder.ingest(folder.intake(extras=(slate, tmp_path / "none.png")))
    medium = folder.media_by_file()[str(slate)]
    assert (medium.kind, medium.folder) == (Kind.SLATE, "")
    assert set(renditions_of(folder.ledger, [medium.sha256])[medium.sha256]) == {"small", "wall"}
    assert folder.refusals() == {str(tmp_path / "none.png"): "there is no such file"}
    folder.ingest()
    assert folder.media_by_file() == {}


def test_a_media_folder_that_is_gone_takes_nothing_away(folder: Folder, tmp_path: Path) -> None:
    folder.photo("a.jpg")
    folder.ingest()
    folder.media.rename(tmp_path / "unplugged")
    intake = folder.intake()
    folder.ingest(intake)
    assert list(folder.media_by_file()) == ["photos/a.jpg"]
    assert intake.step(folder.clock()).missing
    (tmp_path / "unplugged").rename(folder.media)
    report = folder.ingest(intake)
    assert report.unchanged == 1


def test_an_unreadable_folder_takes_nothing_away(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.photo("one/a.jpg")
    folder.ingest()
    scandir = os.scandir

    def failing(path: Path) -> object:
        if Path(path).name == "one":
            raise OSError(5, "Input/output error")
        return scandir(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", failing)
        folder.ingest()
        assert list(folder.media_by_file()) == ["photos/one/a.jpg"]
        assert "photos/one" in folder.refusals()
    folder.ingest()
    assert folder.refusals() == {}


def test_on_a_full_disk_nothing_is_made_and_nothing_hangs(folder: Folder) -> None:
    folder.photo("a.jpg")
    intake = Intake(folder.ledger, folder.store, folder.media, WANTS, folder.workers, least_free=1 << 60)
    assert folder.ingest(intake).waiting == ("photos/a.jpg",)
    assert intake.step(folder.clock()).full


def test_readers_are_told_what_moved_and_nothing_else(folder: Folder) -> None:
    folder.photo("a.jpg")
    folder.ingest()
    before = revisions(folder.ledger)
    assert before.keys() == {"files", "media", "renditions"}
    folder.ingest()
    assert revisions(folder.ledger) == before
    folder.sidecar("a.jpg.yaml", "country: PL")
    folder.ingest()
    after = revisions(folder.ledger)
    assert after["media"] > before["media"]
    assert after["renditions"] == before["renditions"]


def test_nothing_in_the_folder_is_touched(folder: Folder) -> None:
    folder.photo("a.jpg")
    folder.sidecar("a.jpg.yaml", "country: PL")
    (folder.photos / "b.jpg").write_text("text")

    def state() -> dict[str, tuple[bytes, int, int]]:
        files = [file for file in folder.media.rglob("*") if file.is_file()]
        return {str(f): (f.read_bytes(), f.stat().st_mtime_ns, f.stat().st_ctime_ns) for f in files}

    before = state()
    folder.ingest()
    assert state() == before


def test_logs_carry_no_names(folder: Folder, caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    caplog.set_level(logging.DEBUG)
    folder.photo("Placeholder.jpg")
    folder.sidecar("Placeholder.jpg.yaml", "name: Placeholder")
    old(folder.photo("Placeholder2.jpg")).write_text("text")
    intake = folder.intake()
    folder.ingest(intake)
    folder.media.rename(tmp_path / "gone")
    folder.ingest(intake)
    folder.time += 60
    intake.step(folder.clock())
    assert caplog.records
    assert "Placeholder" not in caplog.text


def test_from_the_close_of_a_file_to_the_ledger_in_a_quiet_folder(folder: Folder) -> None:
    raw = folder.photo("a.jpg").read_bytes()
    (folder.photos / "a.jpg").unlink()
    with Watch(folder.media) as watch:
        intake = Intake(folder.ledger, folder.store, folder.media, WANTS, folder.workers, watch=watch, least_free=0)
        intake.ingest(lambda _: None)
        (folder.photos / "b.jpg").write_bytes(raw)
        closed = time.monotonic()
        while not folder.media_by_file() and time.monotonic() < closed + 5:
            intake.step(machine_now())
            intake.wait(Seconds(0.05))
    assert time.monotonic() - closed < 1.7
