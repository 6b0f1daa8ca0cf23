"""What must not stand in a log does not."""

from __future__ import annotations

import pytest

from bot.core.privacy import mask

SECRETS = [
    "ada@example.com", "ada.b+c@mail.example.co.id", "+62 812-3456-7890", "0812 3456 7890", "(021) 555-0199",
    "4111 1111 1111 1111", "4111111111111111", "123456", "host key 654321",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1In0.c2lnbmF0dXJl", "kb_9vQm0y3tS1uX4zC7fR2nL5pW8hJ6dG", "Bearer abcdef123456",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_masked(secret: str) -> None:
    """Alone and inside of a line."""
    for line in (secret, f"before {secret}, after", f"('{secret}',)"):
        assert not any(part in mask(line) for part in secret.split() if any(c.isdigit() or c == "@" for c in part))


@pytest.mark.parametrize("line", [
    "2026-11-22 20:31:05,123 INFO bot.web.relay: The bot is away.", "127.0.0.1:8080 answered 200 in 12.5 ms",
    "case KLC-000012", "c_2f6b1f0e7d5a has 12345 entries", "P1 4 jam",
])
def test_left_alone(line: str) -> None:
    """What an operator needs stays."""
    assert mask(line) == line
