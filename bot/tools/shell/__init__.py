"""`kilat shell`: talk to the bot as any customer, typed or from a script, with or without its reasons."""
