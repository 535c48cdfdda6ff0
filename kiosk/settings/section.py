"""What every table of the settings is made of: the section, and the types of its values."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
)

from kiosk.settings import texts

BROKEN: Final = None
"""Stands in a section for a value that could not be read; `Entry.has` tells the two apart."""


class Section(BaseModel):
    """One table of the file. With a list as validation context, faults are noted in it by field."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)

    @field_validator("*", mode="wrap")
    @classmethod
    def _note(cls, value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        # One wrong value must not hide the faults of the others, nor of what is compared with it.
        try:
            return handler(value)
        except ValidationError as fault:
            if info.context is None:
                raise
            info.context.append((info.field_name, fault))
            return BROKEN


def listed(values: Any) -> Any:
    """Take a TOML array for a tuple, anything else as it is."""
    return tuple(values) if isinstance(values, list) else values


OneOrMore = Field(min_length=1)
Text = Annotated[str, Field(min_length=1, pattern=r"^[^\x00-\x1f\x7f]*$")]
Texts = Annotated[tuple[Text, ...], BeforeValidator(listed), OneOrMore]
Seconds = Annotated[float, Field(ge=0, le=86400, allow_inf_nan=False)]
Day = Annotated[date, BeforeValidator(texts.day)]
TimeOfDay = Annotated[time, BeforeValidator(texts.time_of_day)]
Pattern = Annotated[str, AfterValidator(texts.pattern)]
Grade = Annotated[int, Field(ge=1, le=12)]
Grades = Annotated[tuple[Grade, ...], BeforeValidator(listed), OneOrMore]
UsbId = Annotated[int, Field(ge=0, le=0xFFFF)]
Baud = Annotated[int, Field(ge=300, le=4_000_000)]


def keys_of(model: type[Section]) -> dict[str, str]:
    """Map each key of a table, as it is written, to the model's field."""
    return {field.alias or name: name for name, field in model.model_fields.items()}
