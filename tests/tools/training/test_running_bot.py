"""A bot of this checkout decides on its model; whatever else holds Rasa's port decides nothing."""

from __future__ import annotations

import json
import socket
import threading
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from training_tree import Tree, untrained_tree

from bot.adapters.model_store import ModelError
from bot.tools.admin import models as commands
from bot.tools.training import activate, find_bot, running_bot
from bot.tools.training.run import train

Answer = tuple[int, Any]
WAY_OUT = "KILAT_RASA_PORT"
SECRET = "a bot that does not know the internal secret of this checkout"


class Bot(BaseHTTPRequestHandler):
    """Answers `GET` with what it is, `PUT` with whether it takes the model."""

    is_: ClassVar[Answer]
    takes: ClassVar[Answer]
    asked: ClassVar[list[str]]

    def do_GET(self) -> None:
        """What it is."""
        self._answer(*self.is_)

    def do_PUT(self) -> None:
        """Takes another model, or does not."""
        self.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["version"])
        self._answer(*self.takes)

    def _answer(self, status: int, body: Any) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

    def log_message(self, *_arguments: Any) -> None:
        """Nothing: the tests look at what is answered."""


@contextmanager
def _bot(tree: Tree, is_: Answer, takes: Answer = (404, {})) -> Iterator[type[Bot]]:
    """A server at the port of the tree's Rasa."""
    bot = type("OneBot", (Bot,), {"is_": is_, "takes": takes, "asked": []})
    with ThreadingHTTPServer(("127.0.0.1", tree.settings.rasa_port), bot) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield bot
        server.shutdown()
        thread.join()


@contextmanager
def _socket(tree: Tree, says: bytes | None) -> Iterator[None]:
    """What speaks no HTTP: it says something and hangs up; `None`: it says nothing and holds the line."""
    with socket.create_server(("127.0.0.1", tree.settings.rasa_port)) as server:
        def serve() -> None:
            taken, _ = server.accept()
            taken.recv(65_536)
            if says is not None:
                taken.sendall(says)
                taken.close()
            else:
                held.append(taken)

        held: list[socket.socket] = []
        thread = threading.Thread(target=serve)
        thread.start()
        yield
        thread.join()
        for taken in held:
            taken.close()


def _ours(tree: Tree) -> Answer:
    return 200, {"status": "ok", "model": "old", "models": str(tree.settings.models)}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    """Two versions, of which the second serves; no bot."""
    tree = untrained_tree(tmp_path, monkeypatch)
    tree.train(if_needed=False)
    tree.train(if_needed=False)
    return tree


@pytest.fixture
def tell(tree: Tree, capsys: pytest.CaptureFixture[str]) -> Callable[[str], str]:
    """Runs a command by its name; gives the version that it makes active, and what it says."""
    def run(command: str) -> str:
        capsys.readouterr()
        if command == "train":
            train(tree.settings)
        elif command == "activate":
            assert commands.activate(Namespace(version=tree.models.all()[-1].version), tree.settings) == 0
        else:
            assert commands.roll_back(Namespace(), tree.settings) == 0
        return capsys.readouterr().out

    return run


COMMANDS = ("train", "activate", "rollback")
STRANGERS: dict[str, tuple[Answer, str]] = {
    "another checkout": ((401, {"error": "this is not the internal secret"}), SECRET),
    "pages are refused": ((403, b"Forbidden"), SECRET),
    "a stock Rasa": ((404, b"not found"), "something that is no Kilat"),
    "a web server": ((200, b"<html>hello</html>"), "something that is no Kilat"),
    "another API": ((200, {"status": "ok"}), "something that is no Kilat"),
    "a list": ((200, []), "something that is no Kilat"),
    "a broken one": ((500, b"oops"), "something that is no Kilat"),
    "the same secret, other models": ((200, {"status": "ok", "model": "x", "models": "/elsewhere/models"}),
                                      "a bot that takes its models from /elsewhere/models"),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("kind", STRANGERS)
def test_a_stranger_at_the_port(tree: Tree, tell: Callable[[str], str], kind: str, command: str) -> None:
    """Is told, with the way out, and left alone; the version is active for the next start of this checkout."""
    before, (answer, told) = tree.active, STRANGERS[kind]
    with _bot(tree, answer) as bot:
        said = tell(command)
    assert bot.asked == [] and tree.active != before
    assert f"{tree.active} is active, and the next start of this checkout serves it." in said
    assert told in said and f"Port {tree.settings.rasa_port}" in said and WAY_OUT in said


@pytest.mark.parametrize("says", [b"SSH-2.0-OpenSSH_9.6\r\n", b""])
def test_what_speaks_no_http(tree: Tree, tell: Callable[[str], str], says: bytes) -> None:
    """Is a stranger, too."""
    with _socket(tree, says):
        said = tell("train")
    assert "something that is no Kilat" in said and tree.active == tree.models.all()[0].version


@pytest.mark.parametrize("command", COMMANDS)
def test_no_bot(tree: Tree, tell: Callable[[str], str], command: str) -> None:
    """The next start serves the version; a training need not say so."""
    before, said = tree.active, tell(command)
    assert tree.active != before
    assert ("No bot is running; the next start serves it." in said) == (command != "train")


@pytest.mark.parametrize("command", COMMANDS)
def test_the_bot_of_this_checkout(tree: Tree, tell: Callable[[str], str], command: str) -> None:
    """Takes the version at once."""
    with _bot(tree, _ours(tree), (200, {"model": "new"})) as bot:
        said = tell(command)
        assert find_bot(tree.settings) == running_bot.RunningBot("old")
    assert bot.asked == [tree.active]
    assert ("and the running bot serves it" in said) == (command != "train") and WAY_OUT not in said


@pytest.mark.parametrize(("takes", "reason"), [
    ((409, {"error": "x can't be loaded"}), "x can't be loaded"), ((500, b"oops"), "status 500"),
])
@pytest.mark.parametrize("command", COMMANDS)
def test_the_bot_of_this_checkout_refuses(
    tree: Tree, tell: Callable[[str], str], command: str, takes: Answer, reason: str,
) -> None:
    """That is an error, and nothing has changed but that there is a version more."""
    before = tree.active
    with _bot(tree, _ours(tree), takes) as bot, pytest.raises(ModelError, match=f"keeps its model: {reason}") as raised:
        tell(command)
    assert tree.active == before and tree.models.archive(bot.asked[0]).exists()
    assert f"{bot.asked[0]} is not active" in str(raised.value)


def test_an_older_bot_of_this_checkout(tree: Tree) -> None:
    """One that does not tell its folder is asked, as ever."""
    with _bot(tree, (503, {"status": "ill", "model": None}), (200, {})):
        assert activate(tree.settings, tree.active).is_served


def test_no_answer(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be the bot of this checkout: an error, with what to do in either case."""
    monkeypatch.setattr(running_bot, "ASK_SECONDS", 0.1)
    before = tree.active
    with _socket(tree, None), pytest.raises(ModelError, match=f"does not answer.*Try again.*{WAY_OUT}"):
        activate(tree.settings, tree.models.all()[-1].version)
    assert tree.active == before


def test_the_list_without_an_answer(
    tree: Tree, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Is a list all the same."""
    monkeypatch.setattr(running_bot, "ASK_SECONDS", 0.1)
    with _socket(tree, None):
        assert commands.show(Namespace(), tree.settings) == 0
    said = capsys.readouterr().out
    assert tree.active in said and "does not answer" in said


def test_the_list_names_a_stranger(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    """And a model of `rasa train`; a stranger's model is none of the list."""
    tree.rasa(Path(), tree.settings.models)
    with _bot(tree, (200, {"model": tree.active, "models": "/elsewhere"})):
        assert commands.show(Namespace(), tree.settings) == 0
    said = capsys.readouterr().out
    assert "loaded by the running bot" not in said and "takes its models from /elsewhere" in said
    assert [line for line in said.splitlines() if line.startswith("kilat ") and line.endswith("made by `rasa train`")]
