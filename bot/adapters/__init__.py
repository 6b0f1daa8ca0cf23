"""Adapters of outside systems, one file or folder each."""
