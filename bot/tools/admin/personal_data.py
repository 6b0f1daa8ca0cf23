"""The commands `kilat forget` and `kilat export`: list a person's data, then erase it or write it to a file."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

from bot.bootstrap import open_personal
from bot.core.email_address import found
from bot.core.errors import KilatError
from bot.live.visitor_sessions import hash_of
from bot.ports import Files
from bot.ports.audit import SHELL, Action, AuditEvent
from bot.ports.personal_data import DataSubject, Personal, PersonalRecords
from bot.settings import Settings
from bot.tools.admin.export import new_file, write_export

_CONVERSATION = re.compile(r"c_[0-9a-f]{16,}")
_KEY = re.compile(r"kb_[\w-]{32}", re.ASCII)
_NUMBER = re.compile(r"KL([CT])-(\d{1,9})", re.IGNORECASE)
# Python decodes bytes that are no text to lone surrogates.
_HALF_A_SIGN = re.compile("[\ud800-\udfff]")
# What an outside system holds, and who can delete it there.
_THERE = {
    "matrix": "the room {ref} on the Matrix server: whoever runs the server deletes it (its admin API)",
    "chatwoot": "conversation {ref} in Chatwoot, and its contact: delete both there",
    "zendesk": "conversation {ref} in Zendesk messaging, and its user: delete both there",
    "tickets": "{ref} at the ticket desk (or in its mailbox), with the requester: delete both there",
    "manager": "the technical account manager was told of it: delete that message there",
}


class NothingKept(KilatError):
    """Kilat keeps nothing of this person, or can't tell who is meant; the message says which."""


def forget(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print what goes and what stays, then erase."""
    personal, eraser, _ = open_personal(settings)
    eraser.sweep()
    holdings = _find(personal, eraser.files, arguments)
    print("\n".join(_told(holdings, eraser.files)))
    if arguments.dry_run:
        return 0
    _must_be_there(holdings)
    if not arguments.yes and sys.stdin.isatty() and not _says_yes():
        print("Nothing was erased.")
        return 1
    rows = eraser.erase(holdings.conversations, holdings.tickets, "forget", SHELL)
    print(f"Erased: {_counted(rows)}. The figures by day stay; they name nobody.")
    if not eraser.erasures.compact():
        print("The database's file could not be written anew (busy, or the disk is full), so pieces may be left in "
              "it. A running gateway does it within a day.")
    return 0


def export(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write all data to a zip file that its owner alone may read."""
    personal, eraser, audit = open_personal(settings)
    holdings = _find(personal, eraser.files, arguments)
    _must_be_there(holdings)
    now = datetime.now(timezone.utc)
    path: Path = arguments.output or Path(f"kilat-export-{now:%Y-%m-%d-%H%M%S}.zip")
    event = AuditEvent(Action.EXPORTED, SHELL, details={
        "conversations": len(holdings.conversations), "tickets": len(holdings.tickets), "rows": dict(holdings.rows)})
    with new_file(path) as raw:
        write_export(raw, holdings, personal.export(holdings), eraser.files, now)
        audit.record(event)
    print("\n".join(_told(holdings, eraser.files)))
    print(f"Written to {path}.")
    return 0


def _says_yes() -> bool:
    try:
        return input("Erase this for good? Type yes: ").strip() == "yes"
    except EOFError:
        return False


def whose(given: str) -> DataSubject:
    """The person, or the record, that `given` names. An address may be a subject, too, and a subject the name of a REST
    conversation. A subject keeps the spaces around it: without them it may be another person's."""
    bare = given.strip()
    if not bare:
        raise NothingKept("whose data? Give a subject, an e-mail address, a key or a number")
    if _HALF_A_SIGN.search(given):
        raise NothingKept("this can't be read as text. Type it in a terminal that is set to UTF-8")
    if _KEY.fullmatch(bare):
        return DataSubject(key_hash=hash_of(bare))
    if _CONVERSATION.fullmatch(bare):
        return DataSubject(conversation_id=bare)
    if number := _NUMBER.fullmatch(bare):
        named = int(number[2])
        return DataSubject(case=named) if number[1].upper() == "C" else DataSubject(ticket=named)
    if "@" in given:
        addresses = {address for address, _, _ in found(given)} or {bare}
        if len(addresses) > 1:
            raise NothingKept("these are several addresses. Give one")
        return DataSubject(subject=given, email=addresses.pop())
    return DataSubject(subject=given, conversation_id=given)


def _find(personal: Personal, files: Files, arguments: argparse.Namespace) -> PersonalRecords:
    """The person's records; a conversation of which only files are left counts, too."""
    named = whose(arguments.whose)
    holdings = personal.find(named, with_mentions=arguments.mentions)
    if not holdings and named.conversation_id and files.of(named.conversation_id):
        holdings = replace(holdings, conversations=(named.conversation_id,))
    return holdings


def _must_be_there(holdings: PersonalRecords) -> None:
    if not holdings:
        more = " Take along where it is mentioned: --mentions." if holdings.mentioned else ""
        raise NothingKept(f"nothing is kept under this name.{more}")


def _told(holdings: PersonalRecords, files: Files) -> Iterator[str]:
    """The person's records as lines for a terminal."""
    attached = sum(len(files.of(conversation_id)) for conversation_id in holdings.conversations)
    yield f"In Kilat: {_counted({**holdings.rows, **({'file': attached} if attached else {})}) or 'nothing'}"
    yield from (f"  conversation {conversation_id}" for conversation_id in holdings.conversations)
    yield from (f"  ticket KLT-{number:06d}" for number in holdings.tickets)
    if holdings.outside:
        yield "Outside, where Kilat deletes nothing:"
    for one in holdings.outside:
        where = _THERE.get(one.desk, f"{one.desk}: {{ref}}").format(ref=one.ref)
        yield f"  {one.number}: {where}"
    if holdings.mentioned:
        yield "The address is mentioned in conversations of others, which stay (--mentions takes them along):"
    yield from (f"  conversation {conversation_id}" for conversation_id in holdings.mentioned)


def _counted(rows: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in rows.items())
