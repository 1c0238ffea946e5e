"""Which media say of themselves that they are placeholders, looked up in the folder itself."""

from pathlib import Path

from projector.errors import PlaylistFaults
from projector.show.sidecar import parse_sidecar


def placeholders(media: Path) -> list[str]:
    """The first file whose sidecar says placeholder: true, relative to the media folder; nothing where there is none."""
    for kind in ("photos", "interviews", "messages"):
        for sidecar in sorted((media / kind).rglob("*.*.yaml")):
            try:
                text = sidecar.read_bytes()
                if b"placeholder" in text and parse_sidecar(text, sidecar.name).placeholder:
                    return [str(sidecar.relative_to(media)).removesuffix(".yaml")]
            except (OSError, PlaylistFaults):
                continue
    return []
