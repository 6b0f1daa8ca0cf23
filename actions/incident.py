"""The action of `data/stories/incident.yml`; its answers come from `bot.services`, its words from `data/locales`."""

from rasa_sdk import Action

from actions.base import TurnAction


class IncidentAction(TurnAction, Action):
    """See `TurnAction`."""

    action_name = "action_incident"
