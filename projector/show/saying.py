"""How a mistake is said: what stands in the file, a duration in words, "did you mean"."""

from projector.clock import Seconds


def said(value: object) -> str:
    """What stands in the file, shortened, for a message."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case dict():
            return "a mapping"
        case list() | tuple():
            return "a list"
        case _:
            words = str(value)
            return f"'{words}'" if len(words) <= 40 else f"'{words[:39]}…'"


def spoken(length: Seconds) -> str:
    """A duration in words: 20 min, 1 h 30 min, 1.5 s."""
    minutes, seconds = divmod(round(length, 3), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{amount:g} {unit}" for amount, unit in ((hours, "h"), (minutes, "min"), (seconds, "s")) if amount]
    return " ".join(parts) or "0 s"


def nearest(word: str, choices: tuple[str, ...]) -> str | None:
    """The choice that a misspelt word most likely means, if one is near."""
    from rapidfuzz import fuzz, process, utils  # noqa: PLC0415  (10 ms that only a mistake costs)

    found = process.extractOne(word, choices, scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=60)
    return str(found[0]) if found else None


def meant(word: str, choices: tuple[str, ...]) -> str:
    """The words "; did you mean 'x'?" where one of the choices is near, else ""."""
    near = nearest(word, choices)
    return f"; did you mean '{near}'?" if near else ""
