"""Names are known, and secrets may stand in files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.adapters.desks.registry import agent_desk
from bot.core.errors import ConfigurationError
from bot.settings import Settings
from bot.settings.environment import EXAMPLE, for_private, may_stand_in_a_file, read_environment

STRONG = "0123456789abcdef" * 3
ALL = re.findall(r"^#(KILAT_[A-Z_]+)=", EXAMPLE.read_text(), re.MULTILINE)


@pytest.mark.parametrize(("wrong", "right"), [
    ("KILAT_GATEWAY_PROT", "KILAT_GATEWAY_PORT"), ("KILAT_GATWAY_PORT", "KILAT_GATEWAY_PORT"),
    ("KILAT_IDENTITY_SECERT", "KILAT_IDENTITY_SECRET"), ("KILAT_IDENTIY_SECRET", "KILAT_IDENTITY_SECRET"),
    ("KILAT_ALLOWED_ORIGIN", "KILAT_ALLOWED_ORIGINS"), ("kilat_demo", "KILAT_DEMO"), ("Kilat_Demo", "KILAT_DEMO"),
    ("KILAT_DATABASEURL", "KILAT_DATABASE_URL"), ("KILAT_STATEDIR", "KILAT_STATE_DIR"),
    ("KILAT_MATRIX_TOKENS", "KILAT_MATRIX_TOKEN"), ("KILAT_DEMO_", "KILAT_DEMO"),
    ("KILAT_INTERNAL_SECRET_FLIE", "KILAT_INTERNAL_SECRET_FILE"),
    ("KILAT_TICKETS_POLL_SECONDS", "KILAT_TICKET_POLL_SECONDS"), ("KILAT_RASA_PORT ", "KILAT_RASA_PORT"),
    (" KILAT_DEMO", "KILAT_DEMO"), ("KILAT-DEMO", "KILAT_DEMO"), ("kilat.demo", "KILAT_DEMO"),
    ("KILAT DEMO", "KILAT_DEMO"), ("KLIAT_DEMO", "KILAT_DEMO"), ("KILLAT_DEMO", "KILAT_DEMO"),
    ("KIAT_KEEP_DAYS", "KILAT_KEEP_DAYS"), ("KLIAT_IDENTITY_SECRET_FILE", "KILAT_IDENTITY_SECRET_FILE")])
@pytest.mark.parametrize("value", ["", "1"])
def test_a_misspelt_name(wrong: str, right: str, value: str) -> None:
    """It is named, with the nearest one that there is."""
    with pytest.raises(ConfigurationError, match=f"{wrong} is no setting.*Did you mean ({right})\\?") as refusal:
        Settings.from_environment({wrong: value})
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", ["KILAT_", "KILAT_X", "KILAT_PASSWORD_OF_THE_MOON", "KILAT_FILE"])
def test_a_name_like_no_other(name: str) -> None:
    """Refused without a guess at what was meant, or with one; in any case with where to look."""
    with pytest.raises(ConfigurationError, match=rf"{name} is no setting.*\.env\.example"):
        read_environment({name: "1"})


@pytest.mark.parametrize(("old", "new"), [
    ("KILAT_MISSES_DAYS", "KILAT_KEEP_DAYS=feedback=7"), ("KILAT_AWAY_SECONDS", "KILAT_ABSENT_SECONDS=7"),
    ("KILAT_RASA_TOKEN", "KILAT_REST_TOKEN")])
def test_a_name_of_before(old: str, new: str) -> None:
    """What to write instead, for it was no slip."""
    with pytest.raises(ConfigurationError, match=f"{old} is no setting any more. Write {new} instead"):
        read_environment({old: "7"})


def test_names_of_others() -> None:
    """What a platform, or somebody else, sets is not ours to judge."""
    others = {
        "KILAT_SERVICE_HOST": "10.0.0.1", "KILAT_SERVICE_PORT": "8080", "KILAT_SERVICE_PORT_HTTP": "8080",
        "KILAT_PORT": "tcp://10.0.0.1:8080", "KILAT_PORT_8080_TCP": "tcp://10.0.0.1:8080",
        "KILAT_PORT_8080_TCP_ADDR": "10.0.0.1", "KILAT_PORT_8080_TCP_PROTO": "tcp", "KILAT_PORT_8080_TCP_PORT": "8080",
        "KILAT_BOT_SERVICE_HOST": "10.0.0.2", "KILAT_BOT_PORT": "tcp://10.0.0.2:5005", "KILAT_KILLS": "200",
        "PATH": "/bin", "KILATAN": "1", "MY_KILAT_DEMO": "off", "KILAT": "1", "DEMO": "off", "RASA_PORT": "1",
        "PILOT_DEMO": "off", "MATRIX_TOKEN": "x", "MY_KILAT_INTERNAL_SECRET": "x", "KLIAT_COFFEE": "1"}
    assert read_environment(others) == {}
    with pytest.raises(ConfigurationError, match="KILAT_PORT is no setting"):
        read_environment({"KILAT_PORT": "8080"})


def test_every_setting_is_known() -> None:
    """With any value; what may stand in a file is what nobody should see."""
    assert read_environment(dict.fromkeys(ALL, "x")) == dict.fromkeys(ALL, "x")
    secrets = {name for name in ALL if may_stand_in_a_file(name)}
    assert secrets >= {"KILAT_IDENTITY_SECRET", "KILAT_INTERNAL_SECRET", "KILAT_REST_TOKEN", "KILAT_DATABASE_URL",
                       "KILAT_OIDC_CLIENT_SECRET", "KILAT_SMTP_URL", "KILAT_RT_PASSWORD", "KILAT_TAM_WEBHOOK",
                       "KILAT_MATRIX_TOKEN", "KILAT_CHATWOOT_INBOX_TOKEN", "KILAT_ZENDESK_KEY"}
    assert not secrets & {"KILAT_GATEWAY_PORT", "KILAT_DATA_DIR", "KILAT_COMMUNITY_URL", "KILAT_DEMO"}


@pytest.mark.parametrize("name", [name for name in ALL if may_stand_in_a_file(name)])
def test_a_secret_in_a_file(tmp_path: Path, name: str) -> None:
    """Without the line break that editors put at the end; not beside one in the environment."""
    path = tmp_path / "secret"
    path.write_text(f"{STRONG}\n")
    assert read_environment({f"{name}_FILE": str(path)}) == {name: STRONG}
    assert read_environment({f"{name}_FILE": str(path), name: ""}) == {name: STRONG}
    assert read_environment({f"{name}_FILE": "", name: STRONG}) == {name: STRONG}
    with pytest.raises(ConfigurationError, match=f"{name} and {name}_FILE are both set"):
        read_environment({f"{name}_FILE": str(path), name: STRONG})


@pytest.mark.parametrize(("content", "reason"), [(None, "No such file"), (b"", "empty"), (b" \n", "empty"),
                                                 (b"\xff\xfe", "no text"), (b"\xef\xbb\xbf\n", "empty"),
                                                 (b"one\ntwo\n", "more than one line"),
                                                 (b"one\r\n\r\ntwo", "more than one line")])
def test_a_file_that_holds_none(tmp_path: Path, content: bytes | None, reason: str) -> None:
    """A deployment that forgot its secret must not run with a random one."""
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    for wrong in (path, tmp_path / "nowhere" / "secret") if content is None else (path,):
        with pytest.raises(ConfigurationError, match=f"KILAT_INTERNAL_SECRET_FILE.*{reason}"):
            read_environment({"KILAT_INTERNAL_SECRET_FILE": str(wrong)})
    with pytest.raises(ConfigurationError, match=r"KILAT_INTERNAL_SECRET_FILE.*directory"):
        read_environment({"KILAT_INTERNAL_SECRET_FILE": str(tmp_path)})


def test_a_file_of_a_careless_editor(tmp_path: Path) -> None:
    """The mark at the beginning of a text, and the line break of another system, are none of the secret."""
    (tmp_path / "secret").write_bytes(b"\xef\xbb\xbf" + STRONG.encode() + b"\r\n")
    assert read_environment({"KILAT_MATRIX_TOKEN_FILE": str(tmp_path / "secret")}) == {"KILAT_MATRIX_TOKEN": STRONG}


@pytest.mark.parametrize("name", ["KILAT_IDENTITY_SECRET", "KILAT_INTERNAL_SECRET", "KILAT_REST_TOKEN"])
@pytest.mark.parametrize("odd", [
    f"{STRONG} ", f" {STRONG}", f"{STRONG}\n", f"{STRONG[:20]}\n{STRONG}", f"{STRONG}\t", f"{STRONG}\u00a0",
    f"ключ{STRONG}", f"{STRONG}\udcff", f"\ufeff{STRONG}", " " * 32], ids=ascii)
def test_a_secret_that_headers_change(tmp_path: Path, name: str, odd: str) -> None:
    """A header is stripped and has its own alphabet: the processes would never know each other by such a secret."""
    with pytest.raises(ConfigurationError, match=f"{name} holds what does not come through") as refusal:
        Settings.from_environment({"KILAT_STATE_DIR": str(tmp_path), name: odd})
    assert STRONG not in str(refusal.value)


@pytest.mark.parametrize("name", ["KILAT_DATABASE_URL", "KILAT_IDENTITY_SECRET", "KILAT_MATRIX_TOKEN", "KILAT_DEMO",
                                  "KILAT_KEEP_DAYS", "KILAT_PRIVACY_URL", "KILAT_STATE_DIR", "KILAT_IDENTITY_AUDIENCE"])
@pytest.mark.parametrize("left", ['"{}"', "'{}'", "{}\r", "{} ", " {}", "{}\x00", "{}\u200b"], ids=ascii)
def test_what_a_file_for_a_shell_leaves(name: str, left: str) -> None:
    """Make and `docker --env-file` take quotation marks and the line break of another system for a part of the value:
    a secret would be another one, a privacy page nowhere. A secret is not shown."""
    with pytest.raises(ConfigurationError, match=f"{name} holds what does not come through") as refusal:
        read_environment({name: left.format(STRONG)})
    assert (STRONG in str(refusal.value)) is not may_stand_in_a_file(name)
    for whole in ('"', "'", "it's", 'a"b"', "a b"):
        assert read_environment({name: whole}) == {name: whole}


def test_secrets_of_a_desk(tmp_path: Path) -> None:
    """Desks read the same environment, files included."""
    (tmp_path / "token").write_text("syt_token\n")
    desk = agent_desk(read_environment({
        "KILAT_DESK": "matrix", "KILAT_MATRIX_URL": "https://matrix.example.com", "KILAT_MATRIX_TEAM": "!a:example.com",
        "KILAT_MATRIX_TOKEN_FILE": str(tmp_path / "token")}), {}, 1)
    assert desk is not None


@pytest.mark.parametrize("name", ["KILAT_IDENTITY_SECRET", "KILAT_INTERNAL_SECRET", "KILAT_REST_TOKEN"])
@pytest.mark.parametrize("weak", [
    "x", "s3cret", "0123456789abcdef0123456789abcde", "x" * 48, "changeme" * 4, "password" * 8, "0123456789" * 4,
    "ab" * 20, "secret-" * 5 + "s", "1" * 31 + "2", "abcabcabcabcabcabcabcabcabcabcabcab"])
def test_a_secret_that_is_easily_guessed(tmp_path: Path, name: str, weak: str) -> None:
    """Refused, in a file, too, with how to make a better one; the message does not show it."""
    (tmp_path / "secret").write_text(weak)
    told = rf"{name} is (too short|easily guessed).*token_urlsafe"
    for given in ({name: weak}, {f"{name}_FILE": str(tmp_path / "secret")}):
        with pytest.raises(ConfigurationError, match=told) as refusal:
            Settings.from_environment({"KILAT_STATE_DIR": str(tmp_path), **given})
        assert len(weak) < 8 or weak not in str(refusal.value)


@pytest.mark.parametrize("strong", [
    "9f8e7d6c5b4a39281706f5e4d3c2b1a0", "31415926535897932384626433832795", "Zk3-_9fQx7LmW2vB8nRt5yUc1oPaSdGh"])
def test_a_secret_as_generators_make_them(tmp_path: Path, strong: str) -> None:
    """Hexadecimal, decimal, base64: 32 characters are enough."""
    settings = Settings.from_environment({"KILAT_STATE_DIR": str(tmp_path), "KILAT_IDENTITY_SECRET": strong})
    assert settings.identity_secret == strong


def test_what_a_private_process_is_told(tmp_path: Path) -> None:
    """Of the secrets those that it needs, whichever way they are given; and it starts with what is left."""
    secrets = [name for name in ALL if may_stand_in_a_file(name)]
    given = {each: "9f8e7d6c5b4a39281706f5e4d3c2b1a0" for name in secrets for each in (name, f"{name}_FILE")}
    told = for_private({**given, "KILAT_OIDC_ISSUER": "https://id.example.com", "PATH": "/bin"}, "KILAT_REST_TOKEN")
    needed = ("KILAT_DATABASE_URL", "KILAT_IDENTITY_SECRET", "KILAT_INTERNAL_SECRET")
    assert set(told) == {"PATH", *needed, *(f"{name}_FILE" for name in needed)}
    without_files = {name: value for name, value in told.items() if not name.endswith("_FILE")}
    assert Settings.from_environment({**without_files, "KILAT_STATE_DIR": str(tmp_path)}).oidc_issuer is None
