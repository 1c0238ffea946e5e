"""What the wall has to have ready: the pictures that come soon, those too that a cover hides now."""

from dataclasses import replace

from projector.clock import Instant, Seconds
from projector.ledger.view import View
from projector.render.stacks import words_of
from projector.render.tiles import Key
from projector.show.control import Control, Cover
from projector.show.picture import ClipTile, Picture
from projector.show.picture_at import ahead, picture_at, slate_layers

# What will be on the wall is got ready this long before; at another speed than 1, this long on the machine's clock.
PREROLL = Seconds(12.0)
STEP = Seconds(0.5)


def coming(view: View, picture: Picture, now: Instant) -> list[Picture]:
    """The picture of now, and those that may be needed within the preroll, in the order in which they may."""
    speed = view.clock.speed
    until = Instant(now + PREROLL * speed)
    pictures = ahead(view.plan, lit(view.control), now, until, Seconds(STEP * speed))
    return [picture, *pictures, Picture(tuple(slate_layers(view.plan, now)))]


def beneath(view: View, picture: Picture, now: Instant) -> Picture:
    """The picture as it is without a blackout or a slate over it: a clip plays on beneath, and comes out where it is then."""
    control = lit(view.control)
    return picture if control is view.control else picture_at(view.plan, control, now)


def words_in(picture: Picture) -> list[Key]:
    """The textures of the words of a picture's clips."""
    return [key for layer in picture.layers if isinstance(layer.tile, ClipTile) for key in words_of(layer.tile)]


def lit(control: Control) -> Control:
    """Control as it would be with nothing over the programme; the same object where nothing is."""
    return control if control.cover is Cover.NONE else replace(control, cover=Cover.NONE, uncovered=Cover.NONE)
