"""Who comes next: least shown first, in an order that survives arrivals."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from projector.clock import Programme
from projector.show.pool import NEVER, Pool, Tally, neighbours
from tests.show.shows import photos

NO_ONE: dict[str | None, int] = {}


def taken(pool: Pool, tally: Tally, count: int, start: float = 0.0) -> list[str]:
    """Full-screen photos one after the other, each for a second."""
    order = []
    for i in range(count):
        at = Programme(start + i)
        medium = pool.choose(at, Programme(at + 1), NO_ONE).medium
        assert medium is not None
        tally.stands(medium.sha256, Programme(at + 1))
        order.append(medium.sha256)
    return order


@given(st.integers(1, 60), st.integers(1, 4))
def test_everybody_is_shown_before_anybody_is_shown_again(count: int, rounds: int) -> None:
    tally = Tally()
    order = taken(Pool(photos(count), tally, "seed"), tally, count * rounds)
    for lap in range(rounds):
        assert len(set(order[lap * count : (lap + 1) * count])) == count


@given(st.integers(2, 40), st.integers(0, 39))
def test_an_arrival_takes_a_place_and_keeps_the_order_of_all_others(count: int, number: int) -> None:
    media = photos(count + 1)
    new = media.pop(number % count)
    before, after = Tally(), Tally()
    old = taken(Pool(media, before, "seed"), before, count)
    order = taken(Pool([*media, new], after, "seed"), after, count + 1)
    assert [sha for sha in order if sha != new.sha256] == old


def test_another_seed_is_another_order() -> None:
    orders = [taken(Pool(photos(20), tally, seed), tally, 20) for seed, tally in (("a", Tally()), ("b", Tally()))]
    assert orders[0] != orders[1]


def test_who_was_aired_less_comes_first() -> None:
    media = photos(5)
    tally = Tally({m.sha256: 3 for m in media[:4]})
    assert taken(Pool(media, tally, "seed"), tally, 3) == [media[4].sha256] * 3


def test_what_only_mixes_away_is_waited_for_or_taken_where_something_must_stand() -> None:
    media = photos(2)
    less, more = (m.sha256 for m in media)
    tally = Tally({more: 1})
    tally.stands(less, Programme(10.0), 1.5)
    pool = Pool(media, tally, "seed")
    waited = pool.await_turn(Programme(10.5), Programme(18.5), NO_ONE)
    assert waited.medium is None
    assert waited.at == 11.5
    chosen = pool.choose(Programme(10.5), Programme(18.5), NO_ONE).medium
    assert chosen is not None
    assert chosen.sha256 == less


def test_what_still_stands_elsewhere_is_never_chosen() -> None:
    media = photos(2)
    tally = Tally({media[1].sha256: 5})
    tally.stands(media[0].sha256, Programme(30.0), 1.5)
    pool = Pool(media, tally, "seed")
    for choice in (pool.choose, pool.await_turn):
        found = choice(Programme(10.0), Programme(18.0), NO_ONE).medium
        assert found is not None
        assert found.sha256 == media[1].sha256
        tally.stands(found.sha256, Programme(10.0))


def test_with_everybody_on_the_wall_nobody_is_found() -> None:
    media = photos(3)
    tally = Tally()
    for medium in media:
        tally.stands(medium.sha256, NEVER)
    choice = Pool(media, tally, "seed").choose(Programme(0.0), Programme(8.0), NO_ONE)
    assert (choice.medium, choice.at) == (None, NEVER)


def test_who_comes_off_the_wall_can_be_chosen_again() -> None:
    media = photos(1)
    tally = Tally()
    pool = Pool(media, tally, "seed")
    tally.stands(media[0].sha256, NEVER)
    assert pool.choose(Programme(0.0), Programme(8.0), NO_ONE).medium is None
    tally.stands(media[0].sha256, Programme(8.0))
    assert pool.choose(Programme(8.0), Programme(16.0), NO_ONE).medium == media[0]


def test_two_pools_of_the_same_media_count_together() -> None:
    media = photos(10)
    tally = Tally()
    one, other = Pool(media, tally, "seed"), Pool(media, tally, "seed")
    shown = [*taken(one, tally, 5), *taken(other, tally, 5, 5.0)]
    assert len(set(shown)) == 10


def test_nobody_is_shown_past_the_end_of_their_consent() -> None:
    media = photos(2)
    tally = Tally()
    pool = Pool(media, tally, "seed", expires={media[0].sha256: Programme(5.0)})
    assert set(taken(pool, tally, 8)[-3:]) == {media[1].sha256}


def test_a_fact_in_the_neighbourhood_is_avoided_among_equals_only() -> None:
    media = photos(2, countries=("PL", "NO"))
    avoided: dict[str | None, int] = {"PL": 4}
    fresh = Pool(media, Tally(), "seed", lambda m: m.facts.country)
    uneven = Pool(media, Tally({media[1].sha256: 1}), "seed", lambda m: m.facts.country)
    assert fresh.choose(Programme(0.0), Programme(1.0), avoided).medium == media[1]
    assert uneven.choose(Programme(0.0), Programme(1.0), avoided).medium == media[0]


def test_a_very_common_country_is_not_left_to_the_end() -> None:
    media = photos(100, countries=("PL", "PL", "PL", "NO", "DE", "FR", "IT", "US", "IL", "JP"))
    tally = Tally()
    pool = Pool(media, tally, "seed", lambda m: m.facts.country)
    countries = []
    last: str | None = None
    for i in range(100):
        medium = pool.choose(Programme(i), Programme(i + 1), {last: 4} if last else {}).medium
        assert medium is not None
        last = medium.facts.country
        countries.append(last)
    assert sum(a == b for a, b in pairwise(countries)) <= 8


def test_the_cells_round_a_cell() -> None:
    assert dict(neighbours(0, 3, 2)) == {1: 4, 3: 4, 4: 2}
    assert dict(neighbours(4, 3, 3)) == {0: 2, 1: 4, 2: 2, 3: 4, 5: 4, 6: 2, 7: 4, 8: 2}
