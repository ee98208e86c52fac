"""Customers who write letters: IMAP and SMTP."""
