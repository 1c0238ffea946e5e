"""Which media say of themselves that they are placeholders, looked up in the folder itself."""

from pathlib import Path

from projector.errors import PlaylistFaults
from projector.intake.names import SIDECAR, is_sidecar
from projector.show.folders import FOLDERS
from projector.show.message import parse_message
from projector.show.sidecar import parse_sidecar


def placeholders(media: Path) -> list[str]:
    """The first file that says, or whose sidecar says, placeholder: true, relative to the media folder; else nothing."""
    for folder in FOLDERS:
        for path in sorted((media / folder).rglob(f"*{SIDECAR}")):
            name = path.relative_to(media).as_posix()
            try:
                if _says_so(path.read_bytes(), name):
                    return [name.removesuffix(SIDECAR) if is_sidecar(path.name) else name]
            except (OSError, PlaylistFaults):
                continue
    return []


def _says_so(text: bytes, name: str) -> bool:
    if b"placeholder" not in text:
        return False
    facts = parse_sidecar(text, name) if is_sidecar(name) else parse_message(text, name)[1]
    return facts.placeholder
