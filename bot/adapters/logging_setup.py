"""Sets up logging for all processes, as text or JSON. Secrets and personal data are masked, in tracebacks, too."""

from __future__ import annotations

import io
import json
import logging
import sys
from datetime import datetime, timezone
from types import TracebackType

from bot.core.privacy import mask

LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# Characters of a message with its traceback.
LONGEST_LINE = 8000
# Loggers that log each request with its address, or details for their developers.
_QUIET = ("uvicorn.error", "httpx", "alembic", "apscheduler", "matplotlib")
# Rasa and rasa_sdk disconnect these loggers from the root's handler.
_SANIC = ("sanic.root", "sanic.error", "sanic.access")


class Masked(logging.Formatter):
    """Masks the finished message and cuts a long one. Lines after the first are indented, so none can be forged."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        """The time of `record`. Called by `logging`."""
        return _time_of(record)

    def format(self, record: logging.LogRecord) -> str:
        """The masked message with its traceback. A long one loses its middle, as a traceback's end matters most."""
        line = super().format(record).replace("\r", " ").replace("\n", "\n    ")
        if len(line) > LONGEST_LINE:
            line = f"{line[:LONGEST_LINE // 2]} … {line[-LONGEST_LINE // 2:]}"
        return mask(line)


class MaskedJson(logging.Formatter):
    """Writes a JSON object per line: `time` (UTC, ISO 8601), `level`, `logger`, `message` with the traceback."""

    def __init__(self) -> None:
        super().__init__()
        self._message = Masked("%(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The JSON of `record`."""
        return json.dumps({"time": _time_of(record), "level": record.levelname, "logger": record.name,
                           "message": self._message.format(record)}, ensure_ascii=False)


def _time_of(record: logging.LogRecord) -> str:
    """UTC, ISO 8601, to the millisecond."""
    return datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds")


def configure(form: str, level: str) -> None:
    """Log to standard error from `level` on (`debug`, `info`, `warning`, `error`), in the form `text` or `json`.
    Uncaught exceptions are logged, too. The last call counts."""
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
    """Silence the database's errors, for a shell command that prints its error itself."""
    logging.getLogger("bot.adapters.sql.engine").setLevel(logging.CRITICAL)


class Told(io.TextIOBase):
    """Replaces standard output: logs each line."""

    def __init__(self) -> None:
        self._rest = ""

    def write(self, text: str) -> int:
        """Log the complete lines. Called by `print`."""
        *lines, self._rest = (self._rest + text).split("\n")
        for line in filter(str.strip, lines):
            logging.getLogger("kilat").info("%s", line.strip())
        return len(text)


def _log_the_end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        logging.getLogger("kilat").critical("The process ends.", exc_info=(kind, error, trace))
