"""Words, names, codes and numbers a producer writes, as values. The contract is that of show.written."""

import base64
import binascii
import re
import unicodedata
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from projector.show.countries import COUNTRIES, MEANT
from projector.show.saying import meant, said

_LANGUAGE = re.compile(
    r"([A-Za-z]{2,3})(?:-([A-Za-z]{4}))?(?:-([A-Za-z]{2}|\d{3}))?((?:-(?:[A-Za-z0-9]{5,8}|\d\w{3}))*)"
)
_NUMBER = re.compile(r"[-+]?\d{1,15}(?:\.\d{1,15})?")
_FLAGS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def language(value: object) -> str:
    """A BCP 47 tag in its usual case: pl, he, zh-Hant, pt-BR."""
    words = value.strip() if isinstance(value, str) else ""
    if (tag := _LANGUAGE.fullmatch(words)) is None:
        right = words.replace("_", "-") if "_" in words and _LANGUAGE.fullmatch(words.replace("_", "-")) else ""
        raise ValueError(f"{said(value)} is not a language code; write {right or 'pl, he or zh-Hant'}")
    tongue, script, region, variants = tag.groups()
    parts = [tongue.lower(), (script or "").title(), (region or "").upper(), variants.lower().lstrip("-")]
    return "-".join(part for part in parts if part)


def country(value: object) -> str:
    """An ISO 3166-1 alpha-2 code."""
    code = value.strip() if isinstance(value, str) else ""
    if code in COUNTRIES:
        return code
    upper = code.upper()
    right = upper if upper in COUNTRIES else MEANT.get(upper)
    hint = f"did you mean '{right}'?" if right else "write two capital letters of ISO 3166, as PL or NO"
    raise ValueError(f"{said(value)} is not a country code; {hint}")


def zone(value: object) -> str:
    """The name of a time zone, Europe/Warsaw."""
    name = value.strip() if isinstance(value, str) else ""
    try:
        ZoneInfo(name or "/")
    except (KeyError, ValueError, OSError):
        hint = meant(name, tuple(sorted(available_timezones()))) or "; write it as Europe/Warsaw"
        raise ValueError(f"{said(value)} is not a time zone{hint}") from None
    return name


def text(value: object) -> str:
    """Words to be set or a name: not empty, at most 2000 signs, no control characters but line breaks."""
    return unicodedata.normalize("NFC", _words(value))


def path(value: object) -> str:
    """A path as written, `/`-separated: on a disk two ways of writing é are two names."""
    words = _words(value)
    if "\n" in words or "\\" in words:
        raise ValueError(f"{said(words)} is not a path; folders are parted by /")
    return words


def _words(value: object) -> str:
    if isinstance(value, bool | dict | list | tuple) or value is None:
        raise ValueError(f"{said(value)} stands where text belongs; write words, in quotes if need be")
    words = str(value).strip()
    if not words:
        raise ValueError("the text is empty")
    if len(words) > 2000:
        raise ValueError(f"the text has {len(words)} signs; 2000 are the most")
    if any(unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\n\t" for sign in words):
        raise ValueError("the text holds a control character")
    return words


def below(value: object) -> str:
    """A path that stays below its folder, without `./` and a `/` at its end."""
    parts = path(value).split("/")
    if not parts[0] or ".." in parts:
        raise ValueError(f"{said(value)} leaves the media folder; write a path below it, without .. and / in front")
    words = "/".join(part for part in parts if part not in {"", "."})
    if not words:
        raise ValueError(f"{said(value)} names nothing")
    return words


def number(least: float, most: float) -> Callable[[object], float]:
    """A reader of numbers from `least` to `most`."""

    def read(value: object) -> float:
        if isinstance(value, bool) or not _NUMBER.fullmatch(str(value).strip()):
            raise ValueError(f"{said(value)} is not a number")
        if not least <= float(str(value)) <= most:
            raise ValueError(f"{value} is out of range; {least:g} to {most:g} would be right")
        return float(str(value))

    return read


def whole(least: int, most: int) -> Callable[[object], int]:
    """A reader of whole numbers from `least` to `most`."""
    bounded = number(least, most)

    def read(value: object) -> int:
        found = bounded(value)
        if not found.is_integer():
            raise ValueError(f"{value} is not a whole number")
        return int(found)

    return read


def flag(value: object) -> bool:
    """True or false. `no` is no here, where nothing else can be meant."""
    found = value if isinstance(value, bool) else _FLAGS.get(str(value).strip().lower())
    if found is None:
        raise ValueError(f"{said(value)} is neither true nor false")
    return found


def public_key(value: object) -> str:
    """The base64 of the 32 bytes of an Ed25519 public key."""
    words = text(value)
    try:
        length = len(base64.b64decode(words, validate=True))
    except (binascii.Error, ValueError):
        raise ValueError(f"{said(value)} is not base64; `projector moderator NAME` prints a key to copy") from None
    if length != 32:
        raise ValueError(f"the key has {length} bytes; an Ed25519 public key has 32")
    return words


def listed(value: Any) -> Any:
    """A single value stands for a list of it."""
    return value if isinstance(value, list | tuple) or value is None else [value]
