"""What editors, bot builders and operators start from a shell."""
