"""A mailbox as the ticket desk."""
