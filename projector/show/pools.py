"""The pools of a rundown's cues, made when they are first wanted; cues that ask for the same share one."""

from collections.abc import Callable, Mapping, Sequence

from projector.clock import Programme, Seconds
from projector.show.asking import MediaCue, file_of, kind_of, matches
from projector.show.media import Kind, Medium
from projector.show.pool import Fact, Pool, Tally
from projector.show.rundown import MosaicCue, Show, Where

Asked = tuple[Kind, Where, str | None, float]


class Pools:
    """`media` are those that may be shown, `expires` the last moment of those whose consent ends."""

    def __init__(self, show: Show, media: Sequence[Medium], tally: Tally, expires: Mapping[str, Programme]) -> None:
        self._show, self._media, self._tally, self._expires = show, media, tally, expires
        self._pools: dict[Asked, Pool] = {}
        self._asked: dict[Asked, list[Medium]] = {}

    @property
    def is_fed(self) -> bool:
        """Whether any cue has media."""
        return any(self.of(index) for index in range(len(self._show.rundown)))

    def of(self, index: int) -> Pool | None:
        """The pool of a cue by its place in the rundown; None for one that asks for no media, or is not there."""
        cue = self._cue(index)
        if cue is None:
            return None
        asked = self._asked_by(cue)
        if asked not in self._pools:
            self._pools[asked] = self._made(cue, self._members(cue))
        return self._pools[asked]

    def fitting(self, index: int, room: Seconds) -> Pool | None:
        """As `of`, without the media that are longer than `room`; None when none is left."""
        cue = self._cue(index)
        if cue is None:
            return None
        members = self._members(cue)
        fitting = [medium for medium in members if self.length(cue, medium) <= room]
        if len(fitting) == len(members):
            return self.of(index)
        return self._made(cue, fitting) if fitting else None

    def length(self, cue: MediaCue, medium: Medium) -> Seconds:
        """How long a cue shows a medium full screen: a clip once from its first frame to its last, a still its dwell."""
        return medium.clip.seconds if medium.clip is not None else self._show.dwell_of(cue)

    def longest(self, index: int) -> Seconds:
        """The length of the longest medium of a cue; 0 where it has none."""
        cue = self._cue(index)
        return (
            max((self.length(cue, medium) for medium in self._members(cue)), default=Seconds(0.0))
            if cue
            else Seconds(0.0)
        )

    def _cue(self, index: int) -> MediaCue | None:
        cue = self._show.rundown[index] if 0 <= index < len(self._show.rundown) else None
        return cue if isinstance(cue, MediaCue) else None

    def _asked_by(self, cue: MediaCue) -> Asked:
        # Media of a cue that may show clips have lengths of their own, by which their consent has to reach.
        dwell = 0.0 if kind_of(cue) is Kind.PHOTO else float(self._show.dwell_of(cue))
        return kind_of(cue), cue.where or Where(), file_of(cue), dwell

    def _members(self, cue: MediaCue) -> list[Medium]:
        asked = self._asked_by(cue)
        if asked not in self._asked:
            kind, where, file, _ = asked
            self._asked[asked] = [m for m in self._media if m.kind is kind and matches(m, where, file)]
        return self._asked[asked]

    def _made(self, cue: MediaCue, media: Sequence[Medium]) -> Pool:
        """A pool. Of photos, who chooses says until when they will stand; of others the pool itself sees to that."""
        expires: Mapping[str, Programme] = self._expires
        if kind_of(cue) is not Kind.PHOTO:
            expires = {
                m.sha256: Programme(self._expires[m.sha256] - self.length(cue, m))
                for m in media
                if m.sha256 in self._expires
            }
        return Pool(media, self._tally, self._show.seed, _FACTS[self._show.spread], expires)


def stands_until(cue: MediaCue, start: Programme, dwell: Seconds) -> Programme:
    """Until when who is chosen for `start` has to be allowed, as the pools of `Pools` count it."""
    return Programme(start + dwell) if isinstance(cue, MosaicCue) or kind_of(cue) is Kind.PHOTO else start


_FACTS: dict[str, Callable[[Medium], Fact]] = {
    "none": lambda _: None,
    "country": lambda medium: medium.facts.country,
    "language": lambda medium: medium.facts.language,
}
