"""`python -m bot` does what `frontdesk` does."""

from bot.cli import main

main()
