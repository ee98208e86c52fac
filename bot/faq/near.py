"""Whether one label is a near spelling of another."""

from rapidfuzz.distance import OSA

from bot.faq.words import normalise


def near(a: str, b: str) -> bool:
    """Tell whether `a` is a near spelling of `b`.

    The labels are normalised first. One edit (a swap of neighbours is one) is near from four
    letters of the shorter label, two from eight; below that only the same spelling is.
    """
    left, right = normalise(a), normalise(b)
    shorter = min(len(left), len(right))
    edits = 2 if shorter >= 8 else 1 if shorter >= 4 else 0
    return bool(left) and OSA.distance(left, right, score_cutoff=edits) <= edits
