"""`python -m bot.tools.shell.action_server --port PORT` runs Rasa's action server behind the internal secret.

`python -m rasa_sdk` would answer everybody, and believe the identity that a call names.
"""

from __future__ import annotations

import argparse
import logging
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.adapters import logging_setup
from bot.adapters.internal_auth import bearer
from bot.adapters.port_check import free_port
from bot.core.errors import ConfigurationError
from bot.settings import HOME, ROOT, Settings
from bot.settings.state_folder import keep_private
from bot.tools.shell.rasa_module import hush

if TYPE_CHECKING:
    from sanic import Sanic

logger = logging.getLogger(__name__)

START_SECONDS = 60


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


@contextmanager
def action_server(port: int | None = None, env: dict[str, str] | None = None) -> Iterator[str]:
    """Run an action server on loopback within the context; gives the URL of its webhook."""
    port, environment = port or free_port(), {**os.environ, **(env or {})}
    process = subprocess.Popen(
        command(port), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    try:
        _wait_for(f"http://127.0.0.1:{port}/health", Settings.from_environment(environment).internal_secret, process)
        yield f"http://127.0.0.1:{port}/webhook"
    finally:
        process.terminate()
        process.wait(10)


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


def _wait_for(url: str, secret: str, process: subprocess.Popen[bytes]) -> None:
    request = urllib.request.Request(url, headers=bearer(secret))
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ConfigurationError(f"the action server ended at once with code {process.returncode}")
        try:
            with urllib.request.urlopen(request, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise ConfigurationError(f"the action server did not answer at {url} within {START_SECONDS} s")


if __name__ == "__main__":
    main()
