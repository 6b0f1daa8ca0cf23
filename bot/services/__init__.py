"""Use cases: answer, hand off, ticket. They import the core and the ports, and nothing of Rasa, SQL or the web."""
