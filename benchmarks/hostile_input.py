"""`/healthz` beside hostile input through every public door (`make bench-doors`).

Against the whole of `kilat serve` on loopback, rate limits out of the way. Each kind of `expensive_texts.py` goes
through each door of `DOORS`, over plain sockets, so that no client mends it first. Meanwhile `/healthz` is asked every
20 ms, as it is before with nothing else going on: the first is the base that the second is compared with. Exit status 1
when an answer is a server error, or when the slowest percent of `/healthz` is over the target of `docs/performance.md`.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import tempfile
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from benchmarks.expensive_texts import KINDS
from benchmarks.flooding_visitors import served

TARGET_SECONDS = 0.05
LONGEST = 2000
# Between two questions for `/healthz`, and for how long it is asked before the flood.
PAUSE_SECONDS, BASE_SECONDS = 0.02, 5.0
PATIENCE_SECONDS = 30.0
SIDE_BY_SIDE = 4

Headers = dict[str, str]
Door = Callable[[str, Headers], bytes]


def main() -> int:
    """Measure, print, write JSON when asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as (port, _):
        figures = asyncio.run(measure(port))
    print(json.dumps(figures, indent=2))
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n")
    return int(figures["server_errors"] > 0 or figures["healthz_beside_ms"]["p99"] > TARGET_SECONDS * 1000)


def _request(line: str, headers: Mapping[str, str | bytes], body: bytes = b"") -> bytes:
    """As it goes over the wire. A header that is bytes may hold anything but an end of line."""
    known = {"Connection": "close", **headers, **({"Content-Length": str(len(body))} if body else {})}
    lines = [line.encode() + b" HTTP/1.1"]
    for name, value in known.items():
        lines.append(name.encode() + b": " + (value.encode() if isinstance(value, str) else value))
    return b"\r\n".join([*lines, b"", body])


def _raw(text: str) -> bytes:
    return text.encode().replace(b"\r", b"").replace(b"\n", b"")


def _frame(headers: Headers, **frame: object) -> bytes:
    return _request("POST /v1/frames", {**headers, "Content-Type": "application/json"}, json.dumps(frame).encode())


def _hello(headers: Headers, **more: object) -> bytes:
    headers = {name: value for name, value in headers.items() if name != "Authorization"}
    return _frame(headers, type="hello", protocol=1, lang="id", **more)


def _token(text: str) -> str:
    """A token that nobody signed; what it holds is hostile."""
    part = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "crit": [text]}).encode()).decode().rstrip("=")
    return f"{part}.{part}.x"


def _upload(text: str, headers: Headers) -> bytes:
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="' + _raw(text).replace(b'"', b"'") + b'"\r\n'
    body = part + b"Content-Type: image/png\r\n\r\n\x89PNG\r\n\x1a\n\r\n--x--\r\n"
    return _request("POST /v1/files", {**headers, "Content-Type": "multipart/form-data; boundary=x"}, body)


def _sign_in(text: str, headers: Headers) -> bytes:
    return _request("POST /agent/login", {
        **headers, "Origin": f"http://{headers['Host']}", "Content-Type": "application/x-www-form-urlencoded",
    }, f"login={quote(text)}&password={quote(text)}".encode())


DOORS: dict[str, Door] = {
    "message": lambda text, headers: _frame(headers, type="say", client_id=str(uuid.uuid4()), text=text),
    "ticket": lambda text, headers: _frame(headers, type="ticket", client_id=str(uuid.uuid4()), values={
        "subject": text, "description": text, "email": text, "priority": text}),
    "page": lambda text, headers: _hello(headers, page={"url": f"https://example.com/{text}", "title": text}),
    "token": lambda text, headers: _hello(headers, identity_token=_token(text)),
    "not JSON": lambda text, headers: _request(
        "POST /v1/frames", {**headers, "Content-Type": "application/json"}, text.encode()),
    "path": lambda text, headers: _request("GET /v1/files/" + quote(text, safe="")[:LONGEST], headers),
    "query": lambda text, headers: _request("GET /v1/events?after=" + quote(text, safe="")[:LONGEST], headers),
    "cookie": lambda text, headers: _request("GET /agent", {**headers, "Cookie": b"kilat_agent=" + _raw(text)}),
    "key": lambda text, headers: _request("GET /v1/unread", {**headers, "Authorization": b"Bearer " + _raw(text)}),
    "origin": lambda text, headers: _request("GET /v1/unread", {**headers, "Origin": _raw(text)}),
    "language": lambda text, headers: _request("GET /agent/login", {**headers, "Accept-Language": _raw(text)}),
    "sign-in": _sign_in,
    "file": _upload,
}


async def measure(port: int) -> dict[str, Any]:
    """What `/healthz` took alone and beside the flood, in ms; the answers by door and status."""
    alone = await _probe(port, asyncio.ensure_future(asyncio.sleep(BASE_SECONDS)))
    answers: Counter[str] = Counter()
    todo = deque((door, make(LONGEST)) for make in KINDS.values() for door in DOORS)
    inputs = len(todo)

    async def send(number: int) -> None:
        turns = 0
        while todo:
            door, text = todo.popleft()
            # A new conversation from a new address each time that all doors were tried: no limit ends the flood.
            if turns % len(DOORS) == 0:
                headers = await _enter(port, f"198.18.{number}.{turns // len(DOORS) % 250}")
            status, _ = await _answer(port, DOORS[door](text, headers))
            answers[f"{door} {status}"] += 1
            turns += 1

    flood = asyncio.gather(*(send(number) for number in range(SIDE_BY_SIDE)))
    beside = await _probe(port, flood)
    await flood
    return {
        "inputs": inputs, "server_errors": sum(n for name, n in answers.items() if name.split()[-1].startswith("5")),
        "healthz_alone_ms": _summary(alone), "healthz_beside_ms": _summary(beside),
        "answers": dict(sorted(answers.items())),
    }


async def _enter(port: int, address: str) -> Headers:
    """A conversation of its own; the headers that open it."""
    headers = {"Host": f"127.0.0.1:{port}", "X-Forwarded-For": address}
    status, body = await _answer(port, _hello(headers))
    assert status == 200, body
    return {**headers, "Authorization": f"Bearer {json.loads(body)['frames'][0]['key']}"}


async def _probe(port: int, until: asyncio.Future[Any]) -> list[float]:
    """Seconds that each `/healthz` took, until that is done."""
    took = []
    while not until.done():
        started = time.perf_counter()
        status, _ = await _answer(port, _request("GET /healthz", {"Host": f"127.0.0.1:{port}"}))
        took.append(time.perf_counter() - started)
        assert status == 200, "the gateway is alive"
        await asyncio.sleep(PAUSE_SECONDS)
    return took


async def _answer(port: int, request: bytes) -> tuple[int, bytes]:
    """Status and body; the status is 0 when the connection was closed without an answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        whole = await asyncio.wait_for(reader.read(), PATIENCE_SECONDS)
    except ConnectionError:
        whole = b""
    finally:
        writer.close()
    head, _, body = whole.partition(b"\r\n\r\n")
    return int(head.split()[1]) if head else 0, body


def _summary(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(second * 1000 for second in seconds)
    return {"asked": len(ordered), "p50": round(ordered[len(ordered) // 2], 1),
            "p99": round(ordered[int(len(ordered) * 0.99)], 1), "max": round(ordered[-1], 1)}


if __name__ == "__main__":
    raise SystemExit(main())
