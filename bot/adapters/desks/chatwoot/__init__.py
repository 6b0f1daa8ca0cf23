"""Chatwoot as agents' desk: a conversation of its own in an API inbox for each case."""
