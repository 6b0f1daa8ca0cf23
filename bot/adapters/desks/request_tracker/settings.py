"""Request Tracker's settings, read when `KILAT_TICKETS` is rt."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.adapters.required_settings import required, web_address

_WHERE = "KILAT_TICKETS is rt: say where it is, such as https://rt.example.com."
# Also in the message when RT refuses the sign-in.
WHO = "Set KILAT_RT_TOKEN, or KILAT_RT_USER and KILAT_RT_PASSWORD, of a user that Kilat has for itself."


@dataclass(frozen=True)
class RequestTrackerSettings:
    """The address of RT, and Kilat's account there."""

    url: str  # without `/REST/2.0`
    authorization: str = field(repr=False)  # the value of the header `Authorization`
    queue: str  # the name of the queue for tickets
    secret: str | None = field(repr=False)  # of the scrip that calls `/hooks/tickets`

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> RequestTrackerSettings:
        """Read `KILAT_RT_*`. Raises `ConfigurationError`."""
        url = web_address(environ, "KILAT_RT_URL", _WHERE)
        if token := environ.get("KILAT_RT_TOKEN"):
            authorization = f"token {token}"
        else:
            user, password = (required(environ, name, WHO) for name in ("KILAT_RT_USER", "KILAT_RT_PASSWORD"))
            authorization = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        secret = environ.get("KILAT_RT_WEBHOOK_SECRET") or None
        return cls(url, authorization, environ.get("KILAT_RT_QUEUE") or "General", secret)
