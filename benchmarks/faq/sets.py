"""Labelled sets: an FAQ, and queries of two halves."""

import gzip
import json
from collections.abc import Iterable
from pathlib import Path

import msgspec
import yaml

from bot.faq import Query, Question

_DATA = Path(__file__).parent / "data"
_EXAMPLE = Path(__file__).parents[2]


class LabelledSet(msgspec.Struct, frozen=True):
    """One FAQ with queries; thresholds chosen on one half are tried on the other."""

    name: str
    questions: tuple[Question, ...]
    dev: tuple[Query, ...]
    test: tuple[Query, ...]


def shipped(variants: int) -> list[LabelledSet]:
    """Return the sets that travel with the project, with so many variants an entry at most."""
    return [*(_read_table(path, variants) for path in sorted(_DATA.glob("*.tsv.gz"))), _example()]


def elsewhere(folder: Path, variants: int) -> list[LabelledSet]:
    """Return the sets of `*.jsonl` files in a folder: lines with `text`, `intent` and `split`."""
    found = []
    for path in sorted(folder.glob("*.jsonl")):
        rows = map(json.loads, path.read_text("utf-8").splitlines())
        triples = [(row["split"], row["intent"] or "", row["text"]) for row in rows]
        found.append(_gather(path.stem, triples, variants))
    return found


def _read_table(path: Path, variants: int) -> LabelledSet:
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    triples = [(split, intent, text) for split, intent, text in (x.split("\t") for x in lines)]
    return _gather(path.name.split(".")[0], triples, variants)


def _gather(name: str, rows: Iterable[tuple[str, str, str]], variants: int) -> LabelledSet:
    faq: dict[str, list[str]] = {}
    queries: dict[str, list[Query]] = {"dev": [], "test": []}
    for split, intent, text in rows:
        if split != "faq":
            queries[split].append(Query(text, intent or None))
        elif len(faq.setdefault(intent, [])) < variants:
            faq[intent].append(text)
    questions = tuple(Question(intent, tuple(texts)) for intent, texts in faq.items())
    return LabelledSet(name, questions, tuple(queries["dev"]), tuple(queries["test"]))


def _example() -> LabelledSet:
    """Return the example business's own FAQ and labelled questions, every other one a half."""
    entries = yaml.safe_load((_EXAMPLE / "faq.yaml").read_text("utf-8"))
    entries = entries["entries"] if isinstance(entries, dict) else entries
    labelled = yaml.safe_load((_EXAMPLE / "faq.test.yaml").read_text("utf-8"))
    queries = [
        Query(str(text), None if entry == "none" else str(entry))
        for text, entry in labelled.items()
    ]
    questions = tuple(Question(str(e["id"]), tuple(map(str, e["questions"]))) for e in entries)
    return LabelledSet("example (ru)", questions, tuple(queries[::2]), tuple(queries[1::2]))
