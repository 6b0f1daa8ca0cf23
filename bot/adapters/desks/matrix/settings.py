"""Matrix's settings, read when `KILAT_DESK` is matrix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.adapters.required_settings import required, web_address
from bot.core.errors import ConfigurationError

_WHY = "KILAT_DESK=matrix needs it: see docs/desks.md."


@dataclass(frozen=True)
class MatrixSettings:
    """The Matrix server, and Kilat's account there."""

    url: str  # without a slash at its end
    token: str = field(repr=False)  # access token of Kilat's user
    team: str  # the room (id or alias) whose members are the agents

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> MatrixSettings:
        """Read `KILAT_MATRIX_*`. Raises `ConfigurationError`."""
        team = required(environ, "KILAT_MATRIX_TEAM", _WHY)
        if team[0] not in "!#":
            raise ConfigurationError(
                f"KILAT_MATRIX_TEAM: {team!r} is neither a room's id (!…) nor its alias (#support:example.org)")
        return cls(web_address(environ, "KILAT_MATRIX_URL", _WHY), required(environ, "KILAT_MATRIX_TOKEN", _WHY), team)
