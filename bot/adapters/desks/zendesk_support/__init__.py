"""Zendesk Support as the ticket desk."""
