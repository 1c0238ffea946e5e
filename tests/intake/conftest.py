"""Pictures made for tests: four coloured corners, in every way a file can hold them. Nothing here shows anybody."""

import os
import shutil
import struct
import subprocess
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from projector.clock import Machine
from projector.intake.intake import Intake
from projector.intake.report import Report
from projector.intake.sizes import Wants
from projector.intake.store import Store
from projector.intake.workers import Workers
from projector.ledger import media as media_table
from projector.ledger import revisions
from projector.ledger.database import Ledger
from projector.show.lacking import Lacks, nothing_lacks
from projector.show.media import Medium
from projector.show.picture import Size

RED, GREEN, BLUE, WHITE = (220, 30, 30), (20, 180, 40), (30, 40, 210), (235, 235, 235)
WANTS = Wants(small=Size(48, 48), wall=Size(96, 96))


def corners(width: int = 96, height: int = 64) -> Image.Image:
    """Red, green; blue, white: upright when red is at the top left and green at the top right."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    image.paste(BLUE, (0, height // 2, width // 2, height))
    image.paste(WHITE, (width // 2, height // 2, width, height))
    return image


def png(width: int, height: int, depth: int, colour_type: int, row: bytes, extra: bytes = b"") -> bytes:
    """A PNG by hand, every row the same; for what Pillow does not write."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    pixels = zlib.compress((b"\0" + row) * min(height, 256))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def old(path: Path) -> Path:
    """A file that has lain there for long."""
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return path


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of a test picture with a tone."""
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed: sudo apt-get install ffmpeg")
    path = tmp_path_factory.mktemp("clip") / "placeholder.mp4"
    picture, sound = "testsrc2=size=128x96:rate=25:duration=1", "sine=frequency=440:duration=1"
    command = ["ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound]
    subprocess.run([*command, "-pix_fmt", "yuv420p", "-shortest", str(path)], check=True)
    return path


@pytest.fixture(scope="session")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    with Workers(tmp_path_factory.mktemp("pool"), count=2) as workers:
        yield workers


class Folder:
    """A media folder with its ledger, store and intake; machine time runs twenty times as fast as the real one."""

    def __init__(self, root: Path, workers: Workers) -> None:
        self.media = root / "media"
        self.photos = self.media / "photos"
        self.photos.mkdir(parents=True)
        self.ledger = Ledger(root / "ledger.db", media_table.SCHEMA + revisions.SCHEMA)
        self.store = Store(root / "store")
        self.store.clean()
        self.workers = workers
        self.time = 1000.0
        self.written = 0

    def clock(self) -> Machine:
        self.time += 0.4
        return Machine(self.time)

    def intake(self, wants: Wants = WANTS, extras: tuple[Path, ...] = (), lacks: Lacks = nothing_lacks) -> Intake:
        store, workers = self.store, self.workers
        return Intake(self.ledger, store, self.media, wants, workers, extras=extras, lacks=lacks, least_free=0)

    def ingest(self, intake: Intake | None = None) -> Report:
        return (intake or self.intake()).ingest(lambda _: None, self.clock)

    def media_by_file(self) -> dict[str, Medium]:
        return {medium.file: medium for medium in media_table.all_media(self.ledger)}

    def refusals(self) -> dict[str, str]:
        return dict(media_table.refused(self.ledger))

    def sidecar(self, name: str, text: str) -> Path:
        path = self.photos / name
        path.write_text(text)
        return old(path)

    def write(self, path: str, text: str | bytes) -> Path:
        """A file below the media folder that has lain there for long; each writing has a time of its own."""
        file = self.media / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        self.written += 1
        os.utime(file, (1_700_000_000 + self.written, 1_700_000_000 + self.written))
        return file

    def photo(self, name: str, image: Image.Image | None = None) -> Path:
        path = self.photos / name
        path.parent.mkdir(parents=True, exist_ok=True)
        (image or corners()).save(path)
        return old(path)


@pytest.fixture
def folder(tmp_path: Path, pool: Workers) -> Iterator[Folder]:
    made = Folder(tmp_path, pool)
    yield made
    made.ledger.close()
