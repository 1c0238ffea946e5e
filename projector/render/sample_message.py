"""Placeholder messages: they say of themselves, in several languages, that they are none, and nobody is quoted."""

import random
from io import BytesIO
from pathlib import Path

from projector.render.sample_folder import Files, made_here
from projector.render.sample_picture import draw_placeholder
from projector.show.picture import Size

# Each says: this is a placeholder (or: a temporary text) in place of a message.
_TEXTS = {
    "en": "This is a placeholder for a message.",
    "pl": "To jest tekst zastępczy w miejscu wiadomości.",
    "he": "זהו טקסט זמני במקום הודעה.",
    "de": "Dies ist ein Platzhalter für eine Botschaft.",
    "fr": "Ceci est un texte provisoire à la place d’un message.",
    "es": "Este es un texto provisional en lugar de un mensaje.",
    "it": "Questo è un testo provvisorio al posto di un messaggio.",
    "ar": "هذا نص مؤقت بدلًا من رسالة.",
    "ru": "Это временный текст вместо послания.",
    "uk": "Це тимчасовий текст замість послання.",
    "el": "Αυτό είναι ένα προσωρινό κείμενο στη θέση ενός μηνύματος.",
    "ja": "これはメッセージの代わりの仮の文章です。",
}
_LONGER = (
    f"{_TEXTS['en']} Nobody wrote it, and it stands for nobody. "
    "It is here so that the place of a message can be seen, with its letters, its lines and the white around them."
)
_ROLES = {"en": "not a person", "pl": "to nie jest osoba", "he": "לא אדם אמיתי", "de": "keine Person"}
# Country, languages, whether it is a longer text, whether with a portrait.
_VARIANTS: tuple[tuple[str, tuple[str, ...], bool, bool], ...] = (
    ("GB", ("en",), True, True),
    ("IL", ("he",), False, False),
    ("PL", ("en", "pl", "de"), False, False),
    ("EG", ("ar",), False, True),
    ("JP", ("ja",), False, False),
    ("FR", ("fr", "es", "it"), False, False),
    ("PL", ("pl",), False, True),
    ("UA", ("uk", "ru", "el"), False, False),
)
_PORTRAIT = Size(600, 760)


def placeholder_messages(count: int, seed: str) -> list[Files]:
    """So many messages in words below `messages/`, some with a picture in the place of a portrait that shows nobody."""
    return [_files(number, seed) for number in range(1, count + 1)]


def _files(number: int, seed: str) -> Files:
    country, languages, longer, with_portrait = _VARIANTS[(number - 1) % len(_VARIANTS)]
    path = Path("messages", f"placeholder-{number:02d}-{languages[0]}.yaml")
    portrait = Path("messages", "portraits", f"placeholder-{number:02d}-portrait.jpg") if with_portrait else None
    written = _message(country, languages, portrait, longer=longer)
    if portrait is None:
        return ((path, written.encode),)
    sidecar = f"{made_here('portrait')}placeholder: true\n"
    # What is named comes before what names it.
    return (
        (portrait.with_name(f"{portrait.name}.yaml"), sidecar.encode),
        (portrait, lambda: _portrait(number, seed)),
        (path, written.encode),
    )


def _message(country: str, languages: tuple[str, ...], portrait: Path | None, *, longer: bool) -> str:
    texts = {language: _TEXTS[language] for language in languages} if not longer else {"en": _LONGER}
    roles = {language: _ROLES[language] for language in languages if language in _ROLES} or {"en": _ROLES["en"]}
    lines = ["from: Placeholder", *_keyed("role", roles), *_keyed("text", texts)]
    if portrait is not None:
        lines.append(f"portrait: {portrait.relative_to('messages')}")
    lines += [f"country: {country}", f"language: {languages[0]}", "placeholder: true"]
    return made_here("message") + "\n".join(lines) + "\n"


def _keyed(key: str, words: dict[str, str]) -> list[str]:
    return [f"{key}:", *(f'  {language}: "{text}"' for language, text in words.items())]


def _portrait(number: int, seed: str) -> bytes:
    chance = random.Random(f"{seed}:portrait:{number}")
    label = f"Portrait {number:02d}: nobody"
    file = BytesIO()
    draw_placeholder(_PORTRAIT, "en", "Placeholder", label, chance).save(file, "JPEG", quality=86)
    return file.getvalue()
