"""Zendesk messaging (Sunshine Conversations) as agents' desk: a conversation for each case."""
