"""The lines of a caption, in the show's languages."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from babel import Locale, UnknownLocaleError

from projector.show.media import Medium


def words_of(languages: Sequence[str]) -> Callable[[Medium, Sequence[str]], tuple[str, ...]]:
    """A function from a medium and the facts a cue asks for to the lines of its caption; what is not known is left out."""

    def words(medium: Medium, keys: Sequence[str]) -> tuple[str, ...]:
        lines = (_line(medium, key, tuple(languages)) for key in keys)
        return tuple(line for line in lines if line)

    return words


def _line(medium: Medium, key: str, languages: tuple[str, ...]) -> str | None:
    facts = medium.facts
    match key:
        case "name":
            return facts.name
        case "country":
            return country_name(facts.country, languages) if facts.country else None
        case "caption":
            said = dict(facts.caption)
            chosen = next((said[language] for language in languages if language in said), None)
            return chosen or next(iter(said.values()), None)
        case _:
            return facts.credit


@lru_cache(maxsize=1024)
def country_name(code: str, languages: tuple[str, ...]) -> str:
    """A country's name in the first of the languages that has one; its code where none has."""
    for language in (*languages, "en"):
        try:
            name = Locale.parse(language, sep="-").territories.get(code)
        except (UnknownLocaleError, ValueError):
            continue
        if name:
            return str(name)
    return code
