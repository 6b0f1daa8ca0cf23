"""Request Tracker 5 as the ticket desk."""
