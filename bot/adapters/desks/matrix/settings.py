"""What Kilat needs to know of a Matrix server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.adapters.environment import required, web_address
from bot.core.errors import ConfigurationError

_WHY = "KILAT_DESK=matrix needs it: see docs/desks.md."


@dataclass(frozen=True)
class MatrixSettings:
    """The server's address, the access token of Kilat's user, and the room (id or alias) whose members are agents."""

    url: str
    token: str = field(repr=False)
    team: str

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> MatrixSettings:
        """Read `KILAT_MATRIX_*`; `ConfigurationError` names the one that is missing or wrong."""
        team = required(environ, "KILAT_MATRIX_TEAM", _WHY)
        if team[0] not in "!#":
            raise ConfigurationError(
                f"KILAT_MATRIX_TEAM: {team!r} is neither a room's id (!…) nor its alias (#support:example.org)")
        return cls(
            web_address(environ, "KILAT_MATRIX_URL", _WHY), required(environ, "KILAT_MATRIX_TOKEN", _WHY), team)
