"""What the scenarios touch of all that the bot has, and what they leave out: `kilat coverage`."""
