"""The agents' side of running conversations: what each console is shown, and what its frames do."""
