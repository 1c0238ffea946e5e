"""Show time as people write it, and as files do: RFC 3339 with the offset of the show's zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from projector.clock import Instant
from projector.errors import UsageError


def as_text(now: Instant, zone: str) -> str:
    """To the microsecond, so that it names the same instant when it is read back."""
    return datetime.fromtimestamp(now, ZoneInfo(zone)).isoformat(timespec="microseconds")


def short(now: Instant, zone: str) -> str:
    """To the second, for people."""
    return datetime.fromtimestamp(now, ZoneInfo(zone)).isoformat(timespec="seconds")


def clock_time(now: Instant, zone: str) -> str:
    """Day and time of day, for people on site."""
    return datetime.fromtimestamp(now, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")


def instant_from(text: str, zone: str) -> Instant:
    """The instant a text names; without an offset it is in the show's zone. Raises UsageError."""
    try:
        moment = datetime.fromisoformat(text.strip().replace(" ", "T", 1))
    except ValueError as error:
        raise UsageError(
            f"'{text}' is not a moment; write it as 2027-01-25T18:30 or 2027-01-25T18:30:00+01:00"
        ) from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    return Instant((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())
