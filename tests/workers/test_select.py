"""Selection: caps, near-duplicates, shares, diversity, seeded ties, and that nobody is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.ranking.select import Entry, Pool, order_pool

SETTINGS: dict[str, Any] = {
    "seed": 1,
    "batch_size": 20,
    "n_batches": 3,
    "random_share": 0.15,
    "diversity_share": 0.35,
    "patient_cap": 1,
    "duplicate_cosine": 0.995,
    "candidate_factor": 10,
}


def make_pool(n: int = 300, seed: int = 0, patients: Sequence[str] | None = None, width: int = 16) -> Pool:
    rng = np.random.default_rng(seed)
    return Pool(
        patients=patients or [f"p{i}" for i in range(n)],
        scores=rng.uniform(0, 1, n),
        embeddings=rng.normal(size=(n, width)).astype(np.float32),
        phashes=[None] * n,
    )


def order(pool: Pool, **changes: Any) -> list[Entry]:
    return order_pool(pool, **(SETTINGS | changes))


def test_batches_hold_the_promised_shares_and_begin_with_the_highest_score() -> None:
    pool = make_pool()
    entries = order(pool)
    for batch in (1, 2, 3):
        counts = Counter(entry.why for entry in entries if entry.batch == batch)
        assert counts == {"uncertainty": 10, "diversity": 7, "random": 3}
    assert entries[0] == Entry(int(pool.scores.argmax()), "uncertainty", 1)
    assert {entry.why for entry in entries[60:]} == {"rest"}


def test_the_rest_is_ordered_by_score() -> None:
    pool = make_pool()
    rest = [pool.scores[entry.row] for entry in order(pool) if entry.why == "rest"]
    assert rest == sorted(rest, reverse=True)


@settings(max_examples=50)
@given(
    st.integers(0, 60),
    st.integers(0, 1000),
    st.integers(1, 7),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_any_pool_and_any_shares_give_every_case_once_and_keep_the_cap(
    n: int, seed: int, n_patients: int, unscored: float, random_share: float, diversity_share: float
) -> None:
    pool = make_pool(n, seed, patients=[f"p{i % n_patients}" for i in range(n)])
    pool.scores[np.random.default_rng(seed).uniform(size=n) < unscored] = np.nan
    entries = order(pool, batch_size=8, random_share=random_share, diversity_share=diversity_share)
    assert sorted(entry.row for entry in entries) == list(range(n))
    per_patient = Counter((e.batch, pool.patients[e.row]) for e in entries if e.batch and e.why != "random")
    assert all(count <= 1 for count in per_patient.values())


@settings(max_examples=50)
@given(st.integers(0, 120), st.integers(1, 40), st.integers(1, 40), st.floats(0, 1), st.integers(0, 100))
def test_the_random_places_keep_their_number_however_few_patients_or_cases_there_are(
    n: int, n_patients: int, batch_size: int, share: float, seed: int
) -> None:
    pool = make_pool(n, seed, patients=[f"p{i % n_patients}" for i in range(n)])
    counts = Counter(
        e.batch for e in order(pool, batch_size=batch_size, random_share=share) if e.why == "random"
    )
    per_batch = max(round(share * batch_size), int(share > 0))
    n_filled = min(3, -(-n // batch_size))
    assert sum(counts.values()) == min(n, per_batch * n_filled)
    assert max(counts.values(), default=0) <= per_batch


@pytest.mark.parametrize(
    ("n", "batch_size", "n_random"), [(60, 50, 8), (30, 40, 6), (110, 50, 8), (50, 50, 8)]
)
def test_a_small_pool_leaves_the_first_batch_its_random_places(
    n: int, batch_size: int, n_random: int
) -> None:
    entries = order(make_pool(n), batch_size=batch_size, n_batches=5)
    assert Counter(entry.why for entry in entries if entry.batch == 1)["random"] == n_random


def test_thirty_patients_and_forty_places_leave_the_random_share_whole() -> None:
    pool = make_pool(3000, patients=[f"p{i % 30}" for i in range(3000)])
    entries = order(pool, batch_size=40)
    for batch in (1, 2, 3):
        counts = Counter(entry.why for entry in entries if entry.batch == batch)
        assert counts["random"] == 6
        assert sum(counts.values()) == 30  # one case a patient


@settings(max_examples=25)
@given(st.integers(0, 1000), st.integers(0, 1000))
def test_which_cases_are_random_does_not_depend_on_what_the_model_thinks(seed: int, other: int) -> None:
    pool = make_pool(200, seed)
    changed = Pool(
        pool.patients, np.random.default_rng(other).permutation(pool.scores), pool.embeddings, pool.phashes
    )
    drawn = [{e.row for e in order(each, seed=seed) if e.why == "random"} for each in (pool, changed)]
    assert drawn[0] == drawn[1]


def test_the_random_cases_hold_their_part_of_the_highest_scores() -> None:
    pool = make_pool(400)
    top = set(np.argsort(-pool.scores)[:40].tolist())
    drawn = [
        entry.row in top
        for seed in range(200)
        for entry in order(pool, seed=seed, batch_size=40, n_batches=5, diversity_share=0)
        if entry.why == "random"
    ]
    assert len(drawn) == 200 * 30
    assert 0.09 < float(np.mean(drawn)) < 0.11


def test_every_place_can_be_random() -> None:
    counts = Counter(entry.why for entry in order(make_pool(), random_share=1.0))
    assert counts == {"random": 60, "rest": 240}


def test_patient_cap_holds_in_each_batch() -> None:
    pool = make_pool(patients=[f"p{i // 10}" for i in range(300)])
    for cap in (1, 2):
        counts = Counter((e.batch, pool.patients[e.row]) for e in order(pool, patient_cap=cap) if e.batch)
        assert max(counts.values()) == cap


def test_near_duplicates_do_not_fill_the_batches() -> None:
    pool = make_pool()
    twins = np.argsort(-pool.scores)[:30]
    pool.embeddings[twins] = pool.embeddings[twins[0]] + 1e-4
    assert_one_of_the_alike_was_chosen(order(pool), set(twins.tolist()))


def test_equal_perceptual_hashes_do_not_fill_the_batches() -> None:
    pool = make_pool()
    top = np.argsort(-pool.scores)[:30].tolist()
    hashes = ["00ff00ff00ff00ff" if i in top else None for i in range(300)]
    same = Pool(pool.patients, pool.scores, pool.embeddings, hashes)
    assert_one_of_the_alike_was_chosen(order(same), set(top))


def assert_one_of_the_alike_was_chosen(entries: list[Entry], alike: set[int]) -> None:
    """None but the random ones, else one; and those that were refused do not head the rest."""
    drawn = {e.row for e in entries if e.why == "random"} & alike
    chosen = {e.row for e in entries if e.why in ("uncertainty", "diversity")} & alike
    assert len(chosen) == (0 if drawn else 1)
    refused = [place for place, e in enumerate(entries) if e.row in alike - drawn - chosen]
    assert refused == list(range(len(entries) - len(refused), len(entries)))
    assert {entries[place].why for place in refused} == {"duplicate"}


def test_diverse_cases_come_from_clusters_that_uncertainty_left_out() -> None:
    rng = np.random.default_rng(2)
    centres = 10 * np.eye(4, 16)
    cluster = np.repeat([0, 1, 2, 3], [40, 3, 3, 3])
    scores = np.where(cluster == 0, 0.9, 0.8) + rng.uniform(0, 0.01, 49)
    embeddings = centres[cluster] + rng.normal(0, 0.1, (49, 16))
    pool = Pool([f"p{i}" for i in range(49)], scores, embeddings, [None] * 49)
    entries = order(
        pool, batch_size=8, n_batches=1, random_share=0, diversity_share=0.5, duplicate_cosine=2.0
    )
    assert {cluster[e.row] for e in entries if e.why == "uncertainty"} == {0}
    assert {1, 2, 3} <= {int(cluster[e.row]) for e in entries if e.why == "diversity"}


def test_the_random_share_is_spread_over_the_whole_pool() -> None:
    pool = make_pool(2000)
    drawn = [pool.scores[e.row] for e in order(pool, n_batches=40, batch_size=20) if e.why == "random"]
    assert len(drawn) == 120
    assert 0.4 < float(np.mean(drawn)) < 0.6


def test_cases_without_a_score_keep_random_places_and_are_not_pushed_to_the_end() -> None:
    pool = make_pool(400)
    pool.scores[::4] = np.nan
    rest = [e for e in order(pool) if e.why == "rest"]
    places = [place / len(rest) for place, e in enumerate(rest) if np.isnan(pool.scores[e.row])]
    assert 0.4 < float(np.mean(places)) < 0.6


def test_equal_scores_are_ordered_by_the_seed_and_not_by_arrival() -> None:
    pool = make_pool()
    flat = Pool(pool.patients, np.full(300, 0.5), pool.embeddings, pool.phashes)
    first, again, other = (order(flat, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert [e.row for e in first] != sorted(e.row for e in first)
