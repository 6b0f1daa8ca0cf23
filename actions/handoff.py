"""The action of `data/stories/handoff.yml`; its answers come from `bot.services`, its words from `data/locales`."""

from rasa_sdk import Action

from actions.base import TurnAction


class HandoffAction(TurnAction, Action):
    """See `TurnAction`."""

    action_name = "action_handoff"
