"""`kilat serve`: seeds, trains when needed, and keeps the gateway, Rasa and the action server running: each is
restarted when it ends or hangs."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from types import FrameType

from bot.adapters.internal_auth import bearer
from bot.adapters.model_store import Models
from bot.adapters.port_check import check_port
from bot.adapters.process_supervisor import Heartbeat, SupervisedProcess
from bot.adapters.sql.startup import wait_for_database
from bot.adapters.subprocesses import end_with_uv
from bot.bootstrap import open_agents, seed
from bot.core.errors import StoreUnavailable
from bot.settings import HOME, REFUSED, ROOT, Settings
from bot.settings.environment import for_private
from bot.tools.shell.action_server import command as action_server_command
from bot.tools.training import RASA_ENVIRONMENT, train

logger = logging.getLogger(__name__)

# One thread each for TensorFlow and OpenMP: more cost a turn more CPU than they save.
_THREADS = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1", "OMP_NUM_THREADS": "1",
            "TF_INTRA_OP_PARALLELISM_THREADS": "1", "TF_INTER_OP_PARALLELISM_THREADS": "1"}


def serve(settings: Settings) -> int:
    """Run until SIGTERM or SIGINT; returns the exit status."""
    end_with_uv()
    check_port(settings.gateway_host, settings.gateway_port, "KILAT_GATEWAY_PORT")
    check_port(HOME, settings.rasa_port, "KILAT_RASA_PORT")
    check_port(HOME, settings.actions_port, "KILAT_ACTIONS_PORT")
    wait_for_database(settings.database_url)
    facts = seed(settings)
    print(f"Facts loaded: {len(facts.rules)} rules, {len(facts.phone_lines)} phone lines.", flush=True)
    train(settings, only_if_needed=True)
    stopping, signals = threading.Event(), list[int]()

    def stop(number: int, _frame: FrameType | None) -> None:
        # Must take no lock, as an event would: signals come in pairs (uv passes them on), and the second handler would
        # wait for ever for the lock of the first.
        signals.append(number)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    children = [_gateway(settings), _action_server(settings), _rasa(settings)]
    threading.Thread(target=_announce, args=(settings, stopping), daemon=True).start()
    try:
        while not signals and not any(child.is_refused for child in children):
            for child in children:
                child.tend(time.monotonic())
            time.sleep(0.2)
    finally:
        stopping.set()
        for child in children:
            child.stop()
    return REFUSED if any(child.is_refused for child in children) else 0


def _gateway(settings: Settings) -> SupervisedProcess:
    host = HOME if settings.gateway_host in ("0.0.0.0", "::") else settings.gateway_host
    address = f"[{host}]" if ":" in host else host
    pulse = Heartbeat(f"http://{address}:{settings.gateway_port}/healthz", settings.hung_seconds)
    command = [sys.executable, "-m", "bot.cli", "gateway"]
    return SupervisedProcess("The gateway", lambda: command, os.environ, ROOT, pulse, REFUSED)


def _action_server(settings: Settings) -> SupervisedProcess:
    url = f"http://{HOME}:{settings.actions_port}/health"
    pulse = Heartbeat(url, settings.hung_seconds, bearer(settings.internal_secret))
    environment = {**for_private(os.environ, "KILAT_REST_TOKEN"), **RASA_ENVIRONMENT}
    command = action_server_command(settings.actions_port)
    return SupervisedProcess("The action server", lambda: command, environment, ROOT, pulse)


def _rasa(settings: Settings) -> SupervisedProcess:
    endpoints = settings.state / "endpoints.yml"
    by_hand = (ROOT / "endpoints.yml").read_text()
    endpoints.write_text(by_hand.replace("127.0.0.1:5055/", f"127.0.0.1:{settings.actions_port}/"))

    def command() -> list[str]:
        model = Models(settings.models).active_archive()
        return [sys.executable, "-m", "bot.tools.shell.rasa_module", "rasa", "run", "--interface", HOME,
                "--port", str(settings.rasa_port), "--model", str(model), "--endpoints", str(endpoints),
                "--credentials", "credentials.yml"]

    pulse = Heartbeat(f"{settings.rasa_url}/webhooks/rest/", settings.hung_seconds)
    environment = for_private(os.environ, "KILAT_DATABASE_URL")
    return SupervisedProcess("Rasa", command, {**environment, **RASA_ENVIRONMENT, **_THREADS}, ROOT, pulse)


def _announce(settings: Settings, stopping: threading.Event) -> None:
    """Print the addresses once Rasa answers."""
    url, started = settings.rasa_url, time.monotonic()
    gateway = f"http://127.0.0.1:{settings.gateway_port}"
    while not stopping.wait(0.3):
        try:
            with urllib.request.urlopen(f"{gateway}/healthz", timeout=1) as answer:
                if json.load(answer)["bot"] == "up":
                    break
        except (urllib.error.URLError, OSError):
            continue
    else:
        return
    print(f"\nKilat is ready after {time.monotonic() - started:.0f} s.\n"
          f"  help center    {gateway}/\n"
          f"  REST channel   POST {url}/webhooks/rest/webhook  "
          '{"sender": "me", "message": "nomor telepon Jepang?"}\n'
          f"  health         GET  {gateway}/readyz\n"
          f"  in a shell     make shell\n"
          f"  console        {gateway}/agent{_first_agent(settings)}\n", flush=True)


def _first_agent(settings: Settings) -> str:
    """The line that says how to add the first agent; "" if there is an agent, or the database does not answer."""
    try:
        if open_agents(settings).all():
            return ""
    except StoreUnavailable:
        return ""
    return ("\n                 nobody can sign in yet. Add an agent: "
            "make agents ARGS='add you@example.com --name You --role admin --tier 1 --tier 2'")
