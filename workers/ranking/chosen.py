"""The cases chosen so far, and which others are too like them: perceptual hash and embedding (pure numpy)."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

CHUNK = 65_536

Rows = NDArray[np.int64]
Vectors = NDArray[np.float32]


class Chosen:
    """Cases taken, and cases refused for good because a taken one looks like them.

    Likeness is an equal perceptual hash, or a cosine of the standardised embeddings above `duplicate_cosine`. A case
    without a score has no embedding and is only like another by its hash.
    """

    def __init__(
        self,
        embeddings: NDArray[np.floating[Any]],
        scores: NDArray[np.float64],
        phashes: Sequence[str | None],
        duplicate_cosine: float,
    ) -> None:
        self.embeddings, self.phashes, self.duplicate_cosine = embeddings, phashes, duplicate_cosine
        self.has_vector = ~np.isnan(scores)
        self.mean, self.deviation = _moments(embeddings, self.has_vector)
        self.is_taken = np.zeros(len(scores), dtype=bool)
        self.is_refused = np.zeros(len(scores), dtype=bool)
        self._seen_phashes: set[str] = set()
        self._vectors: Vectors = np.empty((1024, embeddings.shape[1]), dtype=np.float32)
        self._n_vectors = 0
        self._n_compared = 0  # vectors that `unlike` has compared the rows at hand with

    def may_join(self, rows: Rows) -> NDArray[np.bool_]:
        """Say of each row whether it is neither taken nor refused."""
        return np.asarray(~self.is_taken[rows] & ~self.is_refused[rows])

    def vectors(self, rows: Rows) -> Vectors:
        """Return standardised embeddings of unit length, (n, D)."""
        raw = np.asarray(self.embeddings[rows], dtype=np.float32)
        centred = (raw - self.mean) / self.deviation
        norm = np.linalg.norm(centred, axis=1, keepdims=True)
        return (centred / np.maximum(norm, 1e-12)).astype(np.float32)

    def add(self, rows: Rows) -> None:
        """Take rows whatever they are like."""
        self.is_taken[rows] = True
        self._seen_phashes.update(phash for row in rows if (phash := self.phashes[row]) is not None)
        self._append(self.vectors(rows[self.has_vector[rows]]))

    def unlike(self, rows: Rows) -> tuple[Rows, Vectors, NDArray[np.float32]]:
        """Refuse the rows that are like a taken one. `try_to_add` may be asked for the others next.

        Returns them with their vectors and their cosine distances to the nearest taken one, infinite without any.
        """
        vectors = self.vectors(rows)
        distance = self._distance(vectors, 0)
        is_like = distance < 1 - self.duplicate_cosine
        self.is_refused[rows[is_like]] = True
        self._n_compared = self._n_vectors
        return rows[~is_like], vectors[~is_like], distance[~is_like]

    def try_to_add(self, row: int, vector: Vectors) -> bool:
        """Take a row that `unlike` has let through, unless it is like one taken since: then it is refused."""
        phash = self.phashes[row]
        is_like = bool(self._distance(vector[None], self._n_compared)[0] < 1 - self.duplicate_cosine)
        if is_like or (phash is not None and phash in self._seen_phashes):
            self.is_refused[row] = True
            return False
        if phash is not None:
            self._seen_phashes.add(phash)
        self.is_taken[row] = True
        self._append(vector[None])
        return True

    def _distance(self, vectors: Vectors, since: int) -> NDArray[np.float32]:
        taken = self._vectors[since : self._n_vectors]
        if not len(taken) or not len(vectors):
            return np.full(len(vectors), np.inf, dtype=np.float32)
        return np.asarray(1 - (vectors @ taken.T).max(axis=1))

    def _append(self, vectors: Vectors) -> None:
        end = self._n_vectors + len(vectors)
        while end > len(self._vectors):
            self._vectors = np.concatenate([self._vectors, np.empty_like(self._vectors)])
        self._vectors[self._n_vectors : end] = vectors
        self._n_vectors = end


def _moments(embeddings: NDArray[np.floating[Any]], has_vector: NDArray[np.bool_]) -> tuple[Vectors, Vectors]:
    """Return mean and standard deviation of each dimension, chunk by chunk: a pool may not fit into memory."""
    n, width = int(has_vector.sum()), embeddings.shape[1]
    total, squares = np.zeros(width), np.zeros(width)
    for start in range(0, len(embeddings), CHUNK):
        chunk = np.asarray(embeddings[start : start + CHUNK], dtype=np.float64)[
            has_vector[start : start + CHUNK]
        ]
        total += chunk.sum(axis=0)
        squares += (chunk**2).sum(axis=0)
    mean = total / max(n, 1)
    variance = np.maximum(squares / max(n, 1) - mean**2, 0)
    deviation = np.where(variance > 1e-12, np.sqrt(variance), 1.0)
    return mean.astype(np.float32), deviation.astype(np.float32)
