"""Writes a person's data to a zip file: `data.json` with every row, `conversations/` with transcripts and files."""

from __future__ import annotations

import json
import os
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from bot.core.errors import KilatError
from bot.ports import Files
from bot.ports.personal_data import PersonalRecords
from bot.services.transcript import hanging

Rows = Mapping[str, Sequence[Mapping[str, Any]]]

README = """\
What Kilat keeps of one person, written on {at:%Y-%m-%d %H:%M} UTC.

data.json                        every row, by table: conversations, entries, cases, notes, tickets, links to desks
conversations/ID/transcript.txt  what was said, in order (times in UTC)
conversations/ID/files/          what was attached

What lies at other desks is named in data.json, under "outside"; it has to be asked for there.
"""


class CannotWrite(KilatError):
    """The file of the export can't be written; the message names it."""


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """A new file at `path` that its owner alone may read, deleted when anything fails. `CannotWrite` when there is one
    already, or no room."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CannotWrite(f"--output: {path} can't be written: {error.strerror}") from error
    try:
        with os.fdopen(descriptor, "wb") as raw:
            yield raw
    except BaseException as error:  # whatever it was, half an export must not pass for a whole one
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise CannotWrite(f"--output: {path} can't be written: {error.strerror}") from error
        raise


def write_export(raw: IO[bytes], holdings: PersonalRecords, rows: Rows, files: Files, now: datetime) -> None:
    """Write the zip file to `raw`. `rows` are the person's rows by table, `files` the store of attached files."""
    outside = [vars(one) for one in holdings.outside]
    data = {"written_at": now, **rows, "outside": outside, "mentioned_in": holdings.mentioned}
    said = defaultdict[str, list[Mapping[str, Any]]](list)
    for row in rows["entry"]:
        said[row["conversation"]].append(row)
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", README.format(at=now))
        archive.writestr("data.json", _bytes(json.dumps(data, ensure_ascii=False, indent=2, default=_plain)))
        for conversation_id in holdings.conversations:
            if entries := said[conversation_id]:
                text = "\n".join(map(_line, entries)) + "\n"
                archive.writestr(f"conversations/{conversation_id}/transcript.txt", _bytes(text))
            names = _names(entries)
            for file_id in files.of(conversation_id):
                content = files.load(conversation_id, file_id)
                name = f"{file_id}-{names[file_id]}" if file_id in names else file_id
                archive.writestr(f"conversations/{conversation_id}/files/{name}", content or b"")


def _bytes(text: str) -> bytes:
    """UTF-8; a lone surrogate is escaped, as in JSON."""
    return text.encode(errors="backslashreplace")


def _line(entry: Mapping[str, Any]) -> str:
    body = entry["body"]
    said = [str(body.get("text", "")), *(f"{name}: {value}" for name, value in (body.get("values") or {}).items())]
    if comment := (body.get("rating") or {}).get("comment"):
        said.append(str(comment))
    who = " ".join(str(body.get("name") or entry["author"]).split())
    return f"[{entry['at']:%Y-%m-%d %H:%M}] {who}: {hanging(chr(10).join(said))}"


def _names(entries: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """File id to name; stored names hold no path."""
    shown = (entry["body"].get("file") or {} for entry in entries)
    return {file["id"]: file["name"] for file in shown if file}


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} is no JSON")
