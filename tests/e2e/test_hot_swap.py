"""Another model for a running bot: no message is lost, doubled or answered wrongly, and a form goes on."""

from __future__ import annotations

import io
import os
import re
import signal
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from server import Server
from small_tree import small_tree
from streams import Streams
from waiting import wait_until

from bot.adapters.model_store import ModelError, Models
from bot.settings import Settings
from bot.tools import training

pytestmark = pytest.mark.long

MAGIC = "kata sandi rahasia ajaib"
SWAPS = 10
FORM = ("buat tiket", "Suara putus-putus", "cuma satu fitur yang rusak, suaranya putus-putus", "sari@example.com",
        "ya setuju", "ya kirim")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """With two small models: to one the magic words are about prices, to the other about the community."""
    server = Server(tmp_path_factory.mktemp("swap"))
    server.environment |= {"KILAT_MODELS_DIR": str(server.folder / "models"), "KILAT_ENCODER": "none",
                           "KILAT_MESSAGES_PER_MINUTE": "100000"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KILAT_ENCODER", "none")
        for intent in ("plan_price", "community"):
            tree = small_tree(server.folder / intent, {intent: (MAGIC, "kata sandi ajaib")})
            training.train(_settings(server), tree=tree, candidate=True)
    assert not training.activate(_settings(server), _versions(server)[0]).is_served
    server.start()
    yield server
    server.stop()


def _settings(server: Server) -> Settings:
    return Settings.from_environment(server.environment)


def _serving(settings: Settings) -> str | None:
    """The version that the running bot has loaded."""
    bot = training.find_bot(settings)
    return bot.model if bot and bot.is_ours else None


def _versions(server: Server) -> tuple[str, ...]:
    """The oldest first: prices, then the community."""
    return tuple(model.version for model in reversed(Models(_settings(server).models).all()))


def _knows(server: Server, sender: str) -> str:
    """Which of the two models answers."""
    text = server.ask(sender, MAGIC).text.lower()
    return "community" if "community" in text else "plan_price" if "harga" in text else text


def _active(server: Server) -> str:
    active = Models(_settings(server).models).active()
    assert active is not None
    return active.version


def test_the_chosen_model_serves(server: Server) -> None:
    """Though it is not made of the tree; `serve` says so and trains nothing."""
    version = _versions(server)[0]
    assert _serving(_settings(server)) == version and _knows(server, "first") == "plan_price"
    assert f"{version} serves by choice" in server.log.read_text()
    assert len(_versions(server)) == 2
    assert [model.encoder for model in Models(_settings(server).models).all()] == [False, False]


def test_swaps_under_a_stream_of_messages(server: Server) -> None:
    """Ten times there and back; a form gets its next turn after each of the first."""
    settings, versions, form, said = _settings(server), _versions(server), list(FORM), ""
    with Streams(server) as streams:
        for number in range(1, SWAPS + 1):
            assert training.activate(settings, versions[number % 2]).is_served
            assert _serving(settings) == versions[number % 2]
            assert _knows(server, f"swap-{number}") == ("plan_price", "community")[number % 2]
            said = server.ask("form", form.pop(0)).text if form else said
    assert not streams.wrong
    assert len(streams.answered) == 3 and min(streams.answered.values()) >= SWAPS
    assert re.search(r"KLT-\d{6}", said), said
    assert not re.search(r"Traceback|ERROR", server.log.read_text())


def test_a_model_that_can_not_be_loaded(server: Server) -> None:
    """It is said plainly; the old one is active and answers."""
    settings, good = _settings(server), _active(server)
    models = Models(settings.models)
    bad = "20990101-000000-badbadba"
    fresh = settings.models / "fresh"
    with tarfile.open(fresh, "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("metadata.json"), io.BytesIO())
    models.add(fresh, replace(models.get(good), version=bad))
    with pytest.raises(ModelError, match=f"keeps its model: {bad} can't be loaded"):
        training.activate(settings, bad)
    assert _serving(settings) == good == _active(server)
    assert _knows(server, "kept") in ("plan_price", "community")
    models.archive(bad).unlink()


def test_the_bot_of_another_checkout(server: Server, tmp_path: Path) -> None:
    """One with another secret or other models is no bot of this checkout, and keeps its model."""
    ours, good = _settings(server), _active(server)
    for settings, what in ((replace(ours, internal_secret="0" * 48), "does not know the internal secret"),
                           (replace(ours, models=tmp_path), f"takes its models from {ours.models}")):
        bot = training.find_bot(settings)
        assert bot and not bot.is_ours and what in bot.stranger
    assert _serving(ours) == good


def test_a_roll_back(server: Server) -> None:
    """To what served before, at once."""
    settings, (price, community) = _settings(server), _versions(server)
    for version in (price, community):
        training.activate(settings, version)
    back = training.roll_back(settings)
    assert (back.version, back.is_served) == (price, True)
    assert _serving(settings) == price == _active(server) and _knows(server, "back") == "plan_price"


def test_after_a_restart_of_rasa(server: Server) -> None:
    """What was activated last serves, even if that was while Rasa was starting with another."""
    settings, (price, community) = _settings(server), _versions(server)
    training.activate(settings, price)
    old = _rasa(server)
    assert old
    os.kill(old, signal.SIGKILL)
    wait_until(lambda: _rasa(server) not in (None, old))
    assert not training.activate(settings, community).is_served
    wait_until(lambda: _serving(settings) == community)
    assert _knows(server, "restarted") == "community"


def _rasa(server: Server) -> int | None:
    return next((pid for pid, line in server.children().items() if "rasa run" in line), None)
