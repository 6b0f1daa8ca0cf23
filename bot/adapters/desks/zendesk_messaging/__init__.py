"""Zendesk messaging (Sunshine Conversations) as agents' desk: a conversation for each case, passed to the Agent Workspace."""
