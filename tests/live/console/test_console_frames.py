"""The golden frames of `tests/wire/console-*.json`: the console's are taken, the gateway's look like what it sends."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.live.console.frames import LONGEST_REQUEST, TIERS, check, parse
from bot.live.frames import LARGEST_FRAME, FrameError
from bot.settings import ROOT

WIRE = ROOT / "tests" / "wire"
LONGEST = 2000


def golden(name: str) -> list[Any]:
    """The examples of a file."""
    return json.loads((WIRE / f"console-{name}.json").read_text())  # type: ignore[no-any-return]


@pytest.mark.parametrize("example", golden("client"), ids=lambda e: e["about"])
def test_a_good_frame(example: dict[str, Any]) -> None:
    """Taken, with every field that the console sent."""
    asked = parse(json.dumps(example["frame"]), LONGEST)
    frame = example["frame"]
    assert (asked.type, asked.request) == (frame["type"], frame["request"])
    values = dict(asked.values)
    if seen := values.pop("after", None):
        values |= {"after": seen.seq, "after_at": seen.at}
    told = {name: value for name, value in values.items() if name in frame}
    assert {name: frame[name] for name in told} == told
    assert set(frame) - set(told) - {"type", "request", "protocol"} <= {"tier", "agent"}


@pytest.mark.parametrize("example", golden("client-wrong"), ids=lambda e: e["about"])
def test_a_wrong_frame(example: dict[str, Any]) -> None:
    """Refused by its code, under the name that the console gave it."""
    with pytest.raises(FrameError) as refusal:
        parse(json.dumps(example["frame"]), LONGEST)
    frame = refusal.value.frame()
    request = example["frame"].get("request") if isinstance(example["frame"], dict) else None
    known = isinstance(request, str) and len(request) <= LONGEST_REQUEST and "type" in example["frame"]
    assert (frame["type"], frame["code"], frame["request"]) == ("error", example["code"], request if known else None)


@pytest.mark.parametrize("raw", ["", "{", "nonsense", '"text"', "[" * 5000, "{" + " " * LARGEST_FRAME, b"\xff\xfe"])
def test_what_is_no_frame(raw: str | bytes) -> None:
    """Refused, whatever it is."""
    with pytest.raises(FrameError) as refusal:
        parse(raw, LONGEST)
    assert refusal.value.frame()["request"] is None


def test_where_a_transfer_goes() -> None:
    """To a tier, to a colleague, or back."""
    ways = [{"tier": tier} for tier in TIERS] + [{"agent": "a_1"}, {}]
    taken = [check({"type": "transfer", "request": "1", "conversation": "c_1", **way}, LONGEST) for way in ways]
    assert [(asked.values["to"].tier, asked.values["to"].agent) for asked in taken] == [
        (1, None), (2, None), (None, "a_1"), (None, None)]


def shape(value: Any) -> Any:
    """The fields of a frame, all the way down; of a list, those of its first."""
    if isinstance(value, dict):
        return {name: dict.fromkeys(inner) if name == "labels" else shape(inner) for name, inner in value.items()}
    return [shape(value[0])] if isinstance(value, list) and value else None


def test_what_the_gateway_sends(console: Any, visitor: Any, token: Any) -> None:
    """Every frame that came of a case's way has the fields of its golden example."""
    known: dict[str, list[Any]] = {}
    for example in golden("server"):
        known.setdefault(example["frame"]["type"], []).append(example["frame"])
    tono, budi, sari = console("Tono"), console("Budi"), visitor("user-1")
    budi.until_rows(1)
    conversation_id = budi.take_next()
    budi.do("note", conversation=conversation_id, client_id="1b0f6c3e-3c58-4f3c-8d36-7a2b8f1e9d02", text="cek")
    budi.do("say", conversation=conversation_id, text="Halo")
    sari.say("Halo juga")
    sari.send("typing")
    budi.until("typing")
    budi.do("close", conversation=conversation_id, reason="solved")
    budi.shown("case", status="closed")
    visitor("user-1")
    budi.take_next()
    seen = [*budi.seen, *tono.seen]
    assert {frame["type"] for frame in seen} == set(known) - {"error", "pong", "gone"}
    for type_ in ("welcome", "opened", "queue", "mine", "team", "note", "case", "state", "typing", "alert"):
        shapes: list[Any] = [shape(frame) for frame in known[type_]]
        for frame in (frame for frame in seen if frame["type"] == type_):
            assert any(fits(shape(frame), example) for example in shapes), frame


def fits(sent: Any, example: Any) -> bool:
    """The same fields; lists and objects may be empty, or `null`."""
    if sent in (None, {}) or example in (None, {}):
        return True
    if isinstance(sent, list):
        return fits(sent[0], example[0])
    vary = {"client_id", "lang", "text", "name", "values", "reason", "title", "buttons", "card", "event"}
    both = set(sent) & set(example)
    return set(sent) ^ set(example) <= vary and all(fits(sent[name], example[name]) for name in both)
