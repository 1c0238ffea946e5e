from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from projector.clock import Instant
from projector.ledger import media, revisions
from projector.ledger.database import Ledger
from projector.ledger.facts import facts_from, merged, restrictions, text_of
from projector.ledger.media import Changes, Copies, FileRow, MediumRow, Rendition, State
from projector.show.media import Facts, Kind, Medium
from projector.show.picture import Size

A, B = "a1" * 32, "b2" * 32
ALL = Facts(
    "n", "PL", "pl", (("pl", "x"), ("en", "y")), "c", wall=True, stream=False, until=date(2027, 2, 1), placeholder=True
)


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
