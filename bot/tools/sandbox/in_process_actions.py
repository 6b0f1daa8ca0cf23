"""Rasa's action endpoint without a server: the actions run in Rasa's own process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor

from bot.bootstrap import use
from bot.tools.sandbox.recorded_app import RecordedApp

# An endpoint needs an address, and our own calls carry a secret: nobody reads either here.
_NOWHERE, _NO_SECRET = "in-process:", {"Authorization": "none"}


class _InProcessActions(EndpointConfig):
    def __init__(self, executor: ActionExecutor, app: Callable[[], RecordedApp]) -> None:
        super().__init__(_NOWHERE, headers=dict(_NO_SECRET))
        self._executor = executor
        self._app = app

    async def request(self, *_arguments: Any, **named: Any) -> Any:
        """See `EndpointConfig`: what the action server would answer."""
        call, app = named["json"], self._app()
        use(app)
        app.recorder.acted(call["next_action"])
        with app.recorder.stage("action"):
            return await self._executor.run(call)


def in_process_actions(app: Callable[[], RecordedApp]) -> EndpointConfig:
    """An endpoint that runs the actions of the package `actions` in this process, with the application of `app`."""
    executor = ActionExecutor()
    executor.register_package("actions")
    return _InProcessActions(executor, app)
