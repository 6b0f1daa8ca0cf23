"""Extensions of Rasa: NLU components, channels, a tracker store, and a patched call of actions.

`config.yml` and `credentials.yml` name these modules; importing any of them loads Rasa and installs `remote_action`.
"""

from bot.rasa_ext import remote_action

remote_action.install()
