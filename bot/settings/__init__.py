"""All settings, read once from the environment; a wrong one stops the start. `.env.example` documents each."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from bot.core.errors import ConfigurationError
from bot.core.hours import ALWAYS, Hours, parse_hours
from bot.core.retention import RetentionPeriods, parse_keep
from bot.languages import LANGUAGES
from bot.settings.environment import ROOT, TRUSTED_PROXIES, read_environment
from bot.settings.secrets import secret, strong

__all__ = ["HOME", "REFUSED", "ROOT", "Settings", "is_loopback", "own_address"]

# The exit status of a service with wrong settings (EX_CONFIG of sysexits.h): starting it again is of no use.
REFUSED = 78
HOME = "127.0.0.1"
# The largest number of a setting: more than anybody means, and few enough seconds to be added to a date.
MOST = 2**31 - 1
_SHARE = re.compile(r"0?\.\d+|0|1(?:\.0+)?")
_ORIGIN = re.compile(r"^https?://[^/\s]+$")


@dataclass(frozen=True)
class Settings:
    """All settings. Paths are absolute; ports are TCP ports, on 127.0.0.1 except the gateway's."""

    data: Path
    state: Path
    models: Path
    database_url: str = field(repr=False)
    identity_secret: str = field(repr=False)  # signs identity tokens (HS256)
    identity_jwks: Path | None  # public keys of identity tokens (RS256, ES256)
    identity_audience: str
    internal_secret: str = field(repr=False)  # opens Rasa and the action server
    rasa_port: int
    actions_port: int
    rest_token: str | None = field(repr=False)  # opens the REST channel
    community_url: str
    max_message_length: int  # characters
    gateway_host: str
    gateway_port: int
    allowed_origins: tuple[str, ...]  # of other sites' pages with a widget
    sign_in_url: str | None
    privacy_url: str | None
    max_file_bytes: int
    queue_patience_seconds: int  # until a visitor in the queue is offered another way
    ticket_poll_seconds: int
    messages_per_minute: int  # of one conversation
    sockets_per_address: int
    absent_seconds: int  # without a console, until an agent's cases go back
    oidc_issuer: str | None
    oidc_client_id: str
    oidc_client_secret: str = field(repr=False)
    oidc_roles: str | None  # the claim with an agent's roles
    demo: bool
    desk_language: str
    desk_hours: Hours
    tam_webhook: str | None = field(repr=False)  # of technical account managers
    keep: RetentionPeriods
    doubt_margin: float  # 0 to 1; the classifier is in doubt below this lead
    hung_seconds: int  # without an answer, until a process is restarted
    log_format: str
    log_level: str
    totp_required: bool

    @property
    def rasa_url(self) -> str:
        """The address of Rasa."""
        return f"http://127.0.0.1:{self.rasa_port}"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read `KILAT_*`; `ConfigurationError` names the variable that is wrong."""
        environ = read_environment(environ)
        state = Path(environ.get("KILAT_STATE_DIR") or ROOT / "var").resolve()
        jwks = environ.get("KILAT_IDENTITY_JWKS")
        if jwks and not Path(jwks).is_file():
            raise ConfigurationError(f"KILAT_IDENTITY_JWKS: there is no file {jwks}")
        return cls(
            data=Path(environ.get("KILAT_DATA_DIR") or ROOT / "data").resolve(),
            state=state,
            models=Path(environ.get("KILAT_MODELS_DIR") or ROOT / "models").resolve(),
            database_url=environ.get("KILAT_DATABASE_URL") or f"sqlite:///{state / 'kilat.db'}",
            identity_secret=secret(environ, "KILAT_IDENTITY_SECRET", state / "identity-secret"),
            identity_jwks=Path(jwks).resolve() if jwks else None,
            identity_audience=environ.get("KILAT_IDENTITY_AUDIENCE") or "kilat",
            internal_secret=secret(environ, "KILAT_INTERNAL_SECRET", state / "internal-secret"),
            rasa_port=_port(environ, "KILAT_RASA_PORT", 5005),
            actions_port=_port(environ, "KILAT_ACTIONS_PORT", 5055),
            rest_token=strong(environ, "KILAT_REST_TOKEN"),
            community_url=_url(environ, "KILAT_COMMUNITY_URL") or "https://community.zoom.com",
            max_message_length=_positive(environ, "KILAT_MAX_MESSAGE_LENGTH", 2000),
            gateway_host=environ.get("KILAT_GATEWAY_HOST") or HOME,
            gateway_port=_port(environ, "KILAT_GATEWAY_PORT", 8080),
            allowed_origins=_origins(environ.get("KILAT_ALLOWED_ORIGINS") or ""),
            sign_in_url=_url(environ, "KILAT_SIGN_IN_URL"),
            privacy_url=_url(environ, "KILAT_PRIVACY_URL"),
            max_file_bytes=_positive(environ, "KILAT_MAX_FILE_BYTES", 5_242_880),
            queue_patience_seconds=_positive(environ, "KILAT_QUEUE_PATIENCE_SECONDS", 300),
            ticket_poll_seconds=_positive(environ, "KILAT_TICKET_POLL_SECONDS", 30),
            messages_per_minute=_positive(environ, "KILAT_MESSAGES_PER_MINUTE", 30),
            sockets_per_address=_positive(environ, "KILAT_SOCKETS_PER_ADDRESS", 500),
            absent_seconds=_positive(environ, "KILAT_ABSENT_SECONDS", 90),
            oidc_issuer=_issuer(environ),
            oidc_client_id=environ.get("KILAT_OIDC_CLIENT_ID") or "",
            oidc_client_secret=environ.get("KILAT_OIDC_CLIENT_SECRET") or "",
            oidc_roles=environ.get("KILAT_OIDC_ROLES") or None,
            demo=_demo(environ),
            desk_language=_one_of(environ, "KILAT_DESK_LANGUAGE", LANGUAGES),
            desk_hours=parse_hours(environ.get("KILAT_DESK_HOURS") or ALWAYS, environ.get("KILAT_DESK_HOLIDAYS") or ""),
            tam_webhook=own_address(environ, "KILAT_TAM_WEBHOOK"),
            keep=_keep(environ),
            doubt_margin=_share(environ, "KILAT_DOUBT_MARGIN", 0.3),
            hung_seconds=_positive(environ, "KILAT_HUNG_SECONDS", 30),
            log_format=_one_of(environ, "KILAT_LOG_FORMAT", ("text", "json")),
            log_level=_one_of(environ, "KILAT_LOG_LEVEL", ("info", "debug", "warning", "error")),
            totp_required=_one_of(environ, "KILAT_AGENTS_TOTP", ("optional", "required")) == "required",
        )


def _demo(environ: Mapping[str, str]) -> bool:
    """True when the demo may run. It signs in everybody as any customer, so it runs only with the random secret, and
    where only users of this machine can reach it."""
    choice = environ.get("KILAT_DEMO") or ""
    if choice not in ("", "on", "off"):
        raise ConfigurationError(f"KILAT_DEMO: {choice!r} is neither on nor off")
    open_to_strangers = next(iter(_signs_of_strangers(environ)), None)
    if choice == "on" and open_to_strangers:
        raise ConfigurationError(
            "KILAT_DEMO: the demo signs in everybody as any customer, and strangers could reach it "
            f"({open_to_strangers} is set). Unset KILAT_DEMO, or {open_to_strangers}")
    return choice != "off" and open_to_strangers is None


def _signs_of_strangers(environ: Mapping[str, str]) -> Iterator[str]:
    """The settings that show that others than this machine's users are meant to reach the server."""
    yield from (name for name in ("KILAT_IDENTITY_SECRET", "KILAT_IDENTITY_JWKS") if environ.get(name))
    if not is_loopback(environ.get("KILAT_GATEWAY_HOST") or HOME):
        yield "KILAT_GATEWAY_HOST"
    origins = _origins(environ.get("KILAT_ALLOWED_ORIGINS") or "")
    if any(not is_loopback(urlsplit(origin).hostname or "") for origin in origins):
        yield "KILAT_ALLOWED_ORIGINS"
    if environ.get(TRUSTED_PROXIES):
        yield TRUSTED_PROXIES
    sign_in = environ.get("KILAT_SIGN_IN_URL")
    if sign_in and not is_loopback(urlsplit(sign_in).hostname or ""):
        yield "KILAT_SIGN_IN_URL"


def is_loopback(host: str) -> bool:
    """True for a name or an address of this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def own_address(environ: Mapping[str, str], name: str) -> str | None:
    """The address in `name`, which Kilat itself calls; `None` without one. Customers' data goes there and its answers
    are trusted, so it must be https, except on this machine. Errors don't quote it, for it may hold a secret."""
    address = environ.get(name) or None
    if address and not _is_safe(address):
        raise ConfigurationError(f"{name} must be an address that begins with https://; http:// will do for this "
                                 "machine alone")
    return address


def _is_safe(address: str) -> bool:
    try:
        scheme, host = urlsplit(address).scheme, urlsplit(address).hostname or ""
    except ValueError:
        return False
    return host != "" and (scheme == "https" or (scheme == "http" and is_loopback(host)))


def _one_of(environ: Mapping[str, str], name: str, choices: Sequence[str]) -> str:
    """One of the choices, by default the first."""
    raw = environ.get(name) or choices[0]
    if raw not in choices:
        raise ConfigurationError(f"{name}: {raw!r} is none of {', '.join(choices)}")
    return raw


def _origins(raw: str) -> tuple[str, ...]:
    """Origins as browsers write them (scheme, host and port, without a path); `*` allows all."""
    origins = tuple(part.strip().rstrip("/") for part in raw.split(",") if part.strip())
    for origin in origins:
        if origin != "*" and not _ORIGIN.match(origin):
            raise ConfigurationError(f"KILAT_ALLOWED_ORIGINS: {origin!r} is no origin such as https://help.example.com")
    return origins


def _url(environ: Mapping[str, str], name: str) -> str | None:
    raw = environ.get(name)
    if raw and not raw.startswith(("https://", "http://")):
        raise ConfigurationError(f"{name}: {raw!r} is no http(s) address")
    return raw or None


def _issuer(environ: Mapping[str, str]) -> str | None:
    """The identity provider; `ConfigurationError` unless all of its settings are there."""
    issuer = own_address(environ, "KILAT_OIDC_ISSUER")
    if issuer is None:
        return None
    for name in ("KILAT_OIDC_CLIENT_ID", "KILAT_OIDC_CLIENT_SECRET"):
        if not environ.get(name):
            raise ConfigurationError(f"{name} is missing. Set it to what the provider gave you, or unset "
                                     "KILAT_OIDC_ISSUER")
    return issuer


def _positive(environ: Mapping[str, str], name: str, default: int) -> int:
    raw = environ.get(name) or str(default)
    if not (raw.isascii() and raw.isdecimal() and 0 < int(raw) <= MOST):
        raise ConfigurationError(f"{name}: {raw!r} is not a positive whole number up to {MOST}")
    return int(raw)


def _keep(environ: Mapping[str, str]) -> RetentionPeriods:
    try:
        return parse_keep(environ.get("KILAT_KEEP_DAYS") or "")
    except ConfigurationError as error:
        raise ConfigurationError(f"KILAT_KEEP_DAYS: {error}") from error


def _share(environ: Mapping[str, str], name: str, default: float) -> float:
    raw = environ.get(name) or str(default)
    if not _SHARE.fullmatch(raw):
        raise ConfigurationError(f"{name}: {raw!r} is no number from 0 to 1, such as {default}")
    return float(raw)


def _port(environ: Mapping[str, str], name: str, default: int) -> int:
    port = _positive(environ, name, default)
    if port > 65535:
        raise ConfigurationError(f"{name}: {port} is not a TCP port (1 to 65535)")
    return port
