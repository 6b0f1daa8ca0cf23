"""Commands for operators: agents' accounts, models, personal data."""
