"""Turn scores into an order of the whole pool: first some batches, then the rest (pure numpy).

A batch mixes a fixed share drawn at random, the highest scores, and cases that lie far from all chosen ones among the
next best. The random share is drawn first, for all batches at once, uniformly from the whole pool: together its cases
are an unbiased sample, whatever the model thinks of them. Neither a patient's cap nor likeness keeps a case out of it.
The other parts take at most a few cases of one patient into a batch, and nothing like a case already chosen. Ties are
broken by seeded random numbers, never by the order of arrival.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.ranking.chosen import Chosen, Rows, Vectors

WHYS = ("uncertainty", "diversity", "random", "rest", "duplicate")
LOOK_AHEAD = 256  # rows compared with the chosen ones at once
DIVERSE_GROUP = 64  # places that one run of k-centre fills: its work grows with places x candidates
MOST_CANDIDATES = (
    4096  # each is compared with all chosen ones: more would let the work grow with the batch squared
)


@dataclass(frozen=True)
class Pool:
    """What selection knows of the pool. Row i of every field is the same case."""

    patients: Sequence[str]
    scores: NDArray[np.float64]  # NaN = no eligible image
    embeddings: NDArray[np.floating[Any]]  # (N, D); may be a memory map; rows without a score are ignored
    phashes: Sequence[str | None]


@dataclass(frozen=True)
class Entry:
    """One place in the order. `batch` counts from 1; the rest and the duplicates have none."""

    row: int
    why: str
    batch: int | None


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

    Of the `batch_size` places of a batch, round(random_share x batch_size) are random, at least one when the share is
    not zero; as many as diversity_share asks, and the random ones leave, are diverse, looked for among the
    `candidate_factor` x batch_size highest scores left (MOST_CANDIDATES at most); the others go to the highest scores.
    """
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(len(pool.scores))
    n_random = max(round(random_share * batch_size), int(random_share > 0))
    n_diverse = min(round(diversity_share * batch_size), batch_size - n_random)
    n_candidates = min(candidate_factor * batch_size, max(MOST_CANDIDATES, 2 * n_diverse))
    # Hands for the batches that the pool can fill: what is drawn is not spread over empty ones.
    n_batches = min(n_batches, -(-len(shuffled) // batch_size))
    drawn = shuffled[: n_random * n_batches]
    chosen = Chosen(pool.embeddings, pool.scores, pool.phashes, duplicate_cosine)
    chosen.add(drawn)
    selection = _Selection(pool.patients, chosen, patient_cap)
    by_score = _by_score(pool.scores, shuffled)
    entries: list[Entry] = []
    for batch, random in enumerate(_dealt(drawn, selection.patient, n_batches, n_random, patient_cap), 1):
        selection.begin_batch(random)
        by_score = by_score[chosen.may_join(by_score)]
        uncertain = selection.take_first(by_score, batch_size - n_random - n_diverse)
        left = by_score[chosen.may_join(by_score)][:n_candidates]
        diverse = selection.take_far(left, n_diverse)
        entries += _interleaved({"uncertainty": uncertain, "diversity": diverse, "random": random}, batch)
    rest = by_score[chosen.may_join(by_score)]
    unscored = shuffled[np.isnan(pool.scores[shuffled]) & ~chosen.is_taken[shuffled]]
    alike = _by_score(pool.scores, shuffled[chosen.is_refused[shuffled]])
    return [
        *entries,
        *(Entry(int(row), "rest", None) for row in _strewn(rest, unscored, rng)),
        *(Entry(int(row), "duplicate", None) for row in alike),
    ]


class _Selection:
    """What may still join the batch that is being filled."""

    def __init__(self, patients: Sequence[str], chosen: Chosen, patient_cap: int) -> None:
        codes: dict[str, int] = {}
        self.patient = np.array([codes.setdefault(name, len(codes)) for name in patients], dtype=np.int64)
        self.chosen, self.patient_cap = chosen, patient_cap
        self.in_batch = np.zeros(len(codes), dtype=np.int64)  # cases per patient

    def begin_batch(self, random: list[int]) -> None:
        self.in_batch[:] = 0
        np.add.at(self.in_batch, self.patient[random], 1)

    def has_room(self, rows: Rows) -> NDArray[np.bool_]:
        """Say of each row whether its patient has not yet had its share of the batch."""
        return np.asarray(self.in_batch[self.patient[rows]] < self.patient_cap)

    def take_first(self, rows: Rows, n: int) -> list[int]:
        """Take the first n rows that may join."""
        taken: list[int] = []
        for start in range(0, len(rows), LOOK_AHEAD):
            if len(taken) == n:
                break
            ahead = rows[start : start + LOOK_AHEAD]
            ahead = ahead[self.has_room(ahead)]
            ahead, vectors, _ = self.chosen.unlike(ahead)
            for row, vector in zip(ahead.tolist(), vectors, strict=True):
                if len(taken) < n and self._try_to_take(row, vector):
                    taken.append(row)
        return taken

    def take_far(self, candidates: Rows, n: int) -> list[int]:
        """Take n rows by greedy k-centre (Sener and Savarese, ICLR 2018, algorithm 1) on the cosine distance.

        Groups of places look one after another, each among every k-th candidate: so the work grows with n, not n^2.
        """
        n_groups = max(1, -(-n // DIVERSE_GROUP))
        taken: list[int] = []
        for group in range(n_groups):
            wanted = -(-(n - len(taken)) // (n_groups - group))
            taken += self._take_far(candidates[group::n_groups], wanted)
        return taken

    def _take_far(self, candidates: Rows, n: int) -> list[int]:
        candidates, vectors, nearest = self.chosen.unlike(candidates[self.has_room(candidates)])
        taken: list[int] = []
        for _ in range(len(candidates)):
            if len(taken) == n:
                break
            best = int(nearest.argmax())
            if self._try_to_take(int(candidates[best]), vectors[best]):
                taken.append(int(candidates[best]))
                np.minimum(nearest, 1 - vectors @ vectors[best], out=nearest)
            nearest[best] = -np.inf  # looked at
        return taken

    def _try_to_take(self, row: int, vector: Vectors) -> bool:
        patient = self.patient[row]
        if self.in_batch[patient] >= self.patient_cap or not self.chosen.try_to_add(row, vector):
            return False
        self.in_batch[patient] += 1
        return True


def _by_score(scores: NDArray[np.float64], shuffled: Rows) -> Rows:
    """Return the rows that have a score, highest first; `shuffled` breaks ties."""
    scored = shuffled[~np.isnan(scores[shuffled])]
    return scored[np.argsort(-scores[scored], kind="stable")]


def _dealt(drawn: Rows, patient: Rows, n_batches: int, n_random: int, patient_cap: int) -> list[list[int]]:
    """Deal the random cases to the batches, `n_random` each, a patient's to different ones where that is possible."""
    hands: list[list[int]] = [[] for _ in range(n_batches)]
    held = [Counter[int]() for _ in range(n_batches)]
    times = Counter(patient[drawn].tolist())
    # Patients with many cases first, while every batch has room.
    for row in sorted(drawn.tolist(), key=lambda row: -times[int(patient[row])]):
        name = int(patient[row])
        with_room = [batch for batch in range(n_batches) if len(hands[batch]) < n_random]
        batch = min(with_room, key=lambda batch: (held[batch][name] >= patient_cap, len(hands[batch])))
        hands[batch].append(row)
        held[batch][name] += 1
    return hands


def _interleaved(parts: dict[str, list[int]], batch: int) -> list[Entry]:
    """Spread the parts evenly over the batch, so that stopping half-way has read half of each."""
    places = [
        ((place + 0.5) / len(rows), number, Entry(row, why, batch))
        for number, (why, rows) in enumerate(parts.items())
        for place, row in enumerate(rows)
    ]
    return [entry for *_, entry in sorted(places, key=lambda place: place[:2])]


def _strewn(rows: Rows, others: Rows, rng: np.random.Generator) -> Rows:
    """Return `rows` in their order with `others` strewn in at random places."""
    n = len(rows) + len(others)
    is_other = np.zeros(n, dtype=bool)
    is_other[rng.choice(n, size=len(others), replace=False)] = True
    strewn = np.empty(n, dtype=np.int64)
    strewn[is_other], strewn[~is_other] = others, rows
    return strewn
