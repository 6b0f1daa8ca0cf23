"""The golden frames of `tests/wire` are what the gateway takes and makes; wrong ones are refused by name."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import pytest

from bot.adapters.wording_reader import read_wording
from bot.core.conversation import Author, Entry, Kind
from bot.live.frames import LARGEST_FRAME, FrameError, Limits, check, entry_json, parse
from bot.settings import ROOT

WIRE = ROOT / "tests" / "wire"
LIMITS = Limits(2000, frozenset(read_wording(ROOT / "data").topics))


def golden(prefix: str) -> list[Any]:
    """Every example of the files that begin with `prefix`."""
    return [
        pytest.param(example, id=f"{path.stem}: {example['about']}")
        for path in sorted(WIRE.glob(f"{prefix}*.json"))
        if path.stem != "client-wrong"
        for example in json.loads(path.read_text())]


@pytest.mark.parametrize("example", golden("client-"))
def test_a_good_frame(example: dict[str, Any]) -> None:
    """Taken, with every field that the client sent."""
    request = check(example["frame"], LIMITS)
    assert request.type == example["frame"]["type"]
    if "text" in example["frame"]:
        assert request.values["payload"] == example["frame"].get("payload", example["frame"]["text"])


@pytest.mark.parametrize("example", json.loads((WIRE / "client-wrong.json").read_text()), ids=lambda e: e["about"])
def test_a_wrong_frame(example: dict[str, Any]) -> None:
    """Refused by its code; the client's id comes back where there is one."""
    with pytest.raises(FrameError) as refusal:
        parse(json.dumps(example["frame"]), LIMITS)
    assert refusal.value.code == example["code"]
    assert refusal.value.frame()["type"] == "error"


@pytest.mark.parametrize("raw", ["", "{", "nonsense", '"text"', "[" * 5000, "{" + " " * LARGEST_FRAME, b"\xff\xfe"])
def test_what_is_no_frame(raw: str | bytes) -> None:
    """Refused, whatever it is."""
    with pytest.raises(FrameError, match="frame"):
        parse(raw, LIMITS)


@pytest.mark.parametrize("example", golden("gateway-entry"))
def test_an_entry(example: dict[str, Any]) -> None:
    """What the log holds becomes the golden entry; what is for the gateway alone stays behind."""
    wanted = example["frame"]["entry"]
    body = {name: value for name, value in wanted.items() if name not in ("seq", "at", "author", "kind", "client_id")}
    secret = {"verified": True, "problem": "expired", "payload": "/x", "values": {"email": "a@b.c"}}
    at = datetime(2026, 11, 22, 20, 31, 5, 123000, timezone.utc)
    client_id = wanted.get("client_id")
    entry = Entry(wanted["seq"], at, Author(wanted["author"]), Kind(wanted["kind"]), body | secret, client_id)
    assert entry_json(entry) == wanted


def test_a_slash_is_only_a_buttons() -> None:
    """What is typed can't command Rasa; the words stay."""
    client_id = "6f1c2a52-8a3f-4d0e-9a55-0d5a4d6f7c01"
    typed = check({"type": "say", "client_id": client_id, "text": "/restart"}, LIMITS)
    assert typed.values["payload"] == "restart" and typed.values["text"] == "/restart"
