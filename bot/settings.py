"""All settings, read once from the environment, failing loudly. `.env.example` documents each."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import urlsplit

from bot.core.errors import ConfigurationError
from bot.core.hours import ALWAYS, Hours, parse_hours
from bot.core.retention import Keep, parse_keep
from bot.languages import LANGUAGES

ROOT = Path(__file__).resolve().parent.parent
HOME = "127.0.0.1"
_SHARE = re.compile(r"0?\.\d+|0|1(?:\.0+)?")
# Settings of before, and what to write instead.
_RETIRED = {"MISSES_DAYS": "KILAT_KEEP_DAYS=misses={}"}
_ORIGIN = re.compile(r"^https?://[^/\s]+$")


@dataclass(frozen=True)
class Settings:
    """Paths are absolute; ports are TCP ports on 127.0.0.1, but the gateway's, which is on `gateway_host`;
    `identity_secret` signs identity tokens (HS256); `internal_secret` opens Rasa to the gateway; `allowed_origins` are
    those of foreign pages with a widget."""

    data: Path
    state: Path
    models: Path
    database_url: str = field(repr=False)
    identity_secret: str = field(repr=False)
    identity_jwks: Path | None
    identity_audience: str
    internal_secret: str = field(repr=False)
    rasa_port: int
    actions_port: int
    rest_token: str | None = field(repr=False)
    community_url: str
    max_message_length: int
    gateway_host: str
    gateway_port: int
    allowed_origins: tuple[str, ...]
    sign_in_url: str | None
    max_file_bytes: int
    queue_patience_seconds: int
    ticket_poll_seconds: int
    messages_per_minute: int
    sockets_per_address: int
    absent_seconds: int
    oidc_issuer: str | None
    oidc_client_id: str
    oidc_client_secret: str = field(repr=False)
    oidc_roles: str | None
    demo: bool
    desk_language: str
    desk_hours: Hours
    tam_webhook: str | None = field(repr=False)
    keep: Keep
    doubt_margin: float

    @property
    def rasa_url(self) -> str:
        """Where Rasa listens."""
        return f"http://127.0.0.1:{self.rasa_port}"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read `KILAT_*`; `ConfigurationError` names the variable that is wrong."""
        state = Path(environ.get("KILAT_STATE_DIR") or ROOT / "var").resolve()
        jwks = environ.get("KILAT_IDENTITY_JWKS")
        if jwks and not Path(jwks).is_file():
            raise ConfigurationError(f"KILAT_IDENTITY_JWKS: there is no file {jwks}")
        return cls(
            data=Path(environ.get("KILAT_DATA_DIR") or ROOT / "data").resolve(),
            state=state,
            models=Path(environ.get("KILAT_MODELS_DIR") or ROOT / "models").resolve(),
            database_url=environ.get("KILAT_DATABASE_URL") or f"sqlite:///{state / 'kilat.db'}",
            identity_secret=environ.get("KILAT_IDENTITY_SECRET") or _random_secret(state / "identity-secret"),
            identity_jwks=Path(jwks).resolve() if jwks else None,
            identity_audience=environ.get("KILAT_IDENTITY_AUDIENCE") or "kilat",
            internal_secret=environ.get("KILAT_INTERNAL_SECRET") or _random_secret(state / "internal-secret"),
            rasa_port=_port(environ, "KILAT_RASA_PORT", 5005),
            actions_port=_port(environ, "KILAT_ACTIONS_PORT", 5055),
            rest_token=environ.get("KILAT_REST_TOKEN") or None,
            community_url=environ.get("KILAT_COMMUNITY_URL") or "https://community.zoom.com",
            max_message_length=_positive(environ, "KILAT_MAX_MESSAGE_LENGTH", 2000),
            gateway_host=environ.get("KILAT_GATEWAY_HOST") or HOME,
            gateway_port=_port(environ, "KILAT_GATEWAY_PORT", 8080),
            allowed_origins=_origins(environ.get("KILAT_ALLOWED_ORIGINS") or ""),
            sign_in_url=_url(environ, "KILAT_SIGN_IN_URL"),
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
            desk_language=_language(environ, "KILAT_DESK_LANGUAGE"),
            desk_hours=parse_hours(
                environ.get("KILAT_DESK_HOURS") or ALWAYS, environ.get("KILAT_DESK_HOLIDAYS") or ""),
            tam_webhook=_url(environ, "KILAT_TAM_WEBHOOK"),
            keep=_keep(environ),
            doubt_margin=_share(environ, "KILAT_DOUBT_MARGIN", 0.3),
        )


def _random_secret(path: Path) -> str:
    """A random secret kept in a file, so that all processes of one checkout agree."""
    return _stored(path) or _make_secret(path)


def _make_secret(path: Path) -> str:
    """One process at a time, and whole or not at all; a file that a crash left empty is replaced."""
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        if secret := _stored(path):
            return secret
        with NamedTemporaryFile("w", dir=path.parent, prefix=path.name, delete=False) as file:
            file.write(secrets.token_urlsafe(48))
        os.replace(file.name, path)
        return _stored(path)
    finally:
        os.close(folder)


def _stored(path: Path) -> str:
    return path.read_text().strip() if path.exists() else ""


def _demo(environ: Mapping[str, str]) -> bool:
    """The demo signs in everybody as anybody: only while identities are signed with nothing but the random secret,
    and, unless it is asked for, only on this machine."""
    choice = environ.get("KILAT_DEMO") or ""
    real = next((name for name in ("KILAT_IDENTITY_SECRET", "KILAT_IDENTITY_JWKS") if environ.get(name)), None)
    if choice not in ("", "on", "off"):
        raise ConfigurationError(f"KILAT_DEMO: {choice!r} is neither on nor off")
    if choice == "on" and real:
        raise ConfigurationError(f"KILAT_DEMO: the demo would sign in strangers as your customers. Unset it, or {real}")
    at_home = (environ.get("KILAT_GATEWAY_HOST") or HOME) in (HOME, "localhost", "::1")
    return not real and (choice == "on" or (choice == "" and at_home))


def _language(environ: Mapping[str, str], name: str) -> str:
    raw = environ.get(name) or LANGUAGES[0]
    if raw not in LANGUAGES:
        raise ConfigurationError(f"{name}: {raw!r} is none of {', '.join(LANGUAGES)}")
    return raw


def _origins(raw: str) -> tuple[str, ...]:
    """Origins as browsers write them: scheme, host, port, no path; `*` allows all."""
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
    """The provider, with all that it needs; its answers decide who gets in, so they must not be forged on the way."""
    issuer = _url(environ, "KILAT_OIDC_ISSUER")
    if issuer is None:
        return None
    if not issuer.startswith("https://") and urlsplit(issuer).hostname not in (HOME, "localhost", "::1"):
        raise ConfigurationError(f"KILAT_OIDC_ISSUER: {issuer!r} must begin with https://")
    for name in ("KILAT_OIDC_CLIENT_ID", "KILAT_OIDC_CLIENT_SECRET"):
        if not environ.get(name):
            raise ConfigurationError(f"{name} is missing. Set it to what the provider gave you, or unset "
                                     "KILAT_OIDC_ISSUER")
    return issuer


def _positive(environ: Mapping[str, str], name: str, default: int) -> int:
    raw = environ.get(name) or str(default)
    if not raw.isdecimal() or int(raw) == 0:
        raise ConfigurationError(f"{name}: {raw!r} is not a positive whole number")
    return int(raw)


def _keep(environ: Mapping[str, str]) -> Keep:
    for old, instead in _RETIRED.items():
        if value := dict(environ).get(f"KILAT_{old}"):
            raise ConfigurationError(f"KILAT_{old} is no setting any more. Write {instead.format(value)} instead")
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
