"""Reads the environment: unknown `KILAT_*` names are refused, and a secret may stand in a file.

`.env.example` lists all settings. For each secret, `KILAT_X_FILE` may name a file with the value of `KILAT_X`, as
container platforms provide them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from bot.core.errors import ConfigurationError

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLE = ROOT / ".env.example"
PREFIX = "KILAT_"
FROM_FILE = "_FILE"
# uvicorn's own setting: the proxies from which it takes the visitor's address.
TRUSTED_PROXIES = "FORWARDED_ALLOW_IPS"
# Former settings, and what to write instead.
_RETIRED = {
    "MISSES_DAYS": "KILAT_KEEP_DAYS=feedback={}", "AWAY_SECONDS": "KILAT_ABSENT_SECONDS={}",
    "RASA_TOKEN": "KILAT_REST_TOKEN",
}
# Only tests read these.
_OF_TESTS = frozenset({"KILAT_KILLS", "KILAT_SEED", "KILAT_CHROMIUM"})
_DOCUMENTED = re.compile(r"^#?(KILAT_[A-Z_]+)=", re.MULTILINE)
# Variables that Kubernetes and Docker set for a service or a container called "kilat…", as `NAME=value`.
_OF_A_PLATFORM = re.compile(
    r"KILAT_([A-Z0-9_]+_)?(SERVICE_HOST=|SERVICE_PORT(_[A-Z0-9_]+)?=|PORT_\d+_(TCP|UDP)(_(PROTO|PORT|ADDR))?=|"
    r"PORT=(tcp|udp)://)")
_SECRET = re.compile(r"KILAT_.*_(SECRET|TOKEN|PASSWORD)|KILAT_(DATABASE_URL|SMTP_URL|TAM_WEBHOOK|ZENDESK_KEY)")

# Characters typed instead of an underscore, and the similarity of a misspelled word.
_NO_WORD = re.compile(r"\W+")
_NEAR = 0.8

# Settings of mail, desks and the identity provider, which only the gateway needs.
_OUTSIDE = re.compile(r"KILAT_(SMTP|MATRIX|CHATWOOT|ZENDESK|RT|OIDC|TAM)_[A-Z_]+")


def read_environment(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The settings in `environ`, values from files included, and the proxies that uvicorn trusts.

    `ConfigurationError` for an unknown name (with the nearest known one), a value given twice, stray quotation marks
    around a value, and a file that can't be read.
    """
    known = _known()
    found = {name: value for name, value in environ.items() if _is_meant_for_us(name, known)}
    values = {name: _bare(name, value) for name, value in found.items() if name in known}
    for name in sorted(found.keys() - known):
        setting = name.removesuffix(FROM_FILE)
        if setting != name and setting in known and may_stand_in_a_file(setting):
            values |= _from_file(setting, name, found[name], values)
        elif name not in _OF_TESTS and not _OF_A_PLATFORM.match(f"{name}={found[name]}"):
            raise ConfigurationError(_unknown(name, found[name], known))
    return values | {name: environ[name] for name in (TRUSTED_PROXIES,) if name in environ}


def for_private(environ: Mapping[str, str], *others: str) -> dict[str, str]:
    """`environ` for a process that handles visitors' messages and needs no outside system: without the settings of
    those, and without the secrets `others`."""
    kept_back = {*others, *(other + FROM_FILE for other in others)}
    return {name: value for name, value in environ.items() if name not in kept_back and not _OUTSIDE.fullmatch(name)}


def may_stand_in_a_file(name: str) -> bool:
    """True for a setting that holds a secret, or an address with one in it."""
    return _SECRET.fullmatch(name) is not None


def _from_file(setting: str, name: str, path: str, values: Mapping[str, str]) -> dict[str, str]:
    """The value of `setting` from the file at `path`, which `name` gives; nothing for an empty path."""
    if not path:
        return {}
    if values.get(setting):
        raise ConfigurationError(f"{setting} and {name} are both set. Unset one of them")
    return {setting: _content(name, Path(path))}


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    try:
        return frozenset(_DOCUMENTED.findall(EXAMPLE.read_text()))
    except OSError as error:
        raise ConfigurationError(f"{EXAMPLE} can't be read ({error.strerror}): it lists all settings. "
                                 "Take it from the source, and leave it there") from error


def _is_meant_for_us(name: str, known: frozenset[str]) -> bool:
    """True for a name that begins with KILAT, in any case, and for a known name with a misspelled "KILAT"."""
    first, line, rest = _in_our_way(name).partition("_")
    is_near = PREFIX + rest.removesuffix(FROM_FILE) in known and get_close_matches(first, ["KILAT"], 1, _NEAR)
    return bool(line) and (first == "KILAT" or bool(is_near))


def _in_our_way(name: str) -> str:
    return _NO_WORD.sub("_", name.strip()).upper()


def _bare(name: str, value: str) -> str:
    """The value; `ConfigurationError` for quotation marks around it, which some readers of `.env` files leave, and for
    other stray characters."""
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    if is_quoted or value != value.strip() or not value.isprintable():
        shown = "" if may_stand_in_a_file(name) else f" ({value!r})"
        raise ConfigurationError(
            f"{name} holds what does not come through everywhere as it is: quotation marks around it, a space or a "
            f"line break at its end, or a sign that does not show{shown}. Write the value alone")
    return value


def _unknown(name: str, value: str, known: frozenset[str]) -> str:
    if instead := _RETIRED.get(name.removeprefix(PREFIX)):
        return f"{name} is no setting any more. Write {instead.format(value)} instead"
    in_files = {other + FROM_FILE for other in known if may_stand_in_a_file(other)}
    near = get_close_matches(_in_our_way(name), known | in_files, 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"{name} is no setting of Kilat.{hint} All settings are in .env.example; correct its name, or unset it"


def _content(name: str, path: Path) -> str:
    """The one line of a file, without the line break, and the byte order mark that some editors write."""
    try:
        value = path.read_text("utf-8-sig").strip()
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise ConfigurationError(f"{name}: {path} can't be read ({reason})") from error
    if not value:
        raise ConfigurationError(f"{name}: {path} is empty")
    if len(value.splitlines()) > 1:
        raise ConfigurationError(f"{name}: {path} holds more than one line")
    return value
