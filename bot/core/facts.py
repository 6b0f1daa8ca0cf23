"""The facts of support, written in `data/knowledge` and stored in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """One row of the plan matrix."""

    id: str
    feature: str
    plan: str
    who: tuple[str, ...]  # audiences (`bot.core.entitlement`)
    account_types: tuple[str, ...]  # empty: all paid types
    source: str


@dataclass(frozen=True)
class PhoneNumber:
    """A support number as the source prints it."""

    number: str
    extension: str | None  # `None`: the source gives none


@dataclass(frozen=True)
class PhoneLine:
    """The support numbers of one country."""

    country: str  # ISO 3166 alpha-2
    numbers: tuple[PhoneNumber, ...]
    source: str


@dataclass(frozen=True)
class Priority:
    """A priority level."""

    key: str
    first_response_hours: int
    restoration_hours: int | None  # `None`: no restoration time is promised
    workaround: str  # `none`, `partial` or `unstated`
    staffed: str  # `around_the_clock`, `extended_hours` or `business_hours`
    times_source: str
    definition_source: str


@dataclass(frozen=True)
class Channel:
    """A support channel."""

    key: str
    feature: str | None  # the channel's feature in the plan matrix
    always_open: bool | None  # `None`: the source does not say
    source: str


@dataclass(frozen=True)
class Facts:
    """All facts of one revision."""

    revision: str
    rules: tuple[Rule, ...]
    phone_lines: Mapping[str, PhoneLine]
    priorities: Mapping[str, Priority]
    channels: Mapping[str, Channel]
    paid_account_types: frozenset[str]
    labels: Mapping[tuple[str, str, str], str]  # (kind, key, language) to words

    def plans_with(self, feature: str) -> tuple[str, ...]:
        """The plans that grant `feature` to some audience, in the order of the matrix."""
        return tuple(dict.fromkeys(rule.plan for rule in self.rules if rule.feature == feature))

    def features_of(self, plan: str) -> tuple[str, ...]:
        """The features that `plan` grants to some audience, in the order of the matrix."""
        return tuple(dict.fromkeys(rule.feature for rule in self.rules if rule.plan == plan))

    @property
    def features(self) -> tuple[str, ...]:
        """All features, in the order of the matrix."""
        return tuple(dict.fromkeys(rule.feature for rule in self.rules))

    def label(self, kind: str, key: str, language: str) -> str:
        """The words for `key` of `kind` in `language`. Raises `KeyError` when the data has none."""
        return self.labels[kind, key, language]
