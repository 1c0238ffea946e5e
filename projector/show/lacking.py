"""Words that cannot be set, for want of a font: who is asked for that, and how it is said."""

import unicodedata
from collections.abc import Callable

Lacks = Callable[[str, str], str | None]
"""Text and language to the first character that no installed font has; None where all can be set."""

NO_FONT = "no installed font has the character"


def nothing_lacks(_text: str, _language: str) -> str | None:
    """Every character can be set: for whoever does not ask."""
    return None


def no_font_for(character: str, language: str | None = None) -> str:
    """What is wrong with a text that has this character, and what would be right."""
    named = " ".join(f"U+{ord(sign):04X} {unicodedata.name(sign, 'unnamed')}" for sign in character)
    where = f" of its text in {language}" if language and language != "und" else ""
    return f"{NO_FONT} '{character}' ({named}){where}; take it out, or install a font that has it"
