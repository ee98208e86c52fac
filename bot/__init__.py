"""Frontdesk: one desk for customers who write on Telegram, VK and e-mail."""
