"""Turn scores into an order of the whole pool: first some batches, then the rest (pure numpy).

A batch mixes the highest scores, cases that lie far from all chosen ones among the next best, and a fixed share
drawn at random, which keeps an unbiased sample and protects from a model that is wrong. One patient and
near-duplicates do not fill a batch. Ties are broken by seeded random numbers, never by the order of arrival.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

CHUNK = 65_536
WHYS = ("uncertainty", "diversity", "random", "rest")


@dataclass(frozen=True)
class Pool:
    """What selection knows of the pool. Row i of every field is the same case."""

    patients: Sequence[str]
    scores: NDArray[np.float64]  # NaN = no eligible image
    embeddings: NDArray[np.floating[Any]]  # (N, D); may be a memory map; rows without a score are ignored
    phashes: Sequence[str | None]


@dataclass(frozen=True)
class Entry:
    """One place in the order. `batch` counts from 1; the rest has none."""

    row: int
    why: str
    batch: int | None


class _Selection:
    """The batches chosen so far, and what may still join."""

    def __init__(self, pool: Pool, patient_cap: int, duplicate_cosine: float) -> None:
        self.pool, self.patient_cap, self.duplicate_cosine = pool, patient_cap, duplicate_cosine
        self.taken = np.zeros(len(pool.scores), dtype=bool)
        self.has_score = ~np.isnan(pool.scores)
        self.mean, self.deviation = _moments(pool.embeddings, self.has_score)
        self.chosen_vectors: list[NDArray[np.float32]] = []
        self.chosen_phashes: set[str] = set()
        self.patients_in_batch: Counter[str] = Counter()

    def vectors(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return standardised embeddings of unit length, (n, D)."""
        raw = np.asarray(self.pool.embeddings[rows], dtype=np.float32)
        centred = (raw - self.mean) / self.deviation
        norm = np.linalg.norm(centred, axis=1, keepdims=True)
        return (centred / np.maximum(norm, 1e-12)).astype(np.float32)

    def try_to_take(self, row: int) -> bool:
        """Take a case unless its patient has had its share of the batch or something like it is already chosen."""
        pool = self.pool
        if self.taken[row] or self.patients_in_batch[pool.patients[row]] >= self.patient_cap:
            return False
        phash = pool.phashes[row]
        if phash is not None and phash in self.chosen_phashes:
            return False
        if self.has_score[row]:
            vector = self.vectors(np.array([row]))[0]
            if self.chosen_vectors and (np.stack(self.chosen_vectors) @ vector).max() > self.duplicate_cosine:
                return False
            self.chosen_vectors.append(vector)
        if phash is not None:
            self.chosen_phashes.add(phash)
        self.taken[row] = True
        self.patients_in_batch[pool.patients[row]] += 1
        return True

    def take_first(self, rows: Iterable[int], n: int) -> list[int]:
        """Take the first n rows that may join."""
        chosen: list[int] = []
        for row in rows:
            if len(chosen) == n:
                break
            if self.try_to_take(int(row)):
                chosen.append(int(row))
        return chosen

    def take_far(self, candidates: NDArray[np.int64], n: int) -> list[int]:
        """Take n rows by greedy k-centre (Sener and Savarese, ICLR 2018, algorithm 1) on the cosine distance."""
        vectors = self.vectors(candidates)
        nearest = np.full(len(candidates), np.inf, dtype=np.float32)
        for centre in self.chosen_vectors:
            np.minimum(nearest, 1 - vectors @ centre, out=nearest)
        chosen: list[int] = []
        while len(chosen) < n and len(candidates) and nearest.max() > -1:
            best = int(nearest.argmax())
            nearest[best] = -2  # below every cosine distance: looked at
            if self.try_to_take(int(candidates[best])):
                chosen.append(int(candidates[best]))
                np.minimum(nearest, 1 - vectors @ vectors[best], out=nearest)
        return chosen


def order_pool(
    pool: Pool,
    *,
    seed: int,
    batch_size: int,
    n_batches: int,
    random_share: float,
    diversity_share: float,
    patient_cap: int,
    duplicate_cosine: float,
    candidate_factor: int,
) -> list[Entry]:
    """Return every case of the pool exactly once, in the order in which it should be read.

    Random and diverse cases take round(share x batch_size) places each, at least one random place when the share is
    not zero; diverse ones are looked for among the `candidate_factor` x batch_size highest scores left.
    """
    rng = np.random.default_rng(seed)
    n_cases = len(pool.scores)
    selection = _Selection(pool, patient_cap, duplicate_cosine)
    shuffled = rng.permutation(n_cases)
    by_score = _by_score(pool.scores, shuffled)
    n_random = max(round(random_share * batch_size), int(random_share > 0))
    n_diverse = min(round(diversity_share * batch_size), batch_size - n_random)
    entries: list[Entry] = []
    for batch in range(1, n_batches + 1):
        selection.patients_in_batch.clear()
        uncertain = selection.take_first(by_score, batch_size - n_random - n_diverse)
        left = by_score[~selection.taken[by_score]][: candidate_factor * batch_size]
        diverse = selection.take_far(left, n_diverse)
        drawn = selection.take_first(shuffled, n_random)
        entries += _interleaved({"uncertainty": uncertain, "diversity": diverse, "random": drawn}, batch)
        by_score = by_score[~selection.taken[by_score]]
        shuffled = shuffled[~selection.taken[shuffled]]
    return entries + _rest(by_score, shuffled, selection.has_score, rng)


def _by_score(scores: NDArray[np.float64], shuffled: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows that have a score, highest first; `shuffled` breaks ties."""
    scored = shuffled[~np.isnan(scores[shuffled])]
    return scored[np.argsort(-scores[scored], kind="stable")]


def _interleaved(parts: dict[str, list[int]], batch: int) -> list[Entry]:
    """Spread the parts evenly over the batch, so that stopping half-way has read half of each."""
    places = [
        ((place + 0.5) / len(rows), number, Entry(row, why, batch))
        for number, (why, rows) in enumerate(parts.items())
        for place, row in enumerate(rows)
    ]
    return [entry for *_, entry in sorted(places, key=lambda place: place[:2])]


def _rest(
    by_score: NDArray[np.int64],
    shuffled: NDArray[np.int64],
    has_score: NDArray[np.bool_],
    rng: np.random.Generator,
) -> list[Entry]:
    """Return what no batch took, by score; cases without a score are strewn in at random."""
    unscored = shuffled[~has_score[shuffled]]
    n_rest = len(by_score) + len(unscored)
    order = np.empty(n_rest, dtype=np.int64)
    is_unscored = np.zeros(n_rest, dtype=bool)
    is_unscored[rng.choice(n_rest, size=len(unscored), replace=False)] = True
    order[is_unscored], order[~is_unscored] = unscored, by_score
    return [Entry(int(row), "rest", None) for row in order]


def _moments(
    embeddings: NDArray[np.floating[Any]], has_score: NDArray[np.bool_]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return mean and standard deviation of each dimension, chunk by chunk: a pool may not fit into memory."""
    n, width = int(has_score.sum()), embeddings.shape[1]
    total, squares = np.zeros(width), np.zeros(width)
    for start in range(0, len(embeddings), CHUNK):
        chunk = np.asarray(embeddings[start : start + CHUNK], dtype=np.float64)[
            has_score[start : start + CHUNK]
        ]
        total += chunk.sum(axis=0)
        squares += (chunk**2).sum(axis=0)
    mean = total / max(n, 1)
    variance = np.maximum(squares / max(n, 1) - mean**2, 0)
    deviation = np.where(variance > 1e-12, np.sqrt(variance), 1.0)
    return mean.astype(np.float32), deviation.astype(np.float32)
