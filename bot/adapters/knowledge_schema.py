"""The schema of `data/knowledge/*.yml`: what each file must hold, in pydantic's terms."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Extra, conint, conlist, constr

LANGUAGES = ("id", "en")

Audience = Literal["everyone", "owner", "admin", "licensed_admin", "licensed_member", "account"]
Hours = conint(ge=1, le=240)
Key = constr(regex=r"^[a-z][a-z0-9_]*$")
CountryCode = constr(regex=r"^[A-Z]{2}$")
# What the source prints: digits, dots, spaces, a leading plus. Anything else is a slip of the keyboard.
NumberText = constr(regex=r"^\+?\d[\d. ]{5,20}\d$")


class _Strict(BaseModel):
    class Config:
        extra = Extra.forbid


class Text(_Strict):
    """Words in every language."""

    id: str
    en: str


class _Source(_Strict):
    title: Text


class _Sources(_Strict):
    sources: dict[Key, _Source]  # type: ignore[valid-type]


class _Named(_Strict):
    name: Text


class _AccountType(_Named):
    paid: bool


class _Customers(_Strict):
    plans: dict[Key, _Named]  # type: ignore[valid-type]
    account_types: dict[Key, _AccountType]  # type: ignore[valid-type]
    roles: dict[Key, _Named]  # type: ignore[valid-type]


class _Feature(_Named):
    can: Text


class _Row(_Strict):
    feature: str
    plan: str
    who: conlist(Audience, min_items=1)  # type: ignore[valid-type]
    account_types: list[str] = []
    source: str
    rule: Text


class _Matrix(_Strict):
    features: dict[Key, _Feature]  # type: ignore[valid-type]
    matrix: conlist(_Row, min_items=1)  # type: ignore[valid-type]


class _Number(_Strict):
    number: NumberText  # type: ignore[valid-type]
    extension: constr(regex=r"^\d+$") | None  # type: ignore[valid-type]  # noqa: F722


class _Line(_Named):
    source: str
    numbers: conlist(_Number, min_items=1)  # type: ignore[valid-type]


class _PhoneLines(_Strict):
    phone_lines: dict[CountryCode, _Line]  # type: ignore[valid-type]


class _Priority(_Strict):
    first_response_hours: Hours  # type: ignore[valid-type]
    restoration_hours: Hours | None  # type: ignore[valid-type]
    times_source: str
    definition_source: str
    workaround: Literal["none", "partial", "unstated"]
    staffed: Literal["around_the_clock", "extended_hours", "business_hours"]
    short: Text
    definition: Text
    example: Text
    staffing: Text


class _Priorities(_Strict):
    priorities: dict[Literal["p1", "p2", "p3", "p4"], _Priority]


class _Channel(_Named):
    feature: str | None
    always_open: bool | None
    source: str


class _Channels(_Strict):
    channels: dict[Key, _Channel]  # type: ignore[valid-type]


FILES: dict[str, type[_Strict]] = {
    "sources": _Sources,
    "customers": _Customers,
    "plan_matrix": _Matrix,
    "phone_lines": _PhoneLines,
    "priorities": _Priorities,
    "channels": _Channels,
}
