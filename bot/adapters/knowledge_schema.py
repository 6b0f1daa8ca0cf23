"""The schema of `data/knowledge/*.yml`, as pydantic models."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import ClassVar, Literal

from pydantic import BaseModel, ConstrainedInt, Extra, Field, PydanticValueError, StrictBool
from pydantic.validators import strict_str_validator

Audience = Literal["everyone", "owner", "admin", "licensed_admin", "licensed_member", "account"]


class ShapeError(PydanticValueError):
    """A text has the wrong shape. The context holds `value` and `remedy`."""

    code = "shape"
    msg_template = "write {remedy}"


class _Shaped(str):
    """A text of one `shape`; `remedy` tells an editor how to write it."""

    shape: ClassVar[re.Pattern[str]]
    remedy: ClassVar[str]

    @classmethod
    def __get_validators__(cls) -> Iterator[Callable[..., str]]:
        yield strict_str_validator
        yield cls._fit

    @classmethod
    def _fit(cls, value: str) -> str:
        if not cls.shape.fullmatch(value):
            raise ShapeError(value=value, remedy=cls.remedy)
        return value


class Key(_Shaped):
    """A key that other files and the code use."""

    shape = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
    remedy = "lower-case letters, digits and underscores, a letter first"


class CountryCode(_Shaped):
    """A country by ISO 3166."""

    shape = re.compile(r"[A-Z]{2}")
    remedy = "the country's two capital letters, such as ID"


class NumberText(_Shaped):
    """A telephone number as its source prints it."""

    shape = re.compile(r"\+?\d[\d. ]{5,20}\d", re.ASCII)
    remedy = "it as the source prints it: digits, dots, spaces, a leading +"


class Extension(_Shaped):
    """The digits to dial after the number."""

    shape = re.compile(r"\d{1,10}", re.ASCII)
    remedy = "digits in quotation marks, or null when the source gives none"


class Hours(ConstrainedInt):
    """Whole hours."""

    strict = True
    ge = 1
    le = 240


class _Strict(BaseModel):
    class Config:
        extra = Extra.forbid


class _Sources(_Strict):
    sources: list[Key]


class _AccountType(_Strict):
    paid: StrictBool


class _Customers(_Strict):
    plans: list[Key]
    account_types: dict[Key, _AccountType]
    roles: list[Key]


class _Row(_Strict):
    feature: str
    plan: str
    who: list[Audience] = Field(min_items=1)
    account_types: list[str] = []
    source: str


class _Matrix(_Strict):
    features: list[Key]
    matrix: list[_Row] = Field(min_items=1)


# `Field(...)`: the key is required, even for null, so that nothing is left out by mistake.
class _Number(_Strict):
    number: NumberText
    extension: Extension | None = Field(...)


class _Line(_Strict):
    source: str
    numbers: list[_Number] = Field(min_items=1)


class _PhoneLines(_Strict):
    phone_lines: dict[CountryCode, _Line]


class _Priority(_Strict):
    first_response_hours: Hours
    restoration_hours: Hours | None = Field(...)
    times_source: str
    definition_source: str
    workaround: Literal["none", "partial", "unstated"]
    staffed: Literal["around_the_clock", "extended_hours", "business_hours"]


class _AllPriorities(_Strict):
    p1: _Priority
    p2: _Priority
    p3: _Priority
    p4: _Priority


class _Priorities(_Strict):
    priorities: _AllPriorities


class _Channel(_Strict):
    feature: str | None = Field(...)
    always_open: StrictBool | None = Field(...)
    source: str


class _Channels(_Strict):
    channels: dict[Key, _Channel]


FILES: dict[str, type[_Strict]] = {
    "sources": _Sources, "customers": _Customers, "entitlements": _Matrix, "phone_lines": _PhoneLines,
    "priorities": _Priorities, "channels": _Channels,
}
