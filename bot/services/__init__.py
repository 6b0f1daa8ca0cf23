"""Use cases: answer, hand off, ticket. They know the core and the ports, nothing of Rasa, SQL or the web."""
