"""Measures training data and trained models: `kilat check --vectors`, `kilat report` (docs/evaluation.md)."""
