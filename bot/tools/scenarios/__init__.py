"""Scenarios: conversations in YAML files with what must be seen in them (docs/scenarios.md)."""
