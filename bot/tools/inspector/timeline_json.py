"""The timeline as JSON for the page."""

from __future__ import annotations

from typing import Any

from bot.live.frames import Frame
from bot.tools.inspector.timeline import Item
from bot.tools.sandbox.trace import Trace
from bot.tools.scenarios.sides import without_case_numbers

MOST_RANKED = 6


def item_json(item: Item) -> dict[str, Any]:
    """One item of the timeline."""
    step, trace = item.step, item.trace
    return {
        "number": item.number, "who": item.who, "label": item.label, "waits": item.waits,
        "step": {"agent": step.agent, "words": f"{step.verb} {step.words}".strip(), "form": list(step.form),
                 "line": step.line} if step else None,
        "says": [_said(entry) for entry in item.entries],
        "transitions": [vars(transition) for transition in item.transitions],
        "problems": list(item.problems),
        "edited": _differences(item.was, item) if item.was else None,
        "trace": _trace(trace) if trace else None,
    }


def _said(entry: Frame) -> dict[str, Any]:
    card = entry.get("card") or {}
    return {"author": entry.get("name") or entry["author"], "text": entry.get("text", ""),
            "event": entry.get("event"), "card": card.get("type"),
            "buttons": [(button["title"], button["payload"]) for button in entry.get("buttons") or ()]}


def _trace(trace: Trace) -> dict[str, Any]:
    changes = trace.changes()
    return {
        "intent": trace.intent, "confidence": trace.confidence, "ranking": trace.ranking[:MOST_RANKED],
        "nearest": trace.nearest, "entities": trace.entities, "action": trace.action, "answered": trace.answered,
        "question": {name: _shown(value) for name, value in trace.question.items()},
        "facts": trace.facts, "responses": trace.responses, "effects": trace.effects,
        "language": trace.language, "route": trace.route, "field": trace.field,
        "state": [(name, _shown(value), _shown(changes[name][0]) if name in changes else None)
                  for name, value in trace.after.items()],
        "ms": round(1000 * trace.seconds), "stages": [(name, 1000 * took) for name, took in trace.stages.items()],
    }


def _shown(value: Any) -> str:
    """A value in a few words: a mapping without its empty fields, a customer too."""
    if hasattr(value, "__dataclass_fields__"):
        value = vars(value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_shown(inner)}" for name, inner in value.items() if inner not in (None, "", [], {}))
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_shown, value))
    if isinstance(value, (set, frozenset)):
        return ", ".join(sorted(map(_shown, value)))
    return "" if value is None else str(value)


def _differences(was: Item, now: Item) -> list[tuple[str, str, str]]:
    """What an edit of the conversation changed in this turn: (name, before, after)."""
    before, after = _outcome(was), _outcome(now)
    return [(name, before[name], after[name]) for name in before if before[name] != after[name]]


def _outcome(item: Item) -> dict[str, str]:
    trace = item.trace or Trace("")
    return {
        "intent": trace.intent, "answered": trace.answered or "", "question": _shown(dict(trace.question)),
        "facts": _shown(trace.facts), "responses": _shown(trace.responses), "effects": _shown(trace.effects),
        "route": trace.route or "", "status": _shown([str(step) for step in item.transitions]),
        "says": without_case_numbers("\n".join(entry.get("text", "") for entry in item.entries)),
    }
