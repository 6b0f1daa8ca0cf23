"""`kilat inspect`: the widget beside what the bot does in each turn, on a page for this machine alone."""
