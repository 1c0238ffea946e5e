"""Long runs; `make soak` runs them."""

import time
from pathlib import Path

import pytest

from tests.roles.live import RUNDOWN, apart, make_media, make_photo, running, until, write_show

MINUTES = 10


@pytest.mark.soak
def test_for_ten_minutes_the_wall_shows_the_picture_of_the_instant_while_photos_come_in(
    tmp_path: Path, env: dict[str, str]
) -> None:
    media = make_media(tmp_path / "media", 40)
    show = write_show(tmp_path / "show.yaml", media, RUNDOWN)
    with running(tmp_path / "state", show, env) as one:
        until(lambda: any(row["file"] for row in one.status()["on_air"]), 40)
        end, number = time.monotonic() + 60 * MINUTES, 100
        while time.monotonic() < end:
            make_photo(media / "photos" / f"{number}.jpg", number)
            live, instant = one.live(tmp_path / "live.png")
            assert apart(live, one.at(instant, tmp_path / "at.png")) <= 2
            number += 1
            time.sleep(5)
        said = one.status()
        assert said["faults"] == []
        assert all(role["restarts"] == 0 for role in said["roles"].values())
        assert said["coverage"]["photos_shown"] >= 100
