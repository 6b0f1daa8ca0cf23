"""What Rasa runs of ours: NLU components, the REST channel, and a faster, more honest call of actions.

`config.yml` and `credentials.yml` name these modules; importing any of them installs `remote_action`.
"""

from bot.rasa_ext import remote_action

remote_action.install()
