"""Each system trains and answers in processes of its own; `protocol.py` is what they have in common."""
