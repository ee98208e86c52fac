"""Customers on Telegram, over aiogram's types and session."""
