"""Recognisers of numbers by which a person can be found, and of the numbers that tell nothing of a person."""
