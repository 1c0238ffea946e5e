"""Whether everybody will have been shown, by when, and until when somebody new can be."""

from projector.clock import Instant, Seconds
from projector.show.coverage import Shown, coverage, shorter


def shown(medium: str, start: float) -> Shown:
    return Shown(medium, Instant(start), Instant(start + 1.5))


def test_everybody_shown_says_by_when_and_until_when_somebody_new_may_come() -> None:
    found = coverage(["a", "b"], {}, [shown("a", 100), shown("b", 200), shown("a", 300)])
    assert (found.photos_shown, found.photos_never_shown, found.min_showings, found.max_showings) == (2, 0, 1, 2)
    assert found.all_shown_by == 201.5
    assert found.last_entry == 240.0
    assert found.fits


def test_who_is_never_shown_is_counted_and_nobody_can_be_added() -> None:
    found = coverage(["a", "b", "c"], {}, [shown("a", 100), shown("a", 200)])
    assert (found.photos_shown, found.photos_never_shown, found.min_showings, found.max_showings) == (1, 2, 0, 2)
    assert (found.all_shown_by, found.last_entry, found.fits) == (None, None, False)


def test_what_was_aired_counts_as_shown() -> None:
    found = coverage(["a", "b"], {"a": 3, "gone": 9}, [shown("b", 50), shown("x", 60)])
    assert (found.photos_shown, found.min_showings, found.max_showings, found.all_shown_by) == (2, 1, 3, 51.5)


def test_no_photos_fit() -> None:
    assert coverage([], {}, []).fits


def test_a_shorter_dwell_is_named_at_which_all_fit() -> None:
    dwell = shorter(Seconds(12.0), never=100, shown=300)
    assert dwell == 8.5
    assert 300 * 12.0 / dwell >= 400
