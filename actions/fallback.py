"""The action of `data/stories/fallback.yml`; its answers come from `bot.services`, its words from `data/locales`."""

from rasa_sdk import Action

from actions.base import TurnAction


class FallbackAction(TurnAction, Action):
    """See `TurnAction`."""

    action_name = "action_fallback"
