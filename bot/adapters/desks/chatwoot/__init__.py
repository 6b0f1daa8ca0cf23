"""Chatwoot as agents' desk: each case is a conversation in an API inbox."""
