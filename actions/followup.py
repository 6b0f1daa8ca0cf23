"""The action of `data/stories/followup.yml`; its answers come from `bot.services`, its words from `data/locales`."""

from rasa_sdk import Action

from actions.base import TurnAction


class FollowupAction(TurnAction, Action):
    """See `TurnAction`."""

    action_name = "action_followup"
