"""Serves the inspector on this machine, with a database of its own: nothing that is tried reaches the real one."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette

from bot.adapters.model_store import Models
from bot.adapters.port_check import check_port
from bot.adapters.sample_customers import sample_identity
from bot.adapters.yaml_reader import load
from bot.bootstrap import seed
from bot.core.errors import ConfigurationError
from bot.languages import LANGUAGES, NAMES
from bot.live.frames import LARGEST_FRAME
from bot.settings import HOME, ROOT, Settings
from bot.tools.inspector.inspection import Inspection
from bot.tools.inspector.model_loading import Loading
from bot.tools.inspector.routes import PATH, routes
from bot.tools.inspector.timeline import Timeline
from bot.tools.inspector.turn_recorder import TurnRecorder
from bot.tools.sandbox.local_bot import LocalBot, quieten, run
from bot.tools.sandbox.recorded_app import RecordedApp, build_recorded
from bot.tools.sandbox.sandbox import Sandbox, throwaway
from bot.tools.sandbox.session import Who
from bot.tools.scenarios.reader import read_all
from bot.tools.scenarios.scenario import WIDGET, Scenario
from bot.web.app import create
from bot.web.connection_limits import protocols

# The folders whose scenarios the page offers, in a clone.
SCENARIOS = (ROOT / "tests" / "dialogue", ROOT / "tests" / "handoff")
SHUTDOWN_SECONDS = 1
_NO_PROXIES = "127.0.0.1"

MakeBot = Callable[[RecordedApp], LocalBot]


def inspect(arguments: argparse.Namespace, settings: Settings) -> int:
    """Serve until Ctrl-C; returns the exit status."""
    port, script = arguments.port, arguments.script
    check_port(HOME, port, "--port")
    if arguments.customer:
        sample_identity(arguments.customer)
    if script and not script.exists():
        raise ConfigurationError(f"--script: there is no file {script}")
    model = Models(settings.models).active_archive()
    scenarios = read_scenarios([script] if script else [folder for folder in SCENARIOS if folder.is_dir()])
    quieten()

    who = Who(arguments.customer, arguments.lang or LANGUAGES[0])
    with inspector(settings, partial(LocalBot, model), who, scenarios, is_script=script is not None) as application:
        print(f"Inspect the bot at http://{HOME}:{port}{PATH} (Ctrl-C ends it). The model loads …", flush=True)
        InspectorServer(server_config(application, port)).run_here()
    return 0


async def _end_tasks() -> None:
    """End what the server has left in the loop."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def read_scenarios(paths: list[Path]) -> list[Scenario]:
    """The scenarios that the widget can play. Raises `ConfigurationError`."""
    return [scenario for scenario in read_all(paths) if scenario.channel == WIDGET]


@contextmanager
def inspector(
    settings: Settings, make_bot: MakeBot, who: Who, scenarios: list[Scenario], *, is_script: bool = False,
) -> Iterator[Starlette]:
    """The gateway with the inspector's page, for the event loop of `run`. It begins with the customer and language of
    `who`; with `is_script`, by the first of `scenarios`."""
    with throwaway(settings) as own:
        # Tokens that are signed here open nothing elsewhere.
        own = replace(own, identity_secret=secrets.token_hex(32), identity_jwks=None, oidc_issuer=None, demo=True,
                      allowed_origins=())
        seed(own)
        timeline = Timeline()
        recorder = TurnRecorder(timeline)
        app = build_recorded(own, recorder)
        bot = make_bot(app)
        application = create(app, bot)
        inspection = Inspection(Sandbox(app, bot, application.state.gateway), timeline, recorder, who)
        if is_script and scenarios:
            inspection.start_with(scenarios[0])
        loading = Loading(lambda: bot.agent, timeline.changed)
        application.router.routes[:0] = routes(
            inspection, loading, _customers(own, who), {code: NAMES[code] for code in LANGUAGES}, scenarios)
        threading.Thread(target=loading.run, daemon=True).start()
        application.state.timeline = timeline
        yield application


class InspectorServer(uvicorn.Server):
    """Ends at once, although pages wait for what is new."""

    def run_here(self) -> None:
        """Serve until Ctrl-C, in the event loop of `run`, and leave no task in it."""
        with suppress(KeyboardInterrupt):
            run(self.serve())
        run(_end_tasks())

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """See `uvicorn.Server`."""
        application: Any = self.config.app
        application.state.timeline.end()
        await super().shutdown(sockets)


def server_config(application: Starlette, port: int) -> uvicorn.Config:
    """How uvicorn serves it: on this machine."""
    gateway = application.state.gateway
    return uvicorn.Config(
        application, host=HOME, port=port,
        **protocols(gateway.settings.sockets_per_address, _NO_PROXIES, gateway.refused),
        ws_max_size=LARGEST_FRAME, ws_per_message_deflate=False, log_config=None, access_log=False, server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS)


def _customers(settings: Settings, who: Who) -> list[tuple[str, str]]:
    """The customers to choose from: (description, name)."""
    known = {sample["as"]: f"{sample['name']}, {sample['as']}"
             for sample in load(settings.data / "demo_customers.yml").values()}
    if who.customer:
        known.setdefault(who.customer, who.customer)
    return list(known.items())
