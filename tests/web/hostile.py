"""What a stranger may send through a public door: texts, JSON, paths, headers, file contents."""

from __future__ import annotations

import json
from typing import Any

# Shows up unescaped in no page.
MARKUP = "<img src=x onerror=alert(7)>"

TEXTS: dict[str, str] = {
    "markup": MARKUP, "script": f"<script>alert(7)</script>{MARKUP}", "attribute": f"\" onmouseover=alert(7) x='{MARKUP}",
    "svg": f"<svg/onload=alert(7)>{MARKUP}", "entity": "&lt;img src=x&gt;&#x3c;", "comment": f"--><!--{MARKUP}",
    "template": "{{7*7}}${7*7}#{7*7}<%= 7*7 %>{% raw %}", "format": "%s%n%x{0}{0.__class__}{{", "shell": "; rm -rf / #`id`$(id)",
    "sql": "' OR 1=1; DROP TABLE entry; --", "nosql": '{"$gt": ""}', "path": "../../../../etc/passwd", "percent": "%2e%2e%2f%00",
    "unc": "\\\\evil\\share", "null": "a\x00b", "crlf": "a\r\nSet-Cookie: x=1\r\n\r\n<html>", "ansi": "\x1b[31mred\x1b]0;x\x07",
    "controls": "".join(map(chr, range(32))), "delete": "\x7f\x80\x9f", "bidi": "\u202eabc\u202c\u2066x\u2069", "zero": "a\u200b\u200d\ufeffb",
    "tags": "\U000e0041\U000e007f", "surrogate": "\ud800", "pair": "\udc00\ud800", "noncharacter": "\ufffe\uffff\U0010ffff",
    "combining": "a" + "\u0301" * 1500, "ligature": "\ufdfa" * 2000, "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 60,
    "kelvin": "wea\u212a@example.com", "dotless": "\u0131\u0130\u017f", "fullwidth": "\uff1cscript\uff1e", "rtl": "\u0645\u0631\u062d\u0628\u0627" * 90,
    "blank": " \t\u00a0\u2003\u3164", "long": "x" * 30_000, "words": "akses " * 166 + "premier " * 130, "slashes": "/" * 1990,
    "command": "/restart", "session": "/session_start{\"a\": 1}", "json": "{\"type\": \"say\"}", "link": "javascript:alert(7)",
    "ats": "a@" * 990, "digits": "0812" * 490, "dashes": "1-" * 990, "parens": "(" * 1990, "brackets": "[[" * 990, "quotes": "\"'" * 990,
    "eq": "=?utf-8?q?=0d=0aFrom:_x?=", "formula": "=cmd|' /C calc'!A1", "yaml": "!!python/object/apply:os.system ['id']",
    "xml": "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;", "prototype": "__proto__", "constructor": "constructor.prototype",
}

# Bodies that should be frames.
RAW: dict[str, bytes] = {
    "empty": b"", "space": b"   ", "null": b"null", "true": b"true", "number": b"7", "text": b'"hello"', "list": b"[]", "lists": b"[[[]]]",
    "object": b"{}", "deep list": b"[" * 30_000, "deep object": b'{"a":' * 6000, "deep closed": b"[" * 9000 + b"]" * 9000,
    "nan": b'{"type": NaN}', "infinity": b'{"type":"read","seq":Infinity}', "exponent": b'{"type":"read","seq":1e400}',
    "huge int": b'{"type":"read","seq":' + b"9" * 4000 + b"}", "longest int": b'{"type":"read","seq":' + b"9" * 30_000 + b"}",
    "negative": b'{"type":"read","seq":-1}', "float": b'{"type":"read","seq":1.5}', "zero": b'{"type":"read","seq":-0}',
    "int32": b'{"type":"read","seq":2147483648}', "int64": b'{"type":"history","before":9223372036854775807}',
    "largest": b'{"type":"history","before":2147483647}', "unhelpful largest": b'{"type":"unhelpful","seq":2147483647}',
    "twice": b'{"type":"ping","type":"hello"}', "twice more": b'{"type":"say","type":"ping","client_id":1,"client_id":2}',
    "surrogate": b'{"type":"\\ud800"}', "escaped null": b'{"type":"\\u0000"}', "bad escape": b'{"type":"\\x"}', "comment": b'{"type":"ping"}//',
    "trailing": b'{"type":"ping",}', "single quotes": b"{'type':'ping'}", "two": b'{"type":"ping"}{"type":"ping"}', "bom": b'\xef\xbb\xbf{"type":"ping"}',
    "utf-16": '{"type":"ping"}'.encode("utf-16"), "utf-32": '{"type":"ping"}'.encode("utf-32"), "latin-1": '{"type":"sayé"}'.encode("latin-1"),
    "overlong": b'{"type":"\xc0\xaf"}', "half": b'{"type":"\xe2\x82"}', "nulls": b"\x00" * 500, "binary": bytes(range(256)), "gzip": b"\x1f\x8b\x08" + b"\x00" * 99,
    "form": b"type=ping&a=b", "xml": b"<?xml version='1.0'?><a/>", "multipart": b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--x--",
    "too large": b'{"type":"ping","x":"' + b"a" * 40_000 + b'"}', "many keys": json.dumps({str(n): n for n in range(3000)}).encode(),
    "proto": b'{"type":"__proto__"}', "class": b'{"type":"__class__"}', "type list": b'{"type":["ping"]}', "type object": b'{"type":{"a":1}}',
}

# What any field may be instead of what it should be.
ODD: list[Any] = [None, True, 0, -1, 1.5, 10**30, "", "x", [], {}, [[]], {"a": {"a": 1}}, float("nan"), "\ud800", "x" * 9000, MARKUP, ["x"] * 500]

_ID = "6f1c2a52-8a3f-4d0e-9a55-0d5a4d6f7c01"
GOOD: list[dict[str, Any]] = [
    {"type": "hello", "protocol": 1, "lang": "id", "key": "kb_x", "after": 0, "after_at": "x", "identity_token": "a.b.c", "page": {}},
    {"type": "say", "client_id": _ID, "text": "x", "payload": "/affirm"},
    {"type": "ticket", "client_id": _ID, "values": {"subject": "abc", "description": "abc", "email": "a@example.com", "priority": "p2"}},
    {"type": "rate", "client_id": _ID, "score": 5, "solved": True, "comment": "x"}, {"type": "leave_queue", "client_id": _ID},
    {"type": "read", "seq": 1}, {"type": "unhelpful", "seq": 1, "on": True}, {"type": "language", "lang": "en"},
    {"type": "identify", "identity_token": "x"}, {"type": "history", "before": 5}, {"type": "page", "page": {"url": "x", "title": "x"}},
]


def odd_frames() -> list[tuple[str, str]]:
    """Each field of each frame as something else: a name, and the JSON."""
    return [(f"{frame['type']}.{name}={str(odd)[:20]!r}", json.dumps({**frame, name: odd}))
            for frame in GOOD for name in frame if name != "type" for odd in ODD]


PATHS = [
    "/", "//", "/.", "/..", "/%00", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc%2fpasswd", "/....//....//etc/passwd", "/\\..\\..\\etc",
    "/widget/../bot/settings.py", "/widget/%2e%2e/bot/settings.py", "/widget/..%2fbot%2fsettings.py", "/widget//etc/passwd", "/widget/.env",
    "/widget/locales/../../pyproject.toml", "/widget/app.js%00.png", "/widget/\u00e9.js", "/widget/" + "a" * 5000 + ".js", "/widget/CON.js",
    "/agent/static/../../../settings.py", "/agent/static/%2e%2e/%2e%2e/agent.css", "/agent/static/..%5c..%5cx", "/agent/static/%00", "/agent/static/",
    "/agent/console/../app.js", "/agent/console/%2e%2e%2fpyproject.toml", "/demo/static/../site.py", "/demo/static/%2e%2e/site.py", "/demo/static//etc/passwd",
    "/articles/" + MARKUP, "/articles/..", "/articles/%3Cscript%3E", "/articles/" + "a" * 5000, "/v1/files/../../etc/passwd", "/v1/files/%00", "/v1/files/f_x",
    "/v1/files/" + "a" * 5000, "/agent/files/c/f", "/agent/files/%2e%2e/%2e%2e", "/agent/transcript/" + MARKUP, "/agent/transcript/%00", "/.git/config", "/server-status",
    "/wp-login.php", "/%ff%fe", "/%c0%ae%c0%ae/", "/?" + "a=b&" * 1000, "/" + MARKUP, "/v1/" + MARKUP, "/agent/" + MARKUP, "/hooks/desk", "/hooks/tickets", "/hooks/../v1/frames",
]

# Header fields by name, as latin-1 text.
HEADERS: list[tuple[str, str]] = [
    *(("host", value) for value in ("", "[", "[::1", "a b", "evil.example\\@x", "127.0.0.1:99999", "x" * 5000, MARKUP, "a:b:c", "\x00", "\xff")),
    *(("origin", value) for value in ("", "null", "[", "http://[", "https://evil.example", "javascript:alert(7)", MARKUP, "\xff", "x" * 5000)),
    *(("accept-language", value) for value in ("", ";", ",,,", "id;q=nan", "id;q=inf", "id;q=-1", "id;q=" + "9" * 400, "a," * 5000, MARKUP, "*;q=0", "id;q=1;q=2")),
    *(("cookie", value) for value in ("", "=", ";", "kilat_agent=", "kilat_agent=" + MARKUP, "kilat_agent=\"\xff\"", "kilat_agent=" + "a" * 9000, "kilat_agent_form=" + MARKUP,
                                      "kilat_demo=../../x", "kilat_demo=" + MARKUP, "kilat_agent=a; kilat_agent=b", "a=b;" * 900)),
    *(("authorization", value) for value in ("", "Bearer", "Bearer ", "Basic eDp4", "bearer \xff", "Bearer " + "a" * 9000, "Bearer a b", "Bearer " + MARKUP)),
    *(("content-type", value) for value in ("", ";", "text/plain", "application/x-www-form-urlencoded; charset=utf-7", "multipart/form-data", "multipart/form-data; boundary=" + "x" * 999, "x" * 999, "application/json; charset=\xff")),
    *(("content-length", value) for value in ("-1", "x", "1e9", "9" * 400, "\xb2", "0x10", " 5")),
    *(("if-none-match", value) for value in ("*", '"', "W/" + '"x",' * 900, "\xff")), ("range", "bytes=0-,0-,0-"), ("range", "bytes=" + "0-1," * 900), ("range", "bytes=-1"),
    ("if-modified-since", "never"), ("if-modified-since", "Thu, 01 Jan 99999 00:00:00 GMT"), ("x-forwarded-for", MARKUP), ("x-forwarded-proto", "javascript"), ("x-csrf-token", "\xff"),
    ("sec-fetch-site", MARKUP), ("transfer-encoding", "x"), ("expect", "x"), ("accept-encoding", "gzip;q=nan"), ("connection", "upgrade"), ("upgrade", "h2c"),
]

FILES: dict[str, bytes] = {
    "empty": b"", "html": b"<html><script>alert(7)</script>", "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(7)'/>", "gif and script": b"GIF89a/*" + b"<script>" * 9,
    "png only in name": b"MZ\x90\x00", "png head": b"\x89PNG\r\n\x1a\n", "png cut": b"\x89PNG\r\n\x1a\n" + b"\xff" * 40, "jpeg cut": b"\xff\xd8\xff", "pdf": b"%PDF-1.7\n/JS (app.alert(1))", "pdf late": b"x" * 99 + b"%PDF-1.7",
    "zip": b"PK\x03\x04" + b"\x00" * 40, "webp cut": b"RIFF\x00\x00\x00\x00WEBP", "riff": b"RIFF\xff\xff\xff\xffAVI ", "nulls": b"\x00" * 300, "all": bytes(range(256)), "xml": b"<?xml version='1.0'?><!DOCTYPE x>",
}
