"""The last good picture stays while something is not ready; fades to black and removals do not wait."""

from projector.render.tiles import key_of
from projector.roles.steady import Steady
from projector.show.picture import BlackTile, Layer, PhotoTile, Picture, Rect, TextTile

WHOLE = Rect(0, 0, 200, 100)
LEFT, RIGHT = Rect(0, 0, 100, 100), Rect(100, 0, 100, 100)
TITLE = Layer(TextTile((("en", "We Remember"),)), WHOLE, 1.0)


def photo(name: str, rect: Rect = WHOLE, opacity: float = 1.0) -> Layer:
    return Layer(PhotoTile(name), rect, opacity)


def veil(opacity: float) -> Layer:
    return Layer(BlackTile(), WHOLE, opacity)


def picture(*layers: Layer) -> Picture:
    return Picture(layers)


def shown(*layers: Layer) -> Steady:
    steady = Steady()
    steady.drawable(picture(*layers), (), ())
    return steady


def test_what_is_ready_is_drawn_as_it_is() -> None:
    new = picture(photo("a"), photo("b", opacity=0.5))
    assert Steady().drawable(new, (), ()) == new


def test_a_place_that_waits_keeps_what_it_showed_and_the_others_go_on() -> None:
    steady = shown(photo("a", LEFT), photo("b", RIGHT))
    new = picture(photo("a", LEFT), photo("c", LEFT, 0.3), photo("b", RIGHT), photo("d", RIGHT, 0.3))
    drawn = steady.drawable(new, {key_of(photo("c", LEFT))}, ())
    assert drawn == picture(photo("a", LEFT), photo("b", RIGHT), photo("d", RIGHT, 0.3))


def test_a_place_keeps_its_last_good_picture_however_long_it_takes() -> None:
    steady = shown(photo("a", LEFT), photo("b", RIGHT))
    late = {key_of(photo("c", LEFT))}
    for _ in range(3):
        drawn = steady.drawable(picture(photo("c", LEFT), photo("b", RIGHT)), late, ())
    assert drawn == picture(photo("a", LEFT), photo("b", RIGHT))
    assert steady.drawable(picture(photo("c", LEFT), photo("b", RIGHT)), (), ()).layers[0] == photo("c", LEFT)


def test_while_the_places_change_the_whole_picture_waits() -> None:
    steady = shown(TITLE)
    new = picture(photo("a", LEFT), photo("b", RIGHT))
    assert steady.drawable(new, {key_of(photo("b", RIGHT))}, ()) == picture(TITLE)
    assert steady.drawable(new, (), ()) == new


def test_what_is_hidden_is_not_waited_for() -> None:
    new = picture(photo("a"), photo("b"))
    assert shown(TITLE).drawable(new, {key_of(photo("a"))}, ()) == new


def test_what_cannot_be_had_shows_what_is_beneath() -> None:
    new = picture(photo("a"), photo("b", opacity=0.5))
    drawn = shown(photo("a")).drawable(new, {key_of(photo("b"))}, {key_of(photo("b"))})
    assert drawn == picture(photo("a"))


def test_with_nothing_beneath_a_place_keeps_its_last_good_picture() -> None:
    steady = shown(photo("a", LEFT), photo("b", RIGHT))
    lost = {key_of(photo("c", LEFT))}
    assert steady.drawable(picture(photo("c", LEFT), photo("b", RIGHT)), lost, lost).layers == (
        photo("a", LEFT),
        photo("b", RIGHT),
    )


def test_a_blackout_goes_on_whatever_is_missing() -> None:
    for late in (photo("b"), photo("b", opacity=0.5)):
        steady = shown(photo("a"))
        for opacity in (0.2, 0.6):
            drawn = steady.drawable(picture(photo("a"), late, veil(opacity)), {key_of(late)}, ())
            assert drawn == picture(photo("a"), veil(opacity))
    steady = shown(TITLE)
    drawn = steady.drawable(picture(photo("a", LEFT), photo("b", RIGHT), veil(0.4)), {key_of(photo("a", LEFT))}, ())
    assert drawn == picture(TITLE, veil(0.4))


def test_the_veil_of_before_is_not_laid_over_the_veil_of_now() -> None:
    steady = shown(photo("a"), veil(0.2))
    drawn = steady.drawable(picture(photo("b"), veil(0.5)), {key_of(photo("b"))}, ())
    assert drawn == picture(photo("a"), veil(0.5))


def test_what_is_removed_is_not_kept_though_what_follows_is_not_ready() -> None:
    late = {key_of(photo("c", LEFT))}
    steady = shown(photo("a", LEFT), photo("b", RIGHT))
    drawn = steady.drawable(picture(photo("c", LEFT), photo("b", RIGHT)), late, (), barred={"a"})
    assert drawn == picture(photo("b", RIGHT))
    assert steady.drawable(picture(photo("c", LEFT), photo("b", RIGHT)), (), ()).layers[0] == photo("c", LEFT)
    whole = shown(photo("a"))
    assert whole.drawable(picture(photo("c", LEFT), photo("b", RIGHT)), late, (), barred={"a"}) == Picture()
