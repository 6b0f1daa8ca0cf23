"""Recognisers of passwords, codes, keys and tokens."""
