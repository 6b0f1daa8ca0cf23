"""Times the stages of Rasa's processing, and notes what its NLU has read.

It wraps two places of Rasa 3.6.21 (pinned): the function of each node in the model's graph, and the processor's
`parse_message`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.tools.sandbox.trace import Recorder


def record_stages(processor: Any, recorder: Callable[[], Recorder]) -> None:
    """Record every message of `processor` from now on, with the recorder of the moment."""
    for node in processor.graph_runner._instantiated_nodes.values():
        node._fn = _timed(node._fn, node._component_class.__name__, recorder)
    parse = processor.parse_message

    async def parse_message(*arguments: Any, **named: Any) -> Any:
        parsed = await parse(*arguments, **named)
        recorder().parsed(parsed)
        return parsed

    processor.parse_message = parse_message


def _timed(function: Callable[..., Any], name: str, recorder: Callable[[], Recorder]) -> Callable[..., Any]:
    def timed(*arguments: Any, **named: Any) -> Any:
        with recorder().stage(name):
            return function(*arguments, **named)

    return timed
