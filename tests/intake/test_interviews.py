"""Clips and their subtitles, from the folder to the ledger and the store. The clip is a test picture with a tone."""

import hashlib
import shutil
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from projector.clock import Machine, Seconds
from projector.intake.demand import Demand
from projector.intake.intake import Intake
from projector.intake.pool import Trade
from projector.intake.report import Progress
from projector.intake.sizes import Wants
from projector.intake.watch import Watch
from projector.intake.workers import CLIPS, Workers
from projector.ledger.media import all_media, described, renditions_of
from projector.show.media import Clip, Facts, Kind, Medium
from projector.show.picture import Size
from tests.intake.conftest import WANTS, Folder, old

SRT = "1\n00:00:00,100 --> 00:00:00,900\n{}\n"


@pytest.fixture
def interviews(folder: Folder, clip: Path) -> Folder:
    (folder.media / "interviews").mkdir()
    old(Path(shutil.copy(clip, folder.media / "interviews/a.mp4")))
    return folder


@pytest.fixture
def makes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of clips of which a house copy was made."""
    made: list[str] = []
    decide = Demand.decide

    def noting(self: Demand, path: str, sha256: str) -> Wants | None:
        wants = decide(self, path, sha256)
        if wants is not None:
            made.append(path)
        return wants

    monkeypatch.setattr(Demand, "decide", noting)
    return made


def only(folder: Folder) -> Medium:
    (medium,) = all_media(folder.ledger)
    return medium


def heard(medium: Medium) -> dict[str, list[str]]:
    return {language: [subtitle.text for subtitle in said] for language, said in medium.subtitles}


def left_behind(folder: Folder) -> list[Path]:
    """What the making of clips has left where it works; tests of photos work there too."""
    return [path for path in folder.workers._clips.into.iterdir() if not path.stem.endswith(("-small", "-wall"))]


def test_an_interview_is_taken_with_its_whole_house_copy(interviews: Folder, clip: Path) -> None:
    interviews.write("interviews/a.mp4.yaml", "{country: PL, placeholder: true}")
    report = interviews.ingest()
    assert (report.taken, report.refused) == (1, ())
    medium = only(interviews)
    assert medium.sha256 == hashlib.sha256(clip.read_bytes()).hexdigest()
    assert (medium.file, medium.kind) == ("interviews/a.mp4", Kind.INTERVIEW)
    assert medium.facts == Facts(country="PL", placeholder=True)
    house = medium.clip
    assert house is not None
    assert (house.rate, house.frames, house.sound) == (Fraction(25), 25, True)
    assert (medium.width, medium.height) == (house.width, house.height)
    copies = renditions_of(interviews.ledger, [medium.sha256])[medium.sha256]
    assert copies.keys() == {"clip", "sound", "first", "last"}
    suffixes = {"clip": ".mp4", "sound": ".wav", "first": ".jpg", "last": ".jpg"}
    for kind, copy in copies.items():
        assert interviews.store.checked(copy.sha256, suffixes[kind]).stat().st_size == copy.bytes
    assert interviews.store.held() == {copy.sha256 for copy in copies.values()}
    assert left_behind(interviews) == []
    assert described(interviews.ledger, [medium.sha256, "f" * 64]) == {medium.sha256: medium}


def test_progress_tells_how_far_each_clip_is(interviews: Folder) -> None:
    told: list[Progress] = []
    interviews.intake().ingest(told.append, interviews.clock)
    shares = [progress.clips for progress in told if progress.clips]
    assert {path for ((path, _),) in shares} == {"interviews/a.mp4"}
    assert all(0.0 <= share <= 1.0 for ((_, share),) in shares)
    assert max(share for ((_, share),) in shares) > 0.05


def test_a_renamed_and_a_doubled_clip_are_the_same_medium_made_once(interviews: Folder, makes: list[str]) -> None:
    interviews.ingest()
    before = only(interviews)
    (interviews.media / "interviews/a.mp4").rename(interviews.media / "interviews/b.mp4")
    shutil.copy2(interviews.media / "interviews/b.mp4", interviews.media / "interviews/c.MOV")
    assert interviews.ingest().refused == ()
    after = only(interviews)
    assert (after.sha256, after.clip, after.file) == (before.sha256, before.clip, "interviews/b.mp4")
    assert makes == ["interviews/a.mp4"]


def test_a_house_copy_that_the_store_has_lost_is_made_again(interviews: Folder, makes: list[str]) -> None:
    interviews.ingest()
    medium = only(interviews)
    sound = renditions_of(interviews.ledger, [medium.sha256])[medium.sha256]["sound"]
    interviews.store.path(sound.sha256, ".wav").unlink()
    interviews.ingest()
    assert interviews.store.checked(sound.sha256, ".wav")
    assert only(interviews) == medium
    assert len(makes) == 2


def test_a_house_copy_that_filled_a_smaller_canvas_is_made_anew_for_a_larger_one(
    interviews: Folder, makes: list[str]
) -> None:
    intake = interviews.intake()
    interviews.ingest(intake)
    assert only(interviews).width == 96
    intake.want(Wants(Size(48, 48), wall=Size(1920, 1080)))
    interviews.ingest(intake)
    assert only(interviews).clip == Clip(128, 96, Fraction(25), 25, sound=True)
    intake.want(Wants(Size(48, 48), wall=Size(3840, 2160)))
    interviews.ingest(intake)
    assert len(makes) == 2  # its original is no larger


def test_what_is_no_clip_is_refused_and_leaves_nothing(folder: Folder) -> None:
    folder.write("interviews/list.mp4", "#EXTM3U\nhttp://127.0.0.1:9/a.ts\n")
    folder.write("interviews/empty.webm", b"")
    folder.write("interviews/a.avi", b"x")
    folder.photo("a.jpg").rename(folder.media / "interviews/photo.mp4")
    folder.ingest()
    reasons = folder.refusals()
    assert "not a clip" in reasons["interviews/list.mp4"]
    assert "empty" in reasons["interviews/empty.webm"]
    assert reasons["interviews/a.avi"] == "interviews are mkv, mov, mp4, webm; .avi is not"
    assert "interviews/photo.mp4" in reasons
    assert all_media(folder.ledger) == []
    assert folder.store.held() == set()
    assert left_behind(folder) == []


def test_a_clip_by_a_photos_name_is_refused_though_its_bytes_are_known(interviews: Folder) -> None:
    interviews.ingest()
    shutil.copy2(interviews.media / "interviews/a.mp4", interviews.photos / "a.jpg")
    interviews.ingest()
    assert "video" in interviews.refusals()["photos/a.jpg"]


def test_a_photo_that_is_renamed_to_a_clip_is_looked_at_anew(folder: Folder) -> None:
    photo = folder.photo("a.jpg")
    folder.ingest()
    (folder.media / "interviews").mkdir()
    photo.rename(folder.media / "interviews/a.mp4")
    folder.ingest()
    assert "not a clip" in folder.refusals()["interviews/a.mp4"]
    assert all_media(folder.ledger) == []


def test_another_intake_takes_over_from_one_that_was_at_work(interviews: Folder) -> None:
    former = interviews.intake()
    while not former.step(interviews.clock()).clips:
        pass
    assert interviews.ingest().taken == 1
    assert only(interviews).clip


def test_photos_do_not_wait_behind_a_clip(interviews: Folder) -> None:
    interviews.photo("a.jpg")
    intake = interviews.intake()
    order: list[str] = []

    def note(_: Progress) -> None:
        order.extend(m.file for m in all_media(interviews.ledger) if m.file not in order)

    intake.ingest(note, interviews.clock)
    assert order == ["photos/a.jpg", "interviews/a.mp4"]


def test_the_life_of_subtitles(interviews: Folder, makes: list[str]) -> None:
    interviews.write("interviews/a.en.srt", b"\xef\xbb\xbf" + SRT.format("Placeholder").encode())
    interviews.ingest()
    assert heard(only(interviews)) == {"en": ["Placeholder"]}
    interviews.write("interviews/a.pl.VTT", "WEBVTT\n\n00:00.100 --> 00:00.900\nZastępczy\n")
    interviews.ingest()
    assert heard(only(interviews)) == {"en": ["Placeholder"], "pl": ["Zastępczy"]}
    interviews.write("interviews/a.en.srt", SRT.format("Another placeholder"))
    interviews.ingest()
    assert heard(only(interviews))["en"] == ["Another placeholder"]
    path = interviews.write("interviews/a.en.srt", SRT.format("é").encode("latin-1"))
    interviews.ingest()
    assert all_media(interviews.ledger) == []
    refused = interviews.refusals()["interviews/a.mp4"]
    assert refused == "interviews/a.en.srt:3:1: byte 0xe9 is not UTF-8; save the file as UTF-8"
    path.unlink()
    interviews.ingest()
    assert heard(only(interviews)) == {"pl": ["Zastępczy"]}
    assert makes == ["interviews/a.mp4"]


def test_a_second_run_reads_no_subtitles_again(interviews: Folder) -> None:
    interviews.write("interviews/a.en.srt", SRT.format("Placeholder"))
    interviews.ingest()
    version = interviews.ledger.connection.total_changes
    interviews.ingest()
    assert interviews.ledger.connection.total_changes == version


def test_subtitles_whose_clip_is_not_there_wait_silently(folder: Folder) -> None:
    folder.write("interviews/b.en.srt", "no subtitles at all")
    assert folder.ingest().refused == ()


def test_subtitles_that_say_no_language_are_refused(interviews: Folder) -> None:
    interviews.write("interviews/a.polish.srt", SRT.format("x"))
    interviews.write("interviews/a.srt", SRT.format("x"))
    interviews.write("photos/a.en.srt", SRT.format("x"))
    interviews.ingest()
    assert interviews.refusals() == {
        "interviews/a.polish.srt": "'polish' is not a language code; write pl, he or zh-Hant",
        "interviews/a.srt": "the name does not say its language; call it a.en.srt, for example",
        "photos/a.en.srt": "photos are avif, heic, jpeg, jpg, png, tiff, webp; .srt is not",
    }
    assert only(interviews).subtitles == ()
    (interviews.media / "interviews/a.srt").unlink()
    interviews.ingest()
    assert "interviews/a.srt" not in interviews.refusals()


def test_two_files_of_one_language_are_a_refusal(interviews: Folder) -> None:
    interviews.write("interviews/a.en.srt", SRT.format("x"))
    interviews.write("interviews/a.EN.vtt", "WEBVTT\n")
    interviews.ingest()
    assert "keep one" in interviews.refusals()["interviews/a.mp4"]


def test_subtitles_go_with_the_stem_of_their_clip_only(interviews: Folder) -> None:
    shutil.copy2(interviews.media / "interviews/a.mp4", interviews.media / "interviews/a.b.mp4")
    interviews.write("interviews/a.b.en.srt", SRT.format("of a.b"))
    interviews.ingest()
    rows = {m.file: m for m in all_media(interviews.ledger)}
    assert list(rows) == ["interviews/a.b.mp4"]  # the same bytes
    (interviews.media / "interviews/a.b.mp4").unlink()
    interviews.ingest()
    assert only(interviews).subtitles == ()


def test_subtitles_that_are_a_link_are_not_followed(interviews: Folder, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text(SRT.format("x"))
    (interviews.media / "interviews/a.en.srt").symlink_to(tmp_path / "elsewhere")
    interviews.ingest()
    assert interviews.refusals()["interviews/a.mp4"].startswith("interviews/a.en.srt cannot be read")


def test_a_clip_waits_for_its_subtitles_to_be_written(interviews: Folder) -> None:
    path = interviews.media / "interviews/a.en.srt"
    with path.open("w") as file:
        file.write(SRT.format("half of"))
        file.flush()
        assert interviews.ingest().waiting == ("interviews/a.mp4",)
        file.write("the words\n")
    interviews.ingest()
    assert heard(only(interviews)) == {"en": ["half of\nthe words"]}


def test_subtitles_that_come_while_the_clip_is_made_cost_no_second_making(interviews: Folder, makes: list[str]) -> None:
    intake = interviews.intake()
    reads: list[str] = []
    begin = interviews.workers.begin

    class Watching:
        def __getattr__(self, name: str) -> object:
            return getattr(interviews.workers, name)

        def begin(self, key: str, path: Path, form: object) -> None:
            reads.append(key)
            begin(key, path, form)  # type: ignore[arg-type]
            if len(reads) == 1:
                interviews.write("interviews/a.en.srt", SRT.format("late"))

    intake._workers = Watching()  # type: ignore[assignment]
    interviews.ingest(intake)
    assert heard(only(interviews)) == {"en": ["late"]}
    assert reads == makes == ["interviews/a.mp4"]


def test_a_clip_in_messages_is_a_message(folder: Folder, clip: Path) -> None:
    (folder.media / "messages/one").mkdir(parents=True)
    shutil.copy2(clip, folder.media / "messages/one/a.mp4")
    folder.write("messages/one/a.he.srt", SRT.format("words"))
    old(folder.media / "messages/one/a.mp4")
    folder.ingest()
    medium = only(folder)
    assert (medium.kind, medium.folder) == (Kind.MESSAGE, "one")
    assert medium.clip is not None
    assert heard(medium) == {"he": ["words"]}


def test_without_ffmpeg_a_clip_waits_for_another_start(
    interviews: Folder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code = (
        "import sys, projector.intake.clip_worker as w; from projector.errors import Missing\n"
        "def none(): raise Missing('ffmpeg is not installed', 'Install it')\n"
        "w.require_ffmpeg = none\n"
        "w.attend(sys.argv[1:], w.MOST_WRITTEN, w.serve, timed=False)"
    )
    without = Trade((*CLIPS.command[:2], "-c", code), CLIPS.memory, CLIPS.limit, CLIPS.advice, tells=True)
    with Workers(tmp_path, count=1, clips=without) as workers:
        interviews.workers = workers
        interviews.ingest()
    (reason,) = interviews.refusals().values()
    assert reason == "cannot be taken on this machine yet: ffmpeg is not installed. Install it"
    interviews.workers = Workers(tmp_path, count=1)
    with interviews.workers:
        interviews.ingest()
    assert only(interviews).clip


def test_a_clip_for_which_there_is_no_room_waits_and_is_not_tried_all_the_time(
    interviews: Folder, tmp_path: Path
) -> None:
    code = (
        "import sys, pathlib, projector.intake.clip_worker as w; from projector.intake.original import Unreadable\n"
        "def none():\n"
        f"    with pathlib.Path({str(tmp_path / 'tried')!r}).open('a') as file: file.write('x')\n"
        "    raise Unreadable('waits for room')\n"
        "w.require_ffmpeg = none\n"
        "w.attend(sys.argv[1:], w.MOST_WRITTEN, w.serve, timed=False)"
    )
    full = Trade((*CLIPS.command[:2], "-c", code), CLIPS.memory, CLIPS.limit, CLIPS.advice, tells=True)
    with Workers(tmp_path, count=1, clips=full) as workers:
        interviews.workers = workers
        intake = interviews.intake()
        interviews.ingest(intake)
        assert interviews.refusals() == {"interviews/a.mp4": "waits for room"}
        for _ in range(20):
            interviews.time += 2.1
            interviews.ingest(intake)
        assert (tmp_path / "tried").read_text() == "x"
        interviews.time += 60
        interviews.ingest(intake)
        assert (tmp_path / "tried").read_text() == "xx"


def test_subtitles_that_come_are_seen_by_a_hint(interviews: Folder) -> None:
    with Watch(interviews.media) as watch:
        intake = Intake(
            interviews.ledger, interviews.store, interviews.media, WANTS, interviews.workers, watch=watch, least_free=0
        )
        interviews.ingest(intake)
        intake._rounds._due = Machine(1e9)  # no round: only hints
        path = interviews.write("interviews/a.en.srt", SRT.format("Placeholder"))
        assert stepped(interviews, intake, lambda: heard(only(interviews)) == {"en": ["Placeholder"]})
        path.unlink()
        assert stepped(interviews, intake, lambda: only(interviews).subtitles == ())
        interviews.write("messages/a.yaml", "text: words")
        assert stepped(interviews, intake, lambda: len(all_media(interviews.ledger)) == 2)


def stepped(folder: Folder, intake: Intake, until: Callable[[], bool]) -> bool:
    end = time.monotonic() + 10
    while not until() and time.monotonic() < end:
        intake.step(folder.clock())
        intake.wait(Seconds(0.02))
    return until()
