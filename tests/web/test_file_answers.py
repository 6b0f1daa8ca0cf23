"""A file sent to the bot gets one line and ways on; with a person it is the person's."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from starlette.testclient import TestClient
from web_client import Client, FakeBot

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(40)


def send(http: TestClient, client: Client, name: str = "layar.png") -> int:
    """Send a file; its number in the log."""
    headers = {"Authorization": f"Bearer {client.key}", "X-File-Name": quote(name)}
    answer = http.post(f"/v1/files?client_id={uuid4()}", content=PNG, headers=headers)
    return int(answer.json()["frames"][0]["seq"])


def log_of(client: Client) -> list[dict[str, Any]]:
    """The whole log."""
    client.send("history", before=1000)
    return list(client.until("history")["entries"])


def bot_words(client: Client) -> list[str]:
    """What the bot said after its greeting."""
    return [entry["text"] for entry in log_of(client) if entry["author"] == "bot"][1:]


@pytest.mark.parametrize("is_up", [True, False])
def test_a_screenshot(http: TestClient, client: Client, fake_bot: FakeBot, is_up: bool) -> None:
    """Answered by the house, whether Rasa is there or not; an anonymous visitor is offered the ticket."""
    fake_bot.up = is_up
    send(http, client)
    entry = client.until("entry", author="bot")
    assert "File Anda sudah masuk" in entry["text"]
    assert [button["payload"] for button in entry["buttons"]] == ["/create_ticket"]
    assert fake_bot.asked == []


def test_a_burst_gets_one_answer(http: TestClient, client: Client) -> None:
    """Files right after each other; one that comes after a word of the visitor is answered anew."""
    for name in ("satu.png", "dua.png", "tiga.png"):
        send(http, client, name)
    client.ask("sudah diterima?")
    said = bot_words(client)
    assert [text for text in said if "File Anda" in text] == said[:1]
    send(http, client, "empat.png")
    client.until("entry", author="bot")
    assert sum("File Anda" in text for text in bot_words(client)) == 2


def test_what_is_entitled(http: TestClient, connect: Any, token: Any, fake_bot: FakeBot) -> None:
    """Who may have an agent is offered one; in the queue the agent will see it; the bot is told of the files."""
    client = connect()
    client.hello(identity_token=token("premier:admin:business"))
    send(http, client)
    entry = client.until("entry", author="bot")
    assert [button["payload"] for button in entry["buttons"]] == ["/talk_to_human", "/create_ticket"]
    client.ask("ini errornya")
    assert fake_bot.turns[-1].state["files"] == 1
    client.send("say", text="Bicara", payload="/talk_to_human")
    client.until("state", status="queued")
    send(http, client, "lagi.png")
    assert "agen bisa melihatnya" in client.until("entry", author="bot")["text"]
    client.send("say", text="Tiket", payload="/create_ticket")
    lead = client.until("entry", author="bot")
    assert "ikut tercatat di tiketnya" in lead["text"]
