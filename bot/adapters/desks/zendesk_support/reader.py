"""Reads comments of Zendesk Support."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from bot.ports import ReplyFile, TicketReply

_HARMFUL = "malware_found"


def reply_of(comment: Mapping[str, Any], author: Mapping[str, Any], strangers: Collection[str]) -> TicketReply | None:
    """The reply in a public comment of an agent whose id is not in `strangers`; `None` for any other comment."""
    is_staff = author.get("role") in ("agent", "admin") and str(comment["author_id"]) not in strangers
    text = str(comment.get("plain_body") or "").strip()
    files = tuple(_file(one) for one in comment.get("attachments") or () if not one.get("inline"))
    if not comment["public"] or not is_staff or not (text or files):
        return None
    return TicketReply(str(comment["id"]), author.get("alias") or author.get("name") or "", text, files)


def _file(attachment: Mapping[str, Any]) -> ReplyFile:
    """The file of an attachment, without an address if it was deleted or holds malware."""
    is_harmful = attachment.get("malware_scan_result") == _HARMFUL and not attachment.get("malware_access_override")
    address = "" if is_harmful or attachment.get("deleted") else str(attachment.get("content_url") or "")
    return ReplyFile(str(attachment["id"]), str(attachment.get("file_name") or ""), address,
                     int(attachment.get("size") or 0))
