"""The FAQ matcher: from a customer's text to the question it most likely asks. Pure."""

from bot.faq.evaluate import Confusion, Evaluation, Judged, Point, Query, evaluate
from bot.faq.matcher import Matcher
from bot.faq.misses import Miss, MissGroup, group_misses
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
    "Confusion",
    "Decision",
    "Evaluation",
    "Explanation",
    "Judged",
    "Match",
    "Matcher",
    "Miss",
    "MissGroup",
    "Point",
    "Query",
    "Question",
    "Reading",
    "Reason",
    "Repair",
    "Settings",
    "evaluate",
    "group_misses",
    "looks_like_question",
    "near",
    "normalise",
]
