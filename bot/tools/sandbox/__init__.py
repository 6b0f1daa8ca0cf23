"""Kilat in one process, for trying and testing: a database of its own, the real model, no desks and no mail."""
