"""`python -m bot.tools.shell.rasa_module MODULE …` runs a module of Rasa as `python -m` does, but with our log, with
private files, and without the deprecation warnings of libraries.

Those warnings are about the libraries' own code, come at each start, and can't be mended here. Ours are still shown.
"""

from __future__ import annotations

import runpy
import sys
import warnings
from collections.abc import MutableMapping
from typing import Any

from bot.adapters import logging_setup
from bot.settings import Settings
from bot.settings.state_folder import keep_private


def hush() -> None:
    """Hide the libraries' deprecation warnings. A filter would not do: several libraries put their own before ours."""
    show = warnings.showwarning

    def show_ours(message: Any, category: Any, filename: str, *more: Any, **named: Any) -> None:
        if not ("site-packages" in filename and issubclass(category, (DeprecationWarning, PendingDeprecationWarning))):
            show(message, category, filename, *more, **named)

    warnings.showwarning = show_ours


def main() -> None:
    """Prepare the process, then run the module in it."""
    keep_private()
    settings = Settings.from_environment()
    logging_setup.configure(settings.log_format, settings.log_level)
    hush()
    _keep_our_log()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def _keep_our_log() -> None:
    """Keep Rasa from adding a handler to the root logger, and from formatting structlog's messages its own way."""
    import coloredlogs
    import rasa.utils.log_utils

    coloredlogs.install = lambda *_arguments, **_named: None
    rasa.utils.log_utils.configure_structlog = _structlog_to_logging


def _structlog_to_logging(_level: Any = None) -> None:
    """Send structlog's events to `logging`, each as one message: the event, then its values."""
    import structlog

    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, structlog.contextvars.merge_contextvars, _as_message],
        logger_factory=structlog.stdlib.LoggerFactory(), wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True)


def _as_message(_logger: Any, method: str, event: MutableMapping[str, Any]) -> tuple[tuple[str], dict[str, Any]]:
    given = event.pop("exc_info", method == "exception")
    name, told = event.pop("event", ""), event.pop("event_info", None)
    values = " ".join(f"{key}={value!r}" for key, value in event.items())
    return (" ".join(filter(None, (str(name), told and str(told), values))),), {"exc_info": given}


if __name__ == "__main__":
    main()
