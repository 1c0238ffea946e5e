"""The kinds of field a producer's file has: how each is read, written back, and described in a JSON Schema.

Each reads what is written (show.written, show.codes), or takes the finished value from Python.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

from projector.clock import Seconds
from projector.show import codes, written
from projector.show.picture import Size
from projector.show.showings import Transition


def _schema(pattern: str, *examples: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": list(examples)})


def _reads(read: Callable[[object], object], finished: type) -> PlainValidator:
    """A field's reader. With a context, which a file's reader gives, the number 8.0 is a duration without its unit."""

    def taken(value: object, found: ValidationInfo) -> object:
        return value if found.context is None and isinstance(value, finished) else read(value)

    return PlainValidator(taken)


_DURATION = _schema(r"^(\d+(\.\d+)? ?h)? ?(\d+(\.\d+)? ?min)? ?(\d+(\.\d+)? ?s)?$", "8s", "1.5s", "4min", "1h30min")
_STRING = WithJsonSchema({"type": "string", "minLength": 1})
_SIZE = _schema(r"^\d+ ?[xX×] ?\d+$", "1920x1080", "8x5")
_TIME = _schema(r"^(\d{1,2}:\d{2}(:\d{2})?|(dawn|sunrise|sunset|dusk)( *[+-].+)?)$", "16:45", "dusk + 20 min")
_CHANGE = _schema("^(cut|(mix|dip) .+)$", "cut", "mix 1.5s", "dip 2s")
_DAY = WithJsonSchema({"type": "string", "format": "date"})
_STAMP = _schema(r"^\d{4}-\d{2}-\d{2}[T ] *\d", "2027-01-24 19:00")

Length = Annotated[Seconds, _reads(written.duration, float), PlainSerializer(written.spelt), _DURATION]
Dwell = Annotated[Seconds, _reads(written.dwell, float), PlainSerializer(written.spelt), _DURATION]
Change = Annotated[
    Transition, _reads(written.transition, Transition), PlainSerializer(written.transition_spelt), _CHANGE
]
Moment = Annotated[written.Moment, _reads(written.moment, written.Moment), PlainSerializer(str), _TIME]
Day = Annotated[date, _reads(written.day, date), PlainSerializer(str), _DAY]
Stamp = Annotated[datetime, _reads(written.stamp, datetime), PlainSerializer(str), _STAMP]
Canvas = Annotated[Size, _reads(written.canvas, Size), PlainSerializer(written.size_spelt), _SIZE]
Grid = Annotated[tuple[int, int], _reads(written.grid, tuple), PlainSerializer(written.grid_spelt), _SIZE]
Language = Annotated[str, PlainValidator(codes.language), _schema("^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$", "pl", "zh-Hant")]
Country = Annotated[str, PlainValidator(codes.country), _schema("^[A-Z]{2}$", "PL")]
Zone = Annotated[str, PlainValidator(codes.zone), _schema("^.+$", "Europe/Warsaw")]
Words = Annotated[str, PlainValidator(codes.text), _STRING]
Path = Annotated[str, PlainValidator(codes.path), _STRING]
Below = Annotated[str, PlainValidator(codes.below), _STRING]
Key = Annotated[str, PlainValidator(codes.public_key), _STRING]
Count = Annotated[int, PlainValidator(codes.whole(1, 1000)), WithJsonSchema({"type": "integer", "minimum": 1})]
Latitude = Annotated[float, PlainValidator(codes.number(-90, 90)), WithJsonSchema({"type": "number"})]
Longitude = Annotated[float, PlainValidator(codes.number(-180, 180)), WithJsonSchema({"type": "number"})]
Listed = BeforeValidator(codes.listed)
Flag = Annotated[bool, PlainValidator(codes.flag), WithJsonSchema({"type": "boolean"})]
Fact = Literal["name", "country", "caption", "credit"]


def _pairs(value: Any) -> Any:
    """A mapping of language to text as pairs, in the order of the file."""
    if isinstance(value, dict) and not value:
        raise ValueError("the text is empty; write it as {en: We Remember}")
    if isinstance(value, list):
        raise ValueError("a list stands where text belongs; write words, or {en: …, pl: …}")  # noqa: TRY004  (pydantic's)
    return tuple(value.items()) if isinstance(value, dict) else value


def _by_language(texts: tuple[tuple[str, str], ...]) -> dict[str, str] | None:
    return dict(texts) or None


Worded = Annotated[
    tuple[tuple[Language, Words], ...],
    BeforeValidator(_pairs),
    PlainSerializer(_by_language),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}}]}),
]


class Part(BaseModel):
    """A mapping of the show file. A key with nothing behind it is as if it were not there."""

    # Built when first used: whoever reads sidecars only does not pay for the show file's model.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _without_empty_keys(cls, raw: Any) -> Any:
        return {key: value for key, value in raw.items() if value is not None} if isinstance(raw, dict) else raw
