"""The custom action: it translates between Rasa's tracker and `bot.services.dialogue`."""
