"""The agents' side of a running conversation: what each console is shown, and what its frames do."""
