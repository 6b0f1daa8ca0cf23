"""Commands for editors, bot builders and operators (`kilat …`)."""
