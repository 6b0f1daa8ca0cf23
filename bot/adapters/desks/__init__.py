"""Desks outside of Kilat, one folder each: where agents answer, and where tickets are worked on (`registry.py`)."""
