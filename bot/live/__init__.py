"""A conversation while it runs: its event log, who follows it, the bot that answers, what agents do with a case."""
