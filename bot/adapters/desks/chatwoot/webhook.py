"""Verifies the webhooks of Chatwoot.

Events: https://www.chatwoot.com/hc/user-guide/articles/1677693021-how-to-use-webhooks
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from bot.core.errors import WebhookRefused

LONGEST_WAY = timedelta(minutes=5)
# Any other status makes Chatwoot mark the message of the webhook as failed.
IGNORED = 200


def check_webhook(headers: Mapping[str, str], body: bytes, secrets: Collection[str], now: datetime) -> None:
    """Raise `WebhookRefused` unless one of `secrets` signed the request, shortly before `now`."""
    stamp = headers.get("x-chatwoot-timestamp", "")
    if not secrets or not stamp.isascii() or not stamp.isdecimal():
        raise WebhookRefused("it is not signed, or KILAT_CHATWOOT_WEBHOOK_SECRET is not set", IGNORED)
    given = headers.get("x-chatwoot-signature", "").encode()
    signed = [hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest() for secret in secrets]
    if not any([hmac.compare_digest(f"sha256={one}".encode(), given) for one in signed]):
        raise WebhookRefused("its signature is wrong", IGNORED)
    if abs(now.timestamp() - int(stamp)) > LONGEST_WAY.total_seconds():
        raise WebhookRefused("it is too old", IGNORED)
