"""A Rasa project of nothing but a pipeline: trained by Rasa's own API, asked as Rasa's server asks.

The intent's confidence is the one that Rasa reports. A slash in a label would mean a retrieval intent to Rasa: it is
written otherwise, and back again. `DIETClassifier` takes the seed.
"""

from __future__ import annotations

import asyncio
import json
import logging
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")

import rasa.engine.recipes.default_components  # noqa: E402, F401  what any model of Rasa makes it import
from rasa.core.agent import Agent  # noqa: E402
from rasa.model_training import train_nlu  # noqa: E402
from rasa.utils.log_utils import configure_structlog  # noqa: E402
from ruamel.yaml import YAML  # noqa: E402

from benchmarks.nlu.workers.protocol import Answer, Request, run  # noqa: E402

_SLASH = "∕"


def fit(request: Request, folder: Path) -> None:
    """Write the project, train, keep the packed model."""
    config = YAML(typ="safe").load(Path(str(request.pipeline)))
    for component in config["pipeline"]:
        if component["name"] == "DIETClassifier":
            component["random_seed"] = request.seed
    YAML().dump(config, folder / "config.yml")
    examples = [{"text": text, "intent": label.replace("/", _SLASH)} for label, text in request.lines]
    (folder / "nlu.json").write_text(json.dumps({"rasa_nlu_data": {"common_examples": examples}}))
    train_nlu(str(folder / "config.yml"), str(folder / "nlu.json"), str(folder), fixed_model_name="model")


def load(folder: Path) -> Answer:
    """The packed model, in Rasa's agent."""
    configure_structlog(logging.WARNING)
    agent = Agent.load(str(folder / "model.tar.gz"))
    loop = asyncio.new_event_loop()

    def answer(text: str) -> tuple[str | None, float]:
        intent = loop.run_until_complete(agent.parse_message(text))["intent"]
        name = intent["name"]
        return name.replace(_SLASH, "/") if name and name != "nlu_fallback" else None, float(intent["confidence"])

    return answer


if __name__ == "__main__":
    run(fit, load)
