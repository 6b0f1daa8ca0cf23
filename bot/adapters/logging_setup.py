"""One format for what all processes of Kilat log, as text or as JSON, without what must not stand there.

Secrets and personal data are masked in the finished message, arguments and tracebacks included.
"""

from __future__ import annotations

import io
import json
import logging
import sys
from datetime import datetime, timezone
from types import TracebackType

from bot.core.privacy import mask

LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# Characters of a line, or of a traceback.
LONGEST_LINE = 8000
# They log each request, address included, or what only their makers understand.
_QUIET = ("uvicorn.error", "httpx", "alembic", "apscheduler", "matplotlib")
# Rasa and rasa_sdk keep these from the root's handler.
_SANIC = ("sanic.root", "sanic.error", "sanic.access")


class Masked(logging.Formatter):
    """A formatter that masks the finished line and cuts what is too long; what follows a line break is indented, so
    that nobody can write a line of their own."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        """The time of `record`, as it stands in every form of the log."""
        return _time_of(record)

    def format(self, record: logging.LogRecord) -> str:
        """One line, or a traceback, without what must not stand in a log. Of a long one the middle is left out: a
        traceback says the most at its end."""
        line = super().format(record).replace("\r", " ").replace("\n", "\n    ")
        if len(line) > LONGEST_LINE:
            line = f"{line[:LONGEST_LINE // 2]} … {line[-LONGEST_LINE // 2:]}"
        return mask(line)


class MaskedJson(logging.Formatter):
    """A JSON object a line: `time` (UTC, ISO 8601), `level`, `logger`, `message` with the traceback, if any."""

    def __init__(self) -> None:
        super().__init__()
        self._message = Masked("%(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The object of one record."""
        return json.dumps({"time": _time_of(record), "level": record.levelname, "logger": record.name,
                           "message": self._message.format(record)}, ensure_ascii=False)


def _time_of(record: logging.LogRecord) -> str:
    """UTC, ISO 8601, to the millisecond."""
    return datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds")


def configure(form: str, level: str) -> None:
    """Log to standard error from `level` on (`debug`, `info`, `warning`, `error`), in the form `text` or `json`; the
    errors that end the process, too. The last call counts."""
    handler = logging.StreamHandler()
    handler.setFormatter(MaskedJson() if form == "json" else Masked(LINE))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _SANIC:
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(logging.WARNING)
    logging.captureWarnings(True)
    sys.excepthook = _log_the_end


def tell_no_refusals() -> None:
    """For a command in a shell: what the database refuses ends it with one line, and needs no second one."""
    logging.getLogger("bot.adapters.sql.engine").setLevel(logging.CRITICAL)


class Told(io.TextIOBase):
    """In place of standard output: each line becomes a line of the log, so that all of it has one form."""

    def __init__(self) -> None:
        self._rest = ""

    def write(self, text: str) -> int:
        """Log what is whole; called by `print`."""
        *lines, self._rest = (self._rest + text).split("\n")
        for line in filter(str.strip, lines):
            logging.getLogger("kilat").info("%s", line.strip())
        return len(text)


def _log_the_end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        logging.getLogger("kilat").critical("The process ends.", exc_info=(kind, error, trace))
