"""The FAQ matcher: from a customer's text to the question it most likely asks. Pure."""

from bot.faq.matcher import Matcher
from bot.faq.near import near
from bot.faq.question import (
    Candidate,
    Decision,
    Explanation,
    Match,
    Question,
    Reading,
    Reason,
    Repair,
    Settings,
)
from bot.faq.words import looks_like_question, normalise

__all__ = [
    "Candidate",
    "Decision",
    "Explanation",
    "Match",
    "Matcher",
    "Question",
    "Reading",
    "Reason",
    "Repair",
    "Settings",
    "looks_like_question",
    "near",
    "normalise",
]
