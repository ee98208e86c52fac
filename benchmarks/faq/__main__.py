"""`make bench-faq`: how often the FAQ matcher is right, how often it dares, and what it costs."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from benchmarks.faq.baselines import RATIOS, Ratios
from benchmarks.faq.damage import DAMAGES
from benchmarks.faq.protocol import CanMatch, Figures, count, look
from benchmarks.faq.scale import cost, made_up
from benchmarks.faq.sets import LabelledSet, elsewhere, shipped
from bot.faq import Matcher, Question
from bot.faq.evidence import SentenceLearner

Make = Callable[[Sequence[Question]], CanMatch]

_DAMAGED = 300


def main() -> None:
    """Print the tables that stand in docs/faq.md."""
    options = _options()
    sets = elsewhere(options.data, options.variants) if options.data else shipped(options.variants)
    sentences = None if options.light else _sentences()
    makes: dict[str, Make] = {"default": Matcher}
    if sentences is not None:
        makes["semantic"] = lambda questions: Matcher(questions, sentences=sentences)
    if not options.dev:
        for name, ratio in RATIOS.items():
            makes[name] = lambda questions, ratio=ratio: Ratios(questions, ratio)  # type: ignore[misc]
    if not options.cost:
        _print_figures(sets, makes, dev_only=options.dev)
        if options.figures:
            return
        _print_damage(sets, {name: makes[name] for name in makes if name not in RATIOS})
    _print_cost(sets, sentences)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faq", description=main.__doc__)
    parser.add_argument("--data", type=Path, help="folder of other sets, *.jsonl")
    parser.add_argument("--variants", type=int, default=5, help="variants an entry")
    parser.add_argument("--dev", action="store_true", help="look at the dev half only")
    parser.add_argument("--figures", action="store_true", help="no damage, no cost")
    parser.add_argument("--cost", action="store_true", help="time and memory only")
    parser.add_argument("--light", action="store_true", help="without the semantic extra")
    return parser.parse_args()


def _sentences() -> SentenceLearner | None:
    try:
        from bot.faq.semantic import sentence_learner
    except ImportError:
        print("frontdesk[semantic] is not installed: its rows are left out\n")
        return None
    learner = sentence_learner()
    # The model comes with the first FAQ that is learned, and is no part of what one costs.
    learner(["one"], [0])
    return learner


def _print_figures(sets: Sequence[LabelledSet], makes: dict[str, Make], *, dev_only: bool) -> None:
    print(
        "| set | matcher | top-1 | top-3 | coverage | AUROC | answered | precision | found | idle |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for labelled in sets:
        for name, make in makes.items():
            matcher = make(labelled.questions)
            dev = look(matcher, labelled.dev)
            figures = count(dev, dev if dev_only else look(matcher, labelled.test))
            print(f"| {labelled.name} | {name} | {_row(figures)} |", flush=True)


def _row(figures: Figures) -> str:
    shares = (
        figures.top1,
        figures.top3,
        figures.coverage,
        figures.auroc,
        figures.answered,
        figures.precision,
        figures.found,
        figures.idle,
    )
    return " | ".join("-" if share is None else f"{share:.3f}" for share in shares)


def _print_damage(sets: Sequence[LabelledSet], makes: dict[str, Make]) -> None:
    print("\nTop-1 on damaged queries:\n")
    print(f"| set | matcher | clean | {' | '.join(DAMAGES)} |")
    print("|---|---|---|" + "---|" * len(DAMAGES))
    for labelled in sets:
        answerable = [query for query in labelled.dev if query.id is not None][:_DAMAGED]
        for name, make in makes.items():
            matcher = make(labelled.questions)
            shares = [_right(matcher, [(query.text, query.id) for query in answerable])]
            for damage in DAMAGES.values():
                random = Random(11)
                damaged = [(damage(query.text, random), query.id) for query in answerable]
                shares.append(_right(matcher, damaged))
            row = " | ".join(f"{share:.3f}" for share in shares)
            print(f"| {labelled.name} | {name} | {row} |", flush=True)


def _right(matcher: CanMatch, texts: Sequence[tuple[str, str | None]]) -> float:
    best = [(matcher.match(text).candidates, expected) for text, expected in texts]
    right = sum(bool(found) and found[0].id == expected for found, expected in best)
    return right / max(len(texts), 1)


def _print_cost(sets: Sequence[LabelledSet], sentences: SentenceLearner | None) -> None:
    questions = [question for labelled in sets for question in labelled.questions]
    queries = [query for labelled in sets for query in labelled.dev]
    print("\nCPU time and memory, five variants an entry, every query new:\n")
    print("| matcher | entries | build, s | memory, MB | p50, ms | p95, ms | max, ms |")
    print("|---|---|---|---|---|---|---|")
    runs: list[tuple[str, int, SentenceLearner | None]]
    runs = [("default", 100, None), ("default", 1000, None), ("default", 10_000, None)]
    if sentences is not None:
        # The second one finds the vectors of its texts, as a program does that starts again.
        runs += [("semantic", 1000, sentences), ("semantic, again", 1000, sentences)]
    for name, entries, learner in runs:
        spent = cost(made_up(questions, entries), queries, learner)
        print(
            f"| {name} | {entries} | {spent.build_s:.2f} | {spent.memory_mb:.0f} "
            f"| {spent.p50_ms:.2f} | {spent.p95_ms:.2f} | {spent.max_ms:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
