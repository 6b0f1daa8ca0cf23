"""`python -m bot.tools.shell.action_server --port PORT` runs Rasa's action server behind the internal secret.

`python -m rasa_sdk` would answer everybody, and believe the identity that a call names.
"""

from __future__ import annotations

import argparse
import logging
import sys
from typing import TYPE_CHECKING

from bot.adapters import logging_setup
from bot.settings import HOME, Settings
from bot.settings.state_folder import keep_private
from bot.tools.shell.rasa_module import hush

if TYPE_CHECKING:
    from sanic import Sanic

logger = logging.getLogger(__name__)


def command(port: int) -> list[str]:
    """The command line that runs this module."""
    return [sys.executable, "-m", "bot.tools.shell.action_server", "--port", str(port)]


def create(secret: str) -> Sanic:
    """The application of rasa_sdk with our actions, for callers that carry `secret`."""
    from rasa_sdk.endpoint import create_app

    from bot.adapters.internal_auth import guard

    app: Sanic = create_app("actions", cors_origins="")
    guard(app, secret)
    return app


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    keep_private()
    settings = Settings.from_environment()
    logging_setup.configure(settings.log_format, settings.log_level)
    hush()
    app = create(settings.internal_secret)
    logger.info("The action server is up and running on port %s.", port)
    app.run(HOME, port, access_log=False, motd=False)


if __name__ == "__main__":
    main()
