"""The operators' room in a Telegram group with topics: a face of the desk."""
