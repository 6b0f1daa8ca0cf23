"""Learning from missed questions: they are grouped by meaning, and each group is proposed to a person as a change of
the training data (docs/learning.md). Nothing changes without a person."""
