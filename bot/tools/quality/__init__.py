"""How good training data and trained models are: `kilat check --vectors`, `kilat report` (docs/evaluation.md)."""
