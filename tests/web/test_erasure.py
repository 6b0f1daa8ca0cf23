"""A person's data is erased and exported while the gateway runs: from a shell, by the visitor, by its age."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import sys
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from waiting import wait_until
from web_client import SECRETS, Client, FakeBot, Plain

from bot.bootstrap import open_personal
from bot.cli import main
from bot.core.errors import StoreUnavailable
from bot.core.feedback import Understanding
from bot.core.retention import RetentionPeriods
from bot.live.gateway import Gateway
from bot.ports import BotReply, BotTurn
from bot.ports.audit import Action, AuditQuery
from bot.settings import Settings

MARK = "Zwartkopje"
PNG = b"\x89PNG\r\n\x1a\n" + MARK.encode()
FORM = {"subject": MARK, "description": f"{MARK} rusak", "email": f"{MARK}@example.com", "priority": "p3"}


class Terminal(io.StringIO):
    """Somebody types."""

    def isatty(self) -> bool:
        """Yes, they do."""
        return True


class UnsureBot(FakeBot):
    """Is sure of nothing."""

    async def reply(self, turn: BotTurn) -> BotReply:
        """See `Bot`."""
        said = await super().reply(turn)
        return BotReply(said.bubbles, said.state, Understanding("nlu_fallback", (), 0.0, (), "m-1"))


@pytest.fixture
def fake_bot() -> FakeBot:
    """The bot behind the gateway."""
    return UnsureBot()


@pytest.fixture(autouse=True)
def rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes round goes fast."""
    monkeypatch.setattr("bot.workers.erasure_feed.ROUND_SECONDS", 0.02)
    monkeypatch.setattr("bot.workers.retention.ROUND_SECONDS", 0.05)


@pytest.fixture
def kilat(http: TestClient, web_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
          capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command beside the running gateway, as another process would; what it prints, and how it ends."""
    monkeypatch.setenv("KILAT_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("KILAT_DATABASE_URL", web_settings.database_url)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, typed: str | None = None) -> str:
        monkeypatch.setattr(sys, "argv", ["kilat", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO("") if typed is None else Terminal(typed))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        return f"{capsys.readouterr().out}{ended.value.code or ''}".strip()

    return run


def lived(visitor: Client, gateway: Gateway, **hello: Any) -> str:
    """Says, sends and fills in everything with the mark, in a conversation of its own; its id."""
    page = {"url": f"https://example.com/{MARK}", "title": MARK}
    conversation_id = str(visitor.hello(page=page, **hello)["conversation"])
    visitor.ask(f"nama saya {MARK}, nomor jepang?")
    visitor.until("ack", client_id=visitor.send("ticket", values=FORM))
    visitor.until("entry", author="bot", kind="text")
    visitor.until("ack", client_id=visitor.send("rate", score=2, solved=False, comment=MARK))
    assert gateway.conversations.get(conversation_id) is not None
    return conversation_id


def upload(http: TestClient, key: str, name: str = f"{MARK}.png") -> None:
    """A file that bears the mark in its name and in itself."""
    answer = http.post(f"/v1/files?client_id={uuid.uuid4()}", content=PNG,
                       headers={"Authorization": f"Bearer {key}", "X-File-Name": name})
    assert answer.status_code == 200, answer.text


def everywhere(folder: Path) -> list[str]:
    """Where on the disk the mark stands: in a name, or in any byte of any file, in capitals or not."""
    found = []
    for path in folder.rglob("*"):
        if MARK in path.name or (path.is_file() and MARK.lower().encode() in path.read_bytes().lower()):
            found.append(str(path.relative_to(folder)))
    return found


def in_tables(settings: Settings) -> str:
    """The whole database, as SQL."""
    with sqlite3.connect(settings.database_url.removeprefix("sqlite:///")) as connection:
        return "\n".join(connection.iterdump())


@pytest.fixture
def learned(tmp_path: Path) -> Callable[[str], Path]:
    """Makes a run of `kilat learn` of a conversation's messages."""

    def make(conversation_id: str) -> Path:
        folder = tmp_path / "learn" / "2026-11-29-200000"
        folder.mkdir(parents=True)
        groups = {"groups": {"1": {"keys": [[conversation_id, 2]], "picked": [MARK]}}, "understood": []}
        (folder / "groups.json").write_text(json.dumps(groups))
        (folder / "report.md").write_text(MARK)
        return folder

    return make


def test_forget_everything(http: TestClient, connect: Any, gateway: Gateway, kilat: Any, tmp_path: Path, token: Any,
                           web_settings: Settings, learned: Callable[[str], Path]) -> None:
    """Of a signed-in customer, who is there just now: in no table, no file, no free page and no log of the database is
    a word left; another's conversation stays, the figures and a record of the erasure do, too."""
    visitor, other = connect(), connect()
    conversation_id = lived(visitor, gateway, identity_token=token("premier:admin:business", MARK))
    upload(http, visitor.key)
    run = learned(conversation_id)
    other.hello()
    other.ask("halo")
    assert len(everywhere(tmp_path)) >= 3

    told = kilat("forget", MARK, "--dry-run")
    assert conversation_id in told and "1 file" in told and "ticket KLT-000001" in told
    assert gateway.conversations.get(conversation_id) is not None

    told = kilat("forget", MARK)
    assert "Erased: " in told and MARK not in told
    visitor.until("error", code="unknown_key")
    assert in_tables(web_settings).count(MARK) == 0
    assert everywhere(tmp_path) == [] and not run.exists() and not (tmp_path / "files" / conversation_id).exists()
    assert other.ask("masih?")["text"] == "heard: masih?"
    [entry] = open_personal(web_settings)[2].read(AuditQuery(action=Action.ERASED))
    assert entry.event.details["rows"]["conversation"] == 1
    assert (entry.event.actor, entry.event.subject) == ("shell", "")
    assert kilat("forget", MARK) == "In Kilat: nothing\nkilat: nothing is kept under this name."
    # The same browser begins anew, and so does the customer.
    welcome = visitor.hello(identity_token=token("premier:admin:business", MARK))
    assert welcome["conversation"] != conversation_id and welcome["key"]


def test_export_everything(http: TestClient, connect: Any, gateway: Gateway, kilat: Any, tmp_path: Path) -> None:
    """A guest, by the key: all that they said, as rows and as text, and their files. It holds no key."""
    visitor = connect()
    conversation_id = lived(visitor, gateway)
    upload(http, visitor.key)
    told = kilat("export", visitor.key, "--output", "out.zip")
    assert told.endswith("Written to out.zip.")
    assert os.stat(tmp_path / "out.zip").st_mode & 0o777 == 0o600
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        names = archive.namelist()
        data = json.loads(archive.read("data.json"))
        transcript = archive.read(f"conversations/{conversation_id}/transcript.txt").decode()
        [file] = [name for name in names if f"conversations/{conversation_id}/files/" in name]
        assert archive.read(file) == PNG and file.endswith(f"{MARK}.png")
    assert [row["id"] for row in data["conversation"]] == [conversation_id]
    assert [row["description"] for row in data["ticket"]] == [FORM["description"]]
    assert [row["text"] for row in data["understanding"]] and data["conversation"][0]["context"]["title"] == MARK
    assert f"nama saya {MARK}, nomor jepang?" in transcript and FORM["email"] in transcript
    assert not any(secret and secret in json.dumps(data) for secret in SECRETS)
    assert "can't be written" in kilat("export", visitor.key, "--output", "out.zip")
    assert "nothing is kept" in kilat("export", "nobody")


@pytest.mark.parametrize(("typed", "erased"), [("yes\n", True), ("y\n", False), ("\n", False), ("", False)])
def test_it_asks_first(connect: Any, gateway: Gateway, kilat: Any, typed: str, erased: bool) -> None:
    """At a terminal."""
    visitor = connect()
    conversation_id = lived(visitor, gateway)
    told = kilat("forget", conversation_id, typed=typed)
    assert ("Nothing was erased" in told) is not erased
    assert (gateway.conversations.get(conversation_id) is None) is erased


def test_a_visitor_deletes(http: TestClient, connect: Any, gateway: Gateway, tmp_path: Path,
                           web_settings: Settings) -> None:
    """All of it but the ticket that was sent; their other tab hears of it, the key opens nothing, they begin anew."""
    visitor, tab = connect(), connect()
    conversation_id = lived(visitor, gateway)
    upload(http, visitor.key)
    tab.key = visitor.key
    tab.hello()
    headers = {"Authorization": f"Bearer {visitor.key}"}
    assert http.delete("/v1/conversation", headers=headers).status_code == 204
    visitor.until("error", code="unknown_key")
    tab.until("error", code="unknown_key")
    assert not (tmp_path / "files" / conversation_id).exists()
    tables = in_tables(web_settings)
    assert conversation_id in tables.split("INSERT INTO \"erasure\"")[1].split("\n")[0]
    left = [line for line in tables.splitlines() if MARK in line]
    assert len(left) == 1 and left[0].startswith('INSERT INTO "ticket"')
    for method, path in (("get", "/v1/transcript"), ("delete", "/v1/conversation"), ("get", "/v1/unread")):
        assert http.request(method, path, headers=headers).status_code == 401
    tab.send("say", text="masih ada?")
    assert tab.until("error")["code"] == "no_session"
    assert tab.hello()["conversation"] != conversation_id


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer kb_wrong"}], ids=["none", "wrong"])
def test_only_who_has_the_key(http: TestClient, client: Client, headers: dict[str, str]) -> None:
    """Deletes it; and a key alone, before a hello, is not enough for what a customer has signed in to."""
    assert http.delete("/v1/conversation", headers=headers).status_code == 401
    assert client.ask("halo")["text"] == "heard: halo"


def test_deleting_is_limited(http: TestClient, connect: Any, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """As whatever else changes a conversation."""
    visitor = connect()
    visitor.hello()
    monkeypatch.setattr(gateway.rates, "write", lambda conversation_id, address: 7.0)
    answer = http.delete("/v1/conversation", headers={"Authorization": f"Bearer {visitor.key}"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


def test_over_plain_http(http: TestClient, gateway: Gateway) -> None:
    """Whoever asks for news is told that the key opens nothing; whoever says something, too."""
    visitor = Plain(http)
    welcome = visitor.hello()
    gateway.eraser.erase([welcome["conversation"]], (), "forget", "shell")
    assert [frame["code"] for frame in visitor.events(after=1)] in (["unknown_key"], ["no_session"])
    assert visitor.send("say", text="halo")[0]["code"] in ("unknown_key", "no_session")


def test_while_the_bot_thinks(http: TestClient, connect: Any, gateway: Gateway, fake_bot: FakeBot,
                              web_settings: Settings, log: io.StringIO) -> None:
    """Its answer comes too late, and brings nothing back; what was written with it is nowhere."""
    visitor = connect()
    visitor.hello()
    while visitor.seen[-1].get("state", visitor.seen[-1]).get("bot") != "up":
        visitor.until("state")
    fake_bot.slow = True
    visitor.until("ack", client_id=visitor.send("say", text=MARK))
    wait_until(lambda: fake_bot.asked)
    assert http.delete("/v1/conversation", headers={"Authorization": f"Bearer {visitor.key}"}).status_code == 204
    fake_bot.slow = False
    wait_until(lambda: not gateway.dispatcher._answering)
    assert MARK not in in_tables(web_settings) and "Traceback" not in log.getvalue()
    assert visitor.hello()["conversation"]


def test_a_crash_before_the_files(connect: Any, http: TestClient, gateway: Gateway, tmp_path: Path,
                                  monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows are gone, the files go at the next round, and so does a file that was on its way just then."""
    visitor = connect()
    conversation_id = lived(visitor, gateway)
    upload(http, visitor.key)

    def dies(_conversation_id: str) -> int:
        raise StoreUnavailable("the machine stopped")

    with monkeypatch.context() as patched:
        patched.setattr(gateway.eraser.files, "erase", dies)
        with pytest.raises(StoreUnavailable):
            gateway.eraser.erase([conversation_id], (), "forget", "shell")
    wait_until(lambda: not (tmp_path / "files" / conversation_id).exists())
    (tmp_path / "files" / conversation_id).mkdir()
    (tmp_path / "files" / conversation_id / "f_0123456789abcdef").write_bytes(PNG)
    wait_until(lambda: not (tmp_path / "files" / conversation_id).exists())


def test_by_age(connect: Any, gateway: Gateway, web_settings: Settings) -> None:
    """See `test_retention`; here, that the gateway goes round by itself."""
    visitor = connect()
    conversation_id = lived(visitor, gateway)
    visitor.until("ack", client_id=visitor.send("end"))
    wait_until(lambda: gateway.conversations.get(conversation_id) is None)
    visitor.until("error", code="unknown_key")


test_by_age.keep = RetentionPeriods(conversations=0)  # type: ignore[attr-defined]


@pytest.fixture
def web_settings(settings: Settings, tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    """Room for many messages; the test says what is kept."""
    keep = getattr(request.function, "keep", settings.keep)
    return replace(settings, database_url=f"sqlite:///{tmp_path / 'web.db'}", messages_per_minute=100_000, keep=keep)
