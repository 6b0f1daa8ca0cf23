"""Custom actions, one file a topic: they translate between Rasa's tracker and `bot.services.dialogue`."""
