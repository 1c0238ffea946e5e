"""What may lie in a media folder: which folders, and which files by their endings (FORMATS section 2)."""

from enum import StrEnum

from projector.show.media import Kind

PICTURES = frozenset({"jpg", "jpeg", "png", "webp", "heic", "avif", "tiff"})
CLIPS = frozenset({"mp4", "mov", "mkv", "webm"})
WORDS = frozenset({"yaml"})
SUBTITLES = frozenset({"srt", "vtt"})


class Form(StrEnum):
    """What a file is by its ending: pixels, a moving picture, or words."""

    PICTURE = "picture"
    CLIP = "clip"
    WORDS = "words"


FOLDERS: dict[str, tuple[Kind, tuple[Form, ...]]] = {
    "photos": (Kind.PHOTO, (Form.PICTURE,)),
    "interviews": (Kind.INTERVIEW, (Form.CLIP,)),
    "messages": (Kind.MESSAGE, (Form.WORDS, Form.CLIP, Form.PICTURE)),
}
"""The folders of media by name: the kind of what lies in each, and the forms that it may have."""

_ENDINGS = {Form.PICTURE: PICTURES, Form.CLIP: CLIPS, Form.WORDS: WORDS}
_FORMS = {ending: form for form, endings in _ENDINGS.items() for ending in endings}


def ending(name: str) -> str:
    """What a file's name ends in, without the dot, in small letters; "" where it has no ending."""
    stem, dot, last = name.rpartition(".")
    return last.lower() if dot and stem else ""


def form_of(path: str) -> Form | None:
    """What a file is by its ending; None where that belongs to no medium."""
    return _FORMS.get(ending(path))


def reader_of(path: str) -> Form:
    """Who reads a file: what it is by its ending; by an absolute path it is a picture for the slate, whatever it ends in."""
    return Form.PICTURE if path.startswith("/") else form_of(path) or Form.PICTURE


def kind_of(path: str) -> Kind:
    """What a medium is by the folder it lies in; by an absolute path it is a picture for the slate."""
    return FOLDERS.get(path.partition("/")[0], (Kind.SLATE, ()))[0]


def allowed(folder: str) -> str:
    """The endings that may lie in a folder of media, as a list in words."""
    _, forms = FOLDERS[folder]
    return ", ".join(ending for form in forms for ending in sorted(_ENDINGS[form]))
