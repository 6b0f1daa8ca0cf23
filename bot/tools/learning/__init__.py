"""The bot learns from what it missed: questions are grouped by meaning, and each group is proposed to a person as a
change of the training data (docs/learning.md). Nothing here is published by itself."""
