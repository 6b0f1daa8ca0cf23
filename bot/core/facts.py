"""The facts of support as plain values: what `data/knowledge` says and SQL stores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """One row of the plan matrix. `who` are audience names, `account_types` a narrowing (empty: all paid types)."""

    id: str
    feature: str
    plan: str
    who: tuple[str, ...]
    account_types: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class PhoneNumber:
    """A support number as the source prints it; `extension` is `None` where the source gives none."""

    number: str
    extension: str | None


@dataclass(frozen=True)
class PhoneLine:
    """The numbers of one country (ISO 3166 alpha-2 code)."""

    country: str
    numbers: tuple[PhoneNumber, ...]
    source: str


@dataclass(frozen=True)
class Priority:
    """A priority level. Hours; `restoration_hours` is `None` where no restoration time is promised.

    `workaround` is `none`, `partial` or `unstated`; `staffed` is `around_the_clock`, `extended_hours`
    or `business_hours`.
    """

    key: str
    first_response_hours: int
    restoration_hours: int | None
    workaround: str
    staffed: str
    times_source: str
    definition_source: str


@dataclass(frozen=True)
class Channel:
    """A way to support. `feature` ties it to the plan matrix; `always_open` is `None` where the source is silent."""

    key: str
    feature: str | None
    always_open: bool | None
    source: str


@dataclass(frozen=True)
class Facts:
    """Everything the source says. `labels` maps (kind, key, language) to words."""

    revision: str
    rules: tuple[Rule, ...]
    phone_lines: Mapping[str, PhoneLine]
    priorities: Mapping[str, Priority]
    channels: Mapping[str, Channel]
    paid_account_types: frozenset[str]
    labels: Mapping[tuple[str, str, str], str]

    def plans_with(self, feature: str) -> tuple[str, ...]:
        """The plans that have `feature` for anybody, in the order of the matrix."""
        return tuple(dict.fromkeys(rule.plan for rule in self.rules if rule.feature == feature))

    def features_of(self, plan: str) -> tuple[str, ...]:
        """The features that `plan` has for anybody, in the order of the matrix."""
        return tuple(dict.fromkeys(rule.feature for rule in self.rules if rule.plan == plan))

    @property
    def features(self) -> tuple[str, ...]:
        """All features, in the order of the matrix."""
        return tuple(dict.fromkeys(rule.feature for rule in self.rules))

    def label(self, kind: str, key: str, language: str) -> str:
        """The words for `key` of `kind` in `language`; `KeyError` when the data has none."""
        return self.labels[kind, key, language]
