"""Which installed font sets which character.

A font is chosen by script and language (theme.toml), then by what the file really covers, one grapheme cluster at a time.
Only the files that are asked for are opened; a file's list of characters is read once a process.
"""

import os
import struct
import unicodedata
from bisect import bisect_right
from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import regex
from fontTools import unicodedata as scripts
from fontTools.ttLib import TTFont, TTLibError
from PIL import features

from projector.errors import Missing
from projector.render.theme import load_theme

INSTALL = "Install them: `sudo apt-get install fonts-noto-core fonts-noto-cjk`"

NO_FRIBIDI = "Install it: `sudo apt-get install libfribidi0`"
_PACKAGES = {"NotoSerif": "fonts-noto-core", "NotoSerifHebrew": "fonts-noto-core", "NotoSerifCJK": "fonts-noto-cjk"}

_CLUSTER = regex.compile(r"\X")
_UNSEEN = regex.compile(r"[\p{Default_Ignorable_Code_Point}\p{Cc}]")
_REGULAR = regex.compile(r"(?P<family>\w+?)(?:-Regular|-VF|\[[\w,]+\])?\.(?:ttf|otf|ttc|otf\.ttc)", regex.IGNORECASE)
# Fonts that have a box, a colour picture or an accident for everything.
_NEVER = regex.compile("LastResort|Blank|Color|Unifont|SignWriting", regex.IGNORECASE)
_NO_SCRIPT = {"Zyyy", "Zinh", "Zzzz"}
_REGIONS = {"ja": "JP", "ko": "KR", "zh-hk": "HK", "zh-mo": "HK", "zh-tw": "TC", "zh-hant": "TC", "zh-hant-hk": "HK"}
_OF_REGION = {"Hira": "JP", "Kana": "JP", "Hang": "KR", "Bopo": "TC"}


@dataclass(frozen=True, slots=True)
class Face:
    """One face of one font file."""

    family: str
    path: Path
    index: int = 0


@dataclass(frozen=True, slots=True)
class Cluster:
    """What a reader takes for one character, its script (ISO 15924), and the face that has it, or None."""

    text: str
    script: str
    face: Face | None


def dress(text: str, language: str) -> tuple[Cluster, ...]:
    """The clusters of a text, each with its face."""
    clusters = _CLUSTER.findall(text)
    found = _scripts_of(clusters, language)
    region = _region(text, language)
    return tuple(Cluster(c, s, _face(c, s, language, region)) for c, s in zip(clusters, found, strict=True))


def missing(text: str, language: str) -> str | None:
    """The first character of a text that no installed font has, or None."""
    return next((c.text for c in dress(unicodedata.normalize("NFC", text), language) if c.face is None), None)


def no_font_for(cluster: str, text: str) -> Missing:
    """The error that names a character for which there is no font."""
    names = ", ".join(f"U+{ord(c):04X} {unicodedata.name(c, 'unnamed')}" for c in cluster)
    what = f"No installed font has the character {cluster!r} ({names}) of the text {text!r}"
    return Missing(what, f"Take it out of the text, or install a font that has it. {INSTALL}")


def require_text_stack() -> None:
    """Raises Missing when raqm, FriBiDi or the fonts are not there: then words would come out wrong or not at all."""
    require_shaping()
    for family, package in _PACKAGES.items():
        if not {family, family.replace("Serif", "Sans")} & installed().keys():
            raise Missing(f"The font {family} is not installed", f"Install it: `sudo apt-get install {package}`")


def require_shaping() -> None:
    """Raises Missing when text cannot be shaped: without FriBiDi Pillow would set Hebrew and Arabic backwards, and say nothing."""
    if not features.check("raqm"):
        remedy = "Install Pillow from its wheel: `.venv/bin/pip install --force-reinstall pillow`"
        raise Missing("This Pillow cannot shape text (no raqm)", remedy)
    if not features.check("fribidi"):
        raise Missing("libFriBiDi is not installed: Hebrew and Arabic cannot be set", NO_FRIBIDI)


@cache
def installed() -> dict[str, Path]:
    """The regular weight of every installed family by the stem of its file's name."""
    found: dict[str, Path] = {}
    for folder in _folders():
        for where, _, names in sorted(os.walk(folder)):
            for name in names:
                match = _REGULAR.fullmatch(name)
                if match and not _NEVER.search(name):
                    found.setdefault(match["family"], Path(where, name))
    return found


def _folders() -> Iterator[Path]:
    """The user's own fonts come first, as they do everywhere."""
    home = Path.home()
    yield from (home / ".local/share/fonts", home / ".fonts", Path("/usr/local/share/fonts"), Path("/usr/share/fonts"))


def _scripts_of(clusters: list[str], language: str) -> list[str]:
    """The script of each cluster; signs that belong to every script take that of what stands before them, else after."""
    own = [next((s for s in map(scripts.script, c) if s not in _NO_SCRIPT), None) for c in clusters]
    default = next((s for s in own if s), "Hani" if language.startswith(("ja", "zh", "ko")) else "Latn")
    last = default
    result = []
    for script in own:
        last = script or last
        result.append(last)
    return result


def _region(text: str, language: str) -> str:
    """Whose shapes of the Chinese characters: the language's, else that of the kana or hangul beside them, else China's."""
    tag = language.lower()
    while tag:
        if tag in _REGIONS:
            return _REGIONS[tag]
        tag = tag.rpartition("-")[0]
    beside = (_OF_REGION.get(scripts.script(c)) for c in text)
    return "SC" if language.startswith("zh") else next((r for r in beside if r), "SC")


@lru_cache(maxsize=16384)
def _face(cluster: str, script: str, language: str, region: str) -> Face | None:
    """The first face that has all of a cluster that is to be seen."""
    seen = _UNSEEN.sub("", cluster) or " "
    # Figures look alike on the whole page.
    drawn = "Latn" if seen.isascii() and seen.isdigit() else script
    for face in _candidates(drawn, language.partition("-")[0], region):
        covered = _coverage(face)
        if all(ord(c) in covered for c in seen):
            return face
    return None


def _candidates(script: str, language: str, region: str) -> Iterator[Face]:
    typefaces = load_theme().typefaces
    if script == "Hani" or script in _OF_REGION:
        families = typefaces[f"Hani-{_OF_REGION.get(script, region)}"]
    else:
        name = scripts.script_name(script).replace(" ", "").replace("_", "")
        usual = typefaces.get(script, (f"NotoSerif{name}", f"NotoSans{name}"))
        families = typefaces.get(f"{script}-{language}", usual)
    for family in (*families, *typefaces["Latn"]):
        stem, _, index = family.partition("#")
        if stem in installed():
            yield Face(stem, installed()[stem], int(index or 0))
    for stem in sorted(installed(), key=lambda s: (not s.startswith("Noto"), s)):
        yield Face(stem, installed()[stem])


class _Ranges:
    """Characters as sorted ranges: a Chinese font's forty thousand need not be listed one by one."""

    def __init__(self, ranges: list[tuple[int, int]]) -> None:
        self._starts = [start for start, _ in ranges]
        self._ends = [end for _, end in ranges]

    def __contains__(self, character: object) -> bool:
        if not isinstance(character, int):
            return False
        index = bisect_right(self._starts, character) - 1
        return index >= 0 and character <= self._ends[index]


@cache
def _coverage(face: Face) -> Container[int]:
    """The characters of a face; of a file that is no font, none."""
    try:
        with TTFont(face.path, fontNumber=face.index, lazy=True) as font:
            return _long_ranges(font.reader["cmap"]) or frozenset(font.getBestCmap() or ())
    except (TTLibError, OSError, KeyError, struct.error):
        return frozenset()


def _long_ranges(cmap: bytes) -> _Ranges | None:
    """The ranges of a cmap table's format 12, which large fonts have (OpenType, "cmap"), or None."""
    (count,) = struct.unpack_from(">H", cmap, 2)
    for _, _, at in struct.iter_unpack(">HHL", cmap[4 : 4 + 8 * count]):
        if struct.unpack_from(">H", cmap, at) == (12,):
            (groups,) = struct.unpack_from(">L", cmap, at + 12)
            table = cmap[at + 16 : at + 16 + 12 * groups]
            return _Ranges([(start, end) for start, end, _ in struct.iter_unpack(">LLL", table)])
    return None
