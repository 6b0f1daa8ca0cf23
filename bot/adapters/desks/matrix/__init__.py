"""Matrix as agents' desk: a private room for each case, answered in any Matrix client."""
