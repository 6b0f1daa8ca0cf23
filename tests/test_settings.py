"""Settings: loud failures, and `.env.example` complete."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.core.errors import ConfigurationError
from bot.core.retention import RetentionPeriods
from bot.settings import REFUSED, ROOT, Settings

SECRETS = ["identity-secret", "internal-secret"]
# What says that others than this machine's users are meant to come.
STRANGERS = [
    ("KILAT_IDENTITY_SECRET", "0123456789abcdef" * 3), ("KILAT_IDENTITY_JWKS", __file__),
    ("KILAT_GATEWAY_HOST", "0.0.0.0"), ("KILAT_GATEWAY_HOST", "::"), ("KILAT_GATEWAY_HOST", "192.168.1.7"),
    ("KILAT_GATEWAY_HOST", "kilat.internal"), ("KILAT_GATEWAY_HOST", "127.0.0.1.example.com"),
    ("KILAT_ALLOWED_ORIGINS", "https://help.example.com"), ("KILAT_ALLOWED_ORIGINS", "*"),
    ("KILAT_ALLOWED_ORIGINS", "http://localhost:3000, https://localhost.example.com"),
    ("KILAT_SIGN_IN_URL", "https://help.example.com/sign-in"), ("FORWARDED_ALLOW_IPS", "10.0.0.1"),
]
OF_TESTS = {"KILAT_KILLS", "KILAT_SEED", "KILAT_CHROMIUM"}


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment that keeps the state in a temporary folder."""
    return dict(KILAT_STATE_DIR=str(tmp_path / "state"))


def test_defaults(environ: dict[str, str], tmp_path: Path) -> None:
    """Everything runs without a single variable."""
    settings = Settings.from_environment(environ)
    assert settings.data == ROOT / "data"
    assert settings.database_url == f"sqlite:///{tmp_path / 'state' / 'kilat.db'}"
    assert (settings.rasa_port, settings.actions_port, settings.identity_audience) == (5005, 5055, "kilat")
    assert (settings.identity_jwks, settings.rest_token, settings.max_message_length) == (None, None, 2000)


@pytest.mark.parametrize("name", ["KILAT_RASA_PORT", "KILAT_ACTIONS_PORT", "KILAT_MAX_MESSAGE_LENGTH",
                                  "KILAT_QUEUE_PATIENCE_SECONDS"])
@pytest.mark.parametrize("value", ["zero", "0", "-1", "1.5", "5005 ", "1e3", "²", "0x10", "٣", "2147483648", "9" * 99])
def test_a_number_that_is_none(environ: dict[str, str], name: str, value: str) -> None:
    """The variable and the value are named."""
    environ[name] = value
    with pytest.raises(ConfigurationError, match=name) as refusal:
        Settings.from_environment(environ)
    assert repr(value) in str(refusal.value)


def test_a_margin(environ: dict[str, str]) -> None:
    """From 0 to 1."""
    for value in ("0", "0.2", ".35", "1", "1.0"):
        environ["KILAT_DOUBT_MARGIN"] = value
        assert Settings.from_environment(environ).doubt_margin == float(value)
    for value in ("-0.1", "1.1", "20%", "0,2", "nan", "x"):
        environ["KILAT_DOUBT_MARGIN"] = value
        with pytest.raises(ConfigurationError, match="KILAT_DOUBT_MARGIN"):
            Settings.from_environment(environ)


def test_how_long_things_are_kept(environ: dict[str, str]) -> None:
    """See `tests/core/test_retention.py`; a wrong kind is told with its setting, an old name with the new."""
    environ["KILAT_KEEP_DAYS"] = "conversations=30"
    assert Settings.from_environment(environ).keep == RetentionPeriods(conversations=30)
    environ["KILAT_KEEP_DAYS"] = "converstions=30"
    with pytest.raises(ConfigurationError, match="KILAT_KEEP_DAYS: 'converstions' is none of conversations, tickets"):
        Settings.from_environment(environ)
    environ["KILAT_KEEP_DAYS"], environ["KILAT_MISSES_DAYS"] = "", "14"
    with pytest.raises(ConfigurationError, match="Write KILAT_KEEP_DAYS=feedback=14 instead"):
        Settings.from_environment(environ)


@pytest.mark.parametrize("name", ["KILAT_RASA_PORT", "KILAT_ACTIONS_PORT"])
def test_a_port_that_is_none(environ: dict[str, str], name: str) -> None:
    """65535 is the last port."""
    environ[name] = "65535"
    Settings.from_environment(environ)
    environ[name] = "65536"
    with pytest.raises(ConfigurationError, match=f"{name}.*65536"):
        Settings.from_environment(environ)


def test_a_jwks_file_that_is_missing(environ: dict[str, str], tmp_path: Path) -> None:
    """The variable and the file are named; a folder is no file."""
    for path in (tmp_path / "nowhere.json", tmp_path):
        environ["KILAT_IDENTITY_JWKS"] = str(path)
        with pytest.raises(ConfigurationError, match=f"KILAT_IDENTITY_JWKS.*{re.escape(str(path))}"):
            Settings.from_environment(environ)


def test_paths_are_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever folder a process changes to later."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "jwks.json").write_text("{}")
    names = {"KILAT_DATA_DIR": "data", "KILAT_STATE_DIR": "state", "KILAT_MODELS_DIR": "models",
             "KILAT_IDENTITY_JWKS": "jwks.json"}
    settings = Settings.from_environment(names)
    assert settings.data == tmp_path / "data"
    assert settings.state == tmp_path / "state"
    assert settings.identity_jwks == tmp_path / "jwks.json"


def test_an_empty_variable_is_as_good_as_none(environ: dict[str, str]) -> None:
    """Compose files and service units leave empty ones behind."""
    bare = Settings.from_environment(environ)
    names = re.findall(r"^#(KILAT_[A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    empty = {name: "" for name in names if name != "KILAT_STATE_DIR"}
    assert Settings.from_environment(environ | empty) == bare


@pytest.mark.parametrize("name", SECRETS)
def test_a_random_secret(environ: dict[str, str], tmp_path: Path, name: str) -> None:
    """The processes of one checkout agree on it, other checkouts have another, other users can't read it."""
    secret = _secret(environ, name)
    assert len(secret) >= 32
    assert _secret(environ, name) == secret
    assert stat.S_IMODE((tmp_path / "state" / name).stat().st_mode) == 0o600
    assert _secret({"KILAT_STATE_DIR": str(tmp_path / "other")}, name) != secret


def test_each_secret_is_another(environ: dict[str, str]) -> None:
    """Who may sign identities may not speak for the gateway."""
    assert len({_secret(environ, name) for name in SECRETS}) == len(SECRETS)


def test_given_secrets_leave_no_file(environ: dict[str, str], tmp_path: Path) -> None:
    """Production keeps them in the environment alone."""
    environ["KILAT_IDENTITY_SECRET"], environ["KILAT_INTERNAL_SECRET"] = "0123456789abcdef" * 3, "fedcba9876543210" * 3
    assert [_secret(environ, name) for name in SECRETS] == ["0123456789abcdef" * 3, "fedcba9876543210" * 3]
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("name", SECRETS)
def test_an_empty_secret_file_is_no_secret(environ: dict[str, str], tmp_path: Path, name: str) -> None:
    """A crash may have left it; what is signed with nothing must never be let in."""
    path = tmp_path / "state" / name
    path.parent.mkdir()
    path.touch()
    secret = _secret(environ, name)
    assert len(secret) >= 32
    assert path.read_text() == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("left_empty", [False, True])
def test_processes_that_make_the_secrets_at_once(environ: dict[str, str], tmp_path: Path, left_empty: bool) -> None:
    """They agree, and leave nothing else behind."""
    state = tmp_path / "state"
    if left_empty:
        state.mkdir()
        for name in SECRETS:
            (state / name).touch()
    with ThreadPoolExecutor(8) as pool:
        made = [*pool.map(lambda _: Settings.from_environment(environ), range(32))]
    assert len({(settings.identity_secret, settings.internal_secret) for settings in made}) == 1
    assert sorted(path.name for path in state.iterdir()) == sorted(SECRETS)


@pytest.mark.parametrize(("given", "is_on"), [
    ({}, True),
    ({"KILAT_DEMO": "on"}, True),
    ({"KILAT_DEMO": "on", "KILAT_GATEWAY_HOST": "127.0.0.2"}, True),
    ({"KILAT_DEMO": "on", "KILAT_ALLOWED_ORIGINS": "http://localhost:3000,http://shop.localhost"}, True),
    ({"KILAT_GATEWAY_HOST": "::1"}, True),
    ({"KILAT_DEMO": "off"}, False),
    *(({name: value}, False) for name, value in STRANGERS),
])
def test_the_demo_is_for_development(environ: dict[str, str], given: dict[str, str], is_on: bool) -> None:
    """A server that strangers reach never has it by default."""
    assert Settings.from_environment(environ | given).demo is is_on


@pytest.mark.parametrize(("name", "value"), STRANGERS)
def test_the_demo_beside_strangers(environ: dict[str, str], name: str, value: str) -> None:
    """They would sign in as customers, so it is refused; and a word that is neither on nor off is told."""
    with pytest.raises(ConfigurationError, match=f"KILAT_DEMO.*{name}"):
        Settings.from_environment(environ | {name: value} | {"KILAT_DEMO": "on"})
    with pytest.raises(ConfigurationError, match=r"KILAT_DEMO.*'yes'"):
        Settings.from_environment(environ | {"KILAT_DEMO": "yes"})


def test_the_example_is_complete() -> None:
    """Every variable that is read is documented, and none besides, each below a comment and commented out."""
    found = (path for folder in ("bot", "actions") for path in (ROOT / folder).rglob("*.py"))
    code = "".join(path.read_text() for path in found if path.parent.name != "tests")
    read = {name for name in re.findall(r'"(KILAT_[A-Z_]+)"', code) if not name.endswith("_FILE")}
    lines = (ROOT / ".env.example").read_text().splitlines()
    documented = [match.group(1) for line in lines if (match := re.match(r"#(KILAT_[A-Z_]+)=", line))]
    assert sorted(documented) == sorted(read - OF_TESTS)
    for name in documented:
        above = lines[next(i for i, line in enumerate(lines) if line.startswith(f"#{name}=")) - 1]
        # Several that belong together may share one.
        assert above.startswith(("# ", "#KILAT_")), f"{name} has no comment"
    assert [line for line in lines if line and not line.startswith("#")] == []


def test_the_defaults_of_the_example(environ: dict[str, str]) -> None:
    """What the example shows as default is the default."""
    bare = Settings.from_environment(environ)
    text = (ROOT / ".env.example").read_text()
    shown = dict(re.findall(r"^#(KILAT_[A-Z_]+)=(.+)$", text, re.MULTILINE))
    assert shown.pop("KILAT_DATABASE_URL") == f"sqlite:///{shown['KILAT_STATE_DIR']}/kilat.db"
    assert (shown.pop("KILAT_DATA_DIR"), shown.pop("KILAT_STATE_DIR")) == ("data", "var")
    assert len(shown) >= 11
    assert Settings.from_environment(environ | shown) == bare


def _secret(environ: Mapping[str, str], name: str) -> str:
    """The secret that is kept in the file `name` when none is given."""
    return str(getattr(Settings.from_environment(environ), name.replace("-", "_")))


@pytest.mark.parametrize(("name", "value"), [
    ("KILAT_DESK_HOURS", "nine to five"), ("KILAT_DESK_HOLIDAYS", "2026-12-25"),
    ("KILAT_TAM_WEBHOOK", "tam@example.com"),
])
def test_the_desks_hours(environ: dict[str, str], name: str, value: str) -> None:
    """Around the clock by default; what is wrong is named at the start."""
    assert Settings.from_environment(environ).desk_hours.spans == ()
    environ[name] = value
    with pytest.raises(ConfigurationError, match=name):
        Settings.from_environment(environ)


def test_the_second_factor_is_asked_for_or_not(environ: dict[str, str]) -> None:
    """Not unless it is set; a slip is told, for it would leave the console less guarded than meant."""
    for value, required in ((None, False), ("", False), ("optional", False), ("required", True)):
        given = environ | ({} if value is None else {"KILAT_AGENTS_TOTP": value})
        assert Settings.from_environment(given).totp_required is required
    for value in ("Required", "on", "yes", "1"):
        with pytest.raises(ConfigurationError, match="KILAT_AGENTS_TOTP"):
            Settings.from_environment(environ | {"KILAT_AGENTS_TOTP": value})


def test_data_that_are_not_there(tmp_path: Path) -> None:
    """They are read before anything else: the variable is named, without a traceback."""
    done = subprocess.run([sys.executable, "-m", "bot.cli", "check"], capture_output=True, text=True, check=False,
                          env={**os.environ, "KILAT_DATA_DIR": str(tmp_path / "nowhere")}, cwd=ROOT)
    assert done.returncode == REFUSED
    assert done.stderr.startswith("kilat: KILAT_DATA_DIR: ") and len(done.stderr.splitlines()) == 1
