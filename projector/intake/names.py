"""What a name says: whether it is a medium's, or that of what lies beside one, or one that passes by."""

import os
import re

from projector.show import codes
from projector.show.folders import CLIPS, FOLDERS, PICTURES, SUBTITLES, Form, allowed, ending, form_of

SIDECAR = ".yaml"
MEDIA = PICTURES | CLIPS

# What copying programs, editors, file managers and network disks leave or make (LIBRARIES section 3); all names that
# start with a dot besides.
PASSING = re.compile(
    r"^~.*\.tmp$|~$|^~\$|\.(tmp|temp|part|partial|filepart|crdownload|download|opdownload|swp|bak)$"
    r"|^(thumbs\.db|ehthumbs\.db|desktop\.ini|icon\r)$",
    re.IGNORECASE,
)
PASSING_FOLDERS = frozenset({"@eadir", "#recycle", "#snapshot", "lost+found", "__macosx", "$recycle.bin"})


def passing(name: str) -> bool:
    """Whether a name is one that comes and goes by itself and is no medium."""
    return name.startswith(".") or PASSING.search(name) is not None


def is_sidecar(name: str) -> bool:
    """Whether a name is that of a sidecar, `X.EXT.yaml` with a medium's EXT; its medium may still be to come."""
    return name.endswith(SIDECAR) and ending(name[: -len(SIDECAR)]) in MEDIA


def is_subtitles(path: str) -> bool:
    """Whether a path may be that of a clip's subtitles, whatever it says of their language."""
    if ending(path) not in SUBTITLES:
        return False
    folder = path.partition("/")[0]
    return folder in FOLDERS and Form.CLIP in FOLDERS[folder][1]


def is_beside(path: str) -> bool:
    """Whether a path is no medium but that of words beside one: a sidecar, or subtitles that say their language."""
    name = path.rpartition("/")[2]
    return is_sidecar(name) or (is_subtitles(path) and not _why_no_subtitles(name))


def takes_subtitles(path: str) -> bool:
    """Whether subtitles may lie beside a file."""
    return form_of(path) is Form.CLIP


def language_of(name: str) -> str:
    """The language that the name of subtitles says, as in `a.pl.srt`. Raises ValueError where it says none."""
    stem, _, tag = name.rpartition(".")[0].rpartition(".")
    if not stem:
        raise ValueError(f"the name does not say its language; call it {tag}.en{name[name.rfind('.') :]}, for example")
    return codes.language(tag)


def passing_folder(name: str) -> bool:
    """Whether a folder is one that disks, archives and file managers keep for themselves."""
    return name.startswith(".") or name.lower() in PASSING_FOLDERS


def readable(path: str) -> str:
    """A path for people and for the ledger; bytes that are not UTF-8 are written out in hexadecimal."""
    return os.fsencode(path).decode("utf-8", errors="backslashreplace")


def speaks_of(name: str, clip: str) -> bool:
    """Whether a name is that of a clip's subtitles: `a.en.srt` of `a.mp4`."""
    stem = clip.rpartition(".")[0]
    return name.startswith(f"{stem}.") and ending(name) in SUBTITLES and not _why_no_subtitles(name, stem)


def _why_no_subtitles(name: str, stem: str | None = None) -> str:
    """Why a name cannot be that of subtitles, of a clip of this stem where one is given."""
    try:
        language_of(name)
    except ValueError as error:
        return str(error)
    return "" if stem is None or name.rpartition(".")[0].rpartition(".")[0] == stem else "it is another clip's"


def why_not(path: str) -> str:
    """Why a path cannot be that of a medium in its folder, nor of what lies beside one; "" where it can."""
    folder, name = path.partition("/")[0], path.rpartition("/")[2]
    if not name.isprintable() and readable(name) != name:
        return "its name is not UTF-8; rename it"
    form = form_of(name)
    if form in FOLDERS[folder][1]:
        twice = form is Form.WORDS and form_of(name[: -len(SIDECAR)]) is Form.WORDS
        return "a message in words has no sidecar; write these keys into the message itself" if twice else ""
    if is_subtitles(path):
        return _why_no_subtitles(name)
    extension = ending(name)
    if extension == "yml":
        return "such a file's name ends in .yaml; rename it"
    return f"{folder} are {allowed(folder)}; {f'.{extension}' if extension else 'a name without an ending'} is not"
