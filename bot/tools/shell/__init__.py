"""Trying the flows in a shell: as any customer, with or without the reasons shown, and from a script of turns."""
