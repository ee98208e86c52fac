"""The normalised form of a text, remembered: checking asks for that of every question several times."""

import functools

from bot.faq import normalise

normal = functools.lru_cache(maxsize=200_000)(normalise)
