from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from projector.clock import Instant, Seconds
from projector.ledger import clips, media, revisions
from projector.ledger.database import Ledger
from projector.ledger.facts import facts_from, merged, restrictions, text_of
from projector.ledger.media import Changes, Copies, FileRow, MediumRow, Rendition, State
from projector.ledger.tables import open_ledger
from projector.ledger.words import message_from, message_text, seen_from, seen_text, subtitles_from, subtitles_text
from projector.show.media import Clip, Facts, Kind, Medium, Message, Subtitle
from projector.show.picture import Size

A, B = "a1" * 32, "b2" * 32
ALL = Facts(
    "n", "PL", "pl", (("pl", "x"), ("en", "y")), "c", wall=True, stream=False, until=date(2027, 2, 1), placeholder=True
)
MESSAGE = Message((("en", "A placeholder"), ("he", "x")), "Placeholder", (("pl", "nie osoba"),), "messages/p.jpg")
HEARD = (("en", (Subtitle(Seconds(0.1), Seconds(2.5), "A\nplaceholder"),)), ("pl", ()))
SEEN = (("a.en.srt", 10, 1_700_000_000_000_000_001), ("a.pl.vtt", 11, 12))
COPY = Rendition("c" * 64, 640, 360, 1000)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "ledger.db", media.SCHEMA + revisions.SCHEMA) as made:
        yield made


def file(
    path: str, sha256: str | None, facts: Facts | None = None, state: State = State.TAKEN, reason: str = ""
) -> FileRow:
    kind = Kind.SLATE if path.startswith("/") else Kind.PHOTO
    return FileRow(path, 1, 2, 3, sha256, kind, state, reason, (4, 5) if facts else None, facts)


def put(ledger: Ledger, *rows: FileRow) -> None:
    hashes = {row.sha256 for row in rows if row.sha256}
    media.write(ledger, Changes(list(rows), [MediumRow(sha, Kind.PHOTO, 40, 30, Instant(7.0)) for sha in hashes]))


def test_facts_come_back_as_they_were() -> None:
    assert facts_from(text_of(ALL)) == ALL
    assert facts_from(text_of(Facts())) == Facts()


def test_rows_come_back_as_they_were(ledger: Ledger) -> None:
    rows = [file("photos/a.jpg", A, ALL), file("photos/b.jpg", None, state=State.REFUSED, reason="why")]
    put(ledger, *rows)
    assert media.files(ledger) == rows
    assert media.refused(ledger) == [("photos/b.jpg", "why")]


def test_a_medium_goes_by_its_first_path(ledger: Ledger) -> None:
    put(ledger, file("photos/z.jpg", A), file("photos/one/two/a.jpg", A), file("photos/b.jpg", B))
    assert media.all_media(ledger) == [
        Medium(B, "photos/b.jpg", Kind.PHOTO, "", 40, 30),
        Medium(A, "photos/one/two/a.jpg", Kind.PHOTO, "one/two", 40, 30),
    ]


def test_the_first_sidecar_gives_the_words_and_all_narrow_the_consent(ledger: Ledger) -> None:
    first = Facts(name="first", wall=True, stream=True, until=date(2027, 3, 1))
    second = Facts(name="second", country="PL", wall=True, stream=False, until=date(2027, 2, 1))
    put(ledger, file("photos/a.jpg", A), file("photos/b.jpg", A, first), file("photos/c.jpg", A, second))
    (medium,) = media.all_media(ledger)
    assert medium.facts == Facts(name="first", wall=True, stream=False, until=date(2027, 2, 1))


def test_a_sidecar_that_is_silent_beside_one_that_agrees_leaves_it_to_the_show() -> None:
    assert merged([Facts(wall=True), Facts()]).wall is None
    assert merged([Facts(wall=True), Facts(wall=True)]).wall is True
    assert merged([Facts(), Facts(wall=False)]).wall is False
    assert merged([Facts(), Facts(placeholder=True)]).placeholder


def test_what_a_sidecar_leaves_has_no_words() -> None:
    assert restrictions(ALL) == Facts(wall=True, stream=False, until=date(2027, 2, 1), placeholder=True)


def test_bytes_refused_under_one_name_are_shown_under_none(ledger: Ledger) -> None:
    put(ledger, file("photos/a.jpg", A), file("photos/b.jpg", A, state=State.REFUSED), file("photos/c.jpg", B))
    assert [medium.sha256 for medium in media.all_media(ledger)] == [B]
    assert media.find_medium(ledger, "photos/a.jpg")  # but it can be found, to be removed


def test_consent_is_kept_with_the_bytes_until_another_sidecar_speaks(ledger: Ledger) -> None:
    put(ledger, file("photos/a.jpg", A, Facts(name="n", wall=False)))
    media.write(ledger, Changes(gone=["photos/a.jpg"]))
    assert media.all_media(ledger) == []
    put(ledger, file("photos/b.jpg", A))
    assert media.all_media(ledger)[0].facts == Facts(wall=False)
    put(ledger, file("photos/b.jpg", A, Facts(wall=True)))
    assert media.all_media(ledger)[0].facts == Facts(wall=True)


def test_a_photo_that_is_the_slate_too_stays_a_photo(ledger: Ledger) -> None:
    put(ledger, file("/show/slate.png", A), file("photos/a.jpg", A), file("/show/other.png", B))
    kinds = {medium.file: medium.kind for medium in media.all_media(ledger)}
    assert kinds == {"photos/a.jpg": Kind.PHOTO, "/show/other.png": Kind.SLATE}


@pytest.mark.parametrize(
    "text",
    [
        "photos/one/x.jpg",
        "/a/media/photos/one/x.jpg",
        "../media/photos/one/x.jpg",
        "one/x.jpg",
        "x.jpg",
        A,
        A[:8],
        A[:9].upper(),
    ],
)
def test_ways_to_say_which_medium(ledger: Ledger, text: str) -> None:
    put(ledger, file("photos/one/x.jpg", A), file("photos/y.jpg", B))
    assert [medium.sha256 for medium in media.find_medium(ledger, text)] == [A]


@pytest.mark.parametrize("text", ["", "z.jpg", "one", A[:7], "%", "_.jpg", ".jpg", "photos"])
def test_what_says_no_medium(ledger: Ledger, text: str) -> None:
    put(ledger, file("photos/one/x.jpg", A), file("photos/y.jpg", B))
    assert media.find_medium(ledger, text) == []


def test_a_bare_name_may_be_that_of_several(ledger: Ledger) -> None:
    put(ledger, file("photos/one/x.jpg", A), file("photos/two/x.jpg", B))
    assert {medium.sha256 for medium in media.find_medium(ledger, "x.jpg")} == {A, B}


def test_renditions_and_wishes(ledger: Ledger) -> None:
    put(ledger, file("photos/a.jpg", A))
    small, wall = Rendition("s" * 64, 4, 3, 100), Rendition("w" * 64, 40, 30, 900)
    media.write(ledger, Changes(renditions=[(A, media.SMALL, small)]))
    media.want(ledger, [A, B])
    media.want(ledger, [B, A])
    assert media.wanted(ledger) == [A, B]
    assert media.copies_taken(ledger) == [Copies(A, "photos/a.jpg", Size(40, 30), Size(4, 3), None)]
    media.write(ledger, Changes(renditions=[(A, media.WALL, wall)]))
    assert media.wanted(ledger) == [B]
    media.want(ledger, [A])
    assert media.wanted(ledger) == [B]
    assert media.renditions_of(ledger, [A, B]) == {A: {"small": small, "wall": wall}}
    media.forget_renditions(ledger, [wall.sha256])
    assert media.renditions_of(ledger, [A]) == {A: {"small": small}}


def test_revisions_move_with_what_changes(ledger: Ledger) -> None:
    assert revisions.revisions(ledger) == {}
    media.write(ledger, Changes([file("photos/bad.jpg", None, state=State.REFUSED)]))
    assert revisions.revisions(ledger) == {"files": 1}
    media.write(ledger, Changes(renditions=[(A, "small", Rendition("s" * 64, 4, 3, 100))]))
    assert revisions.revisions(ledger) == {"files": 1, "renditions": 1}
    put(ledger, file("photos/a.jpg", A))
    before = revisions.revisions(ledger)
    put(ledger, file("photos/a.jpg", None, state=State.REFUSED))
    assert revisions.revisions(ledger)["media"] > before["media"]
    media.want(ledger, [A])
    media.want(ledger, [A])
    assert revisions.revisions(ledger)["wanted"] == 1


def test_no_transaction_has_more_rows_than_a_batch(ledger: Ledger) -> None:
    rows = [file(f"photos/{n:05}.jpg", f"{n:064x}", ALL) for n in range(media.BATCH * 2 + 1)]
    put(ledger, *rows)
    assert revisions.revisions(ledger)["files"] == 3
    assert len(media.all_media(ledger)) == len(rows)
    assert len(media.renditions_of(ledger, [row.sha256 or "" for row in rows])) == 0


def clip_row(sha256: str = A, frames: int = 250) -> MediumRow:
    clip = Clip(640, 360, Fraction(30000, 1001), frames, sound=False)
    return MediumRow(sha256, Kind.INTERVIEW, 640, 360, Instant(7.0), clip, Size(1920, 1080))


def words_row(sha256: str, portrait: str | None = None) -> MediumRow:
    return MediumRow(sha256, Kind.MESSAGE, 0, 0, Instant(7.0), message=replace(MESSAGE, portrait=portrait))


def test_a_clip_comes_back_as_it_was(ledger: Ledger) -> None:
    row = FileRow("interviews/one/a.mp4", 1, 2, 3, A, Kind.INTERVIEW, State.TAKEN, subtitles=HEARD, seen=SEEN)
    media.write(ledger, Changes([row], [clip_row()]))
    assert media.files(ledger) == [row]
    (medium,) = media.all_media(ledger)
    assert medium == Medium(
        A, row.path, Kind.INTERVIEW, "one", 640, 360, Facts(), clip_row().clip, subtitles=HEARD
    )  # fmt: skip
    assert media.described(ledger, [A, B]) == {A: medium}
    assert media.copies_taken(ledger) == []
    assert media.size_of(ledger, A) is None
    media.want(ledger, [A])
    assert media.wanted(ledger) == []


def test_a_clip_made_again_is_what_it_is_now(ledger: Ledger) -> None:
    row = FileRow("interviews/a.mp4", 1, 2, 3, A, Kind.INTERVIEW, State.TAKEN)
    media.write(ledger, Changes([row], [clip_row()]))
    before = revisions.revisions(ledger)["media"]
    media.write(ledger, Changes(media=[clip_row(frames=251)]))
    assert media.all_media(ledger)[0].clip == clip_row(frames=251).clip
    assert revisions.revisions(ledger)["media"] > before


def test_what_there_is_of_a_clip(ledger: Ledger) -> None:
    row = FileRow("interviews/a.mp4", 1, 2, 3, A, Kind.INTERVIEW, State.TAKEN)
    media.write(ledger, Changes([row], [clip_row()], [(A, kind, COPY) for kind in ("clip", "first")]))
    (house,) = clips.houses(ledger)
    assert house == clips.House(A, "interviews/a.mp4", house.clip, Size(1920, 1080), frozenset({"clip", "first"}))
    assert not house.is_whole
    media.write(ledger, Changes(renditions=[(A, "last", COPY)]))
    assert clips.houses(ledger, [A, B])[0].is_whole  # it has no sound
    media.write(ledger, Changes(gone=[row.path]))
    assert clips.houses(ledger) == []
    assert clips.houses(ledger, [A])[0].path == ""


@pytest.mark.parametrize(
    ("made_for", "canvas", "outgrown"),
    [
        (Size(640, 360), Size(1920, 1080), True),
        (Size(640, 480), Size(1920, 1080), True),
        (Size(641, 400), Size(1920, 1080), True),  # sizes are even
        (Size(640, 360), Size(640, 1080), False),  # no larger fits in
        (Size(1280, 720), Size(1920, 1080), False),  # its original is no larger
        (Size(640, 360), Size(320, 180), False),
    ],
)
def test_a_house_copy_is_outgrown_where_it_filled_a_smaller_canvas(
    made_for: Size, canvas: Size, *, outgrown: bool
) -> None:
    clip = Clip(640, 360, Fraction(25), 1)
    assert clips.House(A, "a", clip, made_for, frozenset()).is_outgrown(canvas) is outgrown


def test_a_message_comes_back_with_its_portrait(ledger: Ledger) -> None:
    row = FileRow("messages/a.yaml", 1, 2, 3, A, Kind.MESSAGE, State.TAKEN, facts=Facts(country="PL"))
    media.write(ledger, Changes([row], [words_row(A, "photos/p.jpg")]))
    (medium,) = media.all_media(ledger)
    assert medium.message == replace(MESSAGE, portrait="photos/p.jpg")
    assert medium.facts == Facts(country="PL")
    assert medium.portrait is None
    assert clips.portraits_without_copy(ledger) == []
    put(ledger, file("photos/p.jpg", B))
    assert media.described(ledger, [A, B])[A].portrait == B
    assert [m.portrait for m in media.all_media(ledger)] == [B, None]
    assert clips.portraits_without_copy(ledger) == [B]
    media.want(ledger, [B])
    assert clips.portraits_without_copy(ledger) == []


def test_words_come_back_as_they_were() -> None:
    assert message_from(message_text(MESSAGE)) == MESSAGE
    assert message_from(message_text(Message((("en", "x"),)))) == Message((("en", "x"),))
    assert subtitles_from(subtitles_text(HEARD)) == HEARD
    assert subtitles_from(subtitles_text(())) == ()
    assert seen_from(seen_text(SEEN)) == SEEN


def test_what_is_both_a_photo_and_another_thing_is_a_photo(ledger: Ledger) -> None:
    rows = [FileRow("messages/a.jpg", 1, 2, 3, A, Kind.MESSAGE, State.TAKEN), file("photos/a.jpg", A)]
    put(ledger, *rows)
    assert [(m.kind, m.file) for m in media.all_media(ledger)] == [(Kind.PHOTO, "photos/a.jpg")]


OLD_SCHEMA = """
CREATE TABLE files (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, inode INTEGER NOT NULL, sha256 TEXT,
    kind TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('taken', 'refused', 'waiting')),
    reason TEXT NOT NULL DEFAULT '', sidecar_size INTEGER, sidecar_mtime_ns INTEGER, facts TEXT) WITHOUT ROWID;
CREATE TABLE media (
    sha256 TEXT PRIMARY KEY, kind TEXT NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
    added REAL NOT NULL, kept TEXT) WITHOUT ROWID;
CREATE TABLE renditions (
    medium TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('small', 'wall')), sha256 TEXT NOT NULL,
    width INTEGER NOT NULL, height INTEGER NOT NULL, bytes INTEGER NOT NULL, PRIMARY KEY (medium, kind)) WITHOUT ROWID;
CREATE INDEX renditions_by_hash ON renditions (sha256);
INSERT INTO files VALUES ('photos/a.jpg', 1, 2, 3, 'aa', 'photo', 'taken', '', 4, 5, '{"country": "PL"}');
INSERT INTO media VALUES ('aa', 'photo', 40, 30, 7.0, NULL);
INSERT INTO renditions VALUES ('aa', 'small', 'bb', 4, 3, 100);
"""


def test_an_older_ledger_is_brought_up_to_date_by_whoever_opens_it_first(tmp_path: Path) -> None:
    Ledger(tmp_path / "ledger.db", OLD_SCHEMA).close()
    with ThreadPoolExecutor(4) as roles:
        for opened in [roles.submit(lambda: open_ledger(tmp_path / "ledger.db").close()) for _ in range(4)]:
            opened.result()
    with open_ledger(tmp_path / "ledger.db") as ledger, open_ledger(tmp_path / "new.db") as new:
        (medium,) = media.all_media(ledger)
        assert medium == Medium("aa", "photos/a.jpg", Kind.PHOTO, "", 40, 30, Facts(country="PL"))
        assert media.renditions_of(ledger, ["aa"]) == {"aa": {"small": Rendition("bb", 4, 3, 100)}}
        media.write(ledger, Changes(media=[clip_row(B)], renditions=[(B, "clip", COPY)]))
        # Rows are copied from one ledger to another by their order.
        for table in ("files", "media", "renditions"):
            columns = [
                [name for _, name, *_ in one.connection.execute(f"PRAGMA table_info({table})")] for one in (ledger, new)
            ]
            assert columns[0] == columns[1]
        indices = "SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'renditions%'"
        assert ledger.connection.execute(indices).fetchall() == [("renditions_by_hash",)]


def test_a_ledger_of_the_days_in_between_gets_what_it_lacks(tmp_path: Path) -> None:
    between = OLD_SCHEMA + "ALTER TABLE files ADD COLUMN subtitles TEXT; ALTER TABLE media ADD COLUMN rate TEXT;"
    Ledger(tmp_path / "ledger.db", between).close()
    with open_ledger(tmp_path / "ledger.db") as ledger:
        media.write(ledger, Changes(media=[clip_row(B)], renditions=[(B, "clip", COPY)]))
        assert [medium.sha256 for medium in media.all_media(ledger)] == ["aa"]
