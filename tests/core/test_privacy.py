"""What must not stand in a log does not."""

from __future__ import annotations

import pytest

from bot.core.privacy import mask

SECRETS = [
    "ada@example.com", "ada.b+c@mail.example.co.id", "+62 812-3456-7890", "0812 3456 7890", "(021) 555-0199",
    "4111 1111 1111 1111", "4111111111111111", "123456", "host key 654321",
    "0812_3456_7890", "telp:081234567890", "NIK:3174012345678901", "3174.0123.4567.8901", "meeting id:123-456-7890",
    "62.812.345.678", "081.234.567.890", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1In0.c2lnbmF0dXJl",
    "kb_9vQm0y3tS1uX4zC7fR2nL5pW8hJ6dG", "kb_AvQmDyEtSFuXGzChfRinLjpWkhJldGmn", "Bearer abcdef123456"]


@pytest.mark.parametrize("secret", SECRETS)
def test_masked(secret: str) -> None:
    """Alone and inside of a line."""
    for line in (secret, f"before {secret}, after", f"('{secret}',)"):
        assert not any(part in mask(line) for part in secret.split() if any(c.isdigit() or c == "@" for c in part))


@pytest.mark.parametrize("line", [
    "2026-11-22 20:31:05,123 INFO bot.live.bot_dispatcher: The bot is away.", "127.0.0.1:8080 answered 200 in 12.5 ms",
    "case KLC-000012", "ws://[2001:db8::1]:8080 and 10.0.0.255:443 are up", "read 5242880 bytes in 1500 ms",
    "2f6b1f0e-7d5a-4b1c-9e8f-0123456789ab", "An identity token was refused (expired)",
    "2026-11-22T20:31:05.123456+07:00", "c_2f6b1f0e7d5a has 12345 entries", "P1 4 jam"])
def test_left_alone(line: str) -> None:
    """What an operator needs stays."""
    assert mask(line) == line


@pytest.mark.parametrize(("line", "kept"), [
    ("pass: hunter2", "pass: [secret]"), ("password=kucing&x=1", "password=[secret]"),
    ("api_key='a1b2c3'", "api_key='[secret]'"),
    ("POST /j?pwd=QWxhZGRpbg", "POST /j?pwd=[secret]"), ("300.300.300.300", "[number]")])
def test_fields(line: str, kept: str) -> None:
    """The values of secret fields, and what only looks like an address of a machine."""
    assert mask(line) == kept
