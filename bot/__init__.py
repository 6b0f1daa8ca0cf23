"""Kilat: a support chatbot for a help center. `core` holds rules, `services` use cases, `adapters` the outside."""
