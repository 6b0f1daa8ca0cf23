"""The page and what it asks for, for browsers of this machine. `/inspect`, `/inspect/static/`, and JSON:

`GET /inspect/choices` (customers, languages, scenarios), `GET /inspect/turns` (waits for what is new); `POST
/inspect/begin`, `next`, `act`, `edit` and `join`, answered with the steps to come (`plan`) or a `problem`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.core.errors import KilatError
from bot.live.frames import LARGEST_FRAME
from bot.tools.inspector.inspection import FREE, Inspection
from bot.tools.inspector.model_loading import Loading
from bot.tools.inspector.timeline_json import item_json
from bot.tools.sandbox.session import Who
from bot.tools.scenarios.scenario import Scenario
from bot.web.demo.local import LocalOnly
from bot.web.http_transport import body_of

PATH = "/inspect"
LONGEST_WAIT = 20.0
# Nothing that a visitor typed can become a script or a style. `widget`: the one address that the page loads by itself.
POLICY = (
    "default-src 'none'; object-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self' ws:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types widget")
_STATIC = Path(__file__).parent / "static"
Body = dict[str, Any]


def routes(inspection: Inspection, loading: Loading, customers: list[tuple[str, str]], languages: dict[str, str],
           scenarios: list[Scenario]) -> list[BaseRoute]:
    """The inspector's routes. `customers`: what each is called, by the description of `sample_identity`."""
    page, here = _Inspector(inspection, loading, scenarios), [Middleware(LocalOnly)]

    async def choices(_request: Request) -> Response:
        return JSONResponse({"customers": customers, "languages": languages, "scenarios": [
            {"name": scenario.name, "file": scenario.path.name} for scenario in scenarios]})

    deeds: dict[str, Callable[[Body], None]] = {
        "begin": page.begin, "next": lambda _body: inspection.next(), "act": lambda body: inspection.act(body["line"]),
        "edit": lambda body: inspection.edit(body["number"], body.get("words"), body.get("form")),
        "join": lambda body: inspection.join(body["key"]),
    }
    return [
        Route(PATH, _page, middleware=here),
        Route(f"{PATH}/choices", choices, middleware=here),
        Route(f"{PATH}/turns", page.turns, middleware=here),
        *(Route(f"{PATH}/{name}", page.doing(deed), methods=["POST"], middleware=here) for name, deed in deeds.items()),
        Mount(f"{PATH}/static", StaticFiles(directory=_STATIC), middleware=here),
    ]


async def _page(_request: Request) -> Response:
    return FileResponse(_STATIC / "inspector.html", headers={
        "Cache-Control": "no-store", "Content-Security-Policy": POLICY})


class _Inspector:
    """The handlers. What is done, is done one after the other."""

    def __init__(self, inspection: Inspection, loading: Loading, scenarios: list[Scenario]) -> None:
        self._inspection = inspection
        self._loading = loading
        self._scenarios = scenarios
        self._turn = asyncio.Lock()

    def begin(self, body: Body) -> None:
        """A conversation by a scenario, else with a customer (or nobody known) and a language."""
        number = body.get("scenario")
        if number is None:
            self._inspection.begin(Who(body.get("customer") or None, body["lang"]))
            return
        scenario = self._scenarios[number]
        self._inspection.begin(Who(scenario.customer, scenario.lang), scenario)

    def doing(self, deed: Callable[[Body], None]) -> Callable[[Request], Any]:
        """The handler of a deed: for pages of our own alone."""

        async def do(request: Request) -> Response:
            if request.headers.get("origin") != f"http://{request.headers.get('host')}":
                return Response(status_code=403)
            try:
                body = json.loads(await body_of(request, LARGEST_FRAME, "bad_frame") or b"{}")
                async with self._turn:
                    await asyncio.to_thread(deed, body)
            except KilatError as error:
                return JSONResponse({"problem": str(error)}, 409)
            except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
                return JSONResponse({"problem": f"this is no request of the page: {error!r}"}, 400)
            return JSONResponse({"plan": self._plan()})

        return do

    async def turns(self, request: Request) -> Response:
        """What is new since the version `after` of the conversation `epoch`; waits while there is nothing."""
        inspection, timeline = self._inspection, self._inspection.timeline
        async with self._turn:
            if inspection.visitor is None:
                await asyncio.to_thread(inspection.begin, inspection.who, inspection.scenario)
        known = {name: request.query_params.get(name, "") for name in ("after", "epoch")}
        after, epoch = (int(known[name]) if known[name].isdecimal() else 0 for name in known)
        await timeline.wait(after, LONGEST_WAIT)
        # The version first: what changes from here on is told again.
        version, is_other = timeline.version, epoch != timeline.epoch
        return JSONResponse({
            "version": version, "epoch": timeline.epoch, "begun": inspection.begun, "joined": inspection.is_joined,
            "model": self._loading.state, "detail": self._loading.detail, "status": timeline.status,
            "customer": inspection.who.customer, "lang": inspection.who.lang, **self._visitor(), **self._played(),
            "items": [item_json(item) for item in list(timeline.items) if is_other or item.version > after],
        }, headers={"Cache-Control": "no-store"})

    def _visitor(self) -> Body:
        visitor = self._inspection.visitor
        return {"key": visitor.key, "token": visitor.token} if visitor else {}

    def _played(self) -> Body:
        inspection = self._inspection
        scenario = inspection.scenario
        told = {"name": scenario.name, "file": scenario.path.name, "gap": scenario.known_gap}
        return {
            "scenario": None if scenario is FREE else told,
            "plan": self._plan(),
        }

    def _plan(self) -> list[str]:
        return [str(planned.step) for planned in list(self._inspection.plan)]
