"""What must hold for any ratings: order does not matter, values stay in bounds, nothing is ever NaN."""

import math
import uuid

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from labelhub.consensus.agreement import (
    RatingsError,
    Undefined,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    pabak,
    pairwise_table,
    percent_agreement,
    summarise,
    tabulate,
    tabulate_by_finding,
)

VALUES = ["present", "absent", "uncertain"]
long_tables = st.dictionaries(
    st.tuples(st.integers(0, 15), st.integers(0, 4)), st.sampled_from(VALUES), min_size=1, max_size=60
).map(lambda table: [(item, reader, value) for (item, reader), value in table.items()])
two_reader_tables = st.lists(
    st.tuples(st.sampled_from(VALUES), st.sampled_from(VALUES)), min_size=1, max_size=30
).map(
    lambda pairs: [
        (item, reader, value) for item, pair in enumerate(pairs) for reader, value in enumerate(pair)
    ]
)


def ratings_of(rows, **options):
    return tabulate(*zip(*rows, strict=True), **options)


@settings(max_examples=40)
@given(rows=long_tables, shuffled=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(rows, shuffled) -> None:
    before = summarise(ratings_of(rows))
    shuffled.shuffle(rows)
    assert summarise(ratings_of(rows)) == before


@settings(max_examples=40)
@given(rows=long_tables, shuffled=st.randoms(use_true_random=False))
def test_the_names_of_items_change_nothing(rows, shuffled) -> None:
    # An export imported into another project gives every case a new id, and must give the same figures.
    items = list(range(16))
    shuffled.shuffle(items)
    renamed = [(f"case-{items[item]:02}", reader, value) for item, reader, value in rows]
    assert summarise(ratings_of(renamed)) == summarise(ratings_of(rows))


@settings(max_examples=40)
@given(rows=st.one_of(long_tables, two_reader_tables), readers=st.permutations(range(5)))
def test_the_names_of_readers_change_nothing_nor_do_intervals_over_patients(rows, readers) -> None:
    renamed = [(item, readers[reader], value) for item, reader, value in rows]
    patients = [item // 2 for item, _, _ in rows]
    assert summarise(ratings_of(renamed, cluster=patients)) == summarise(ratings_of(rows, cluster=patients))


@settings(max_examples=40)
@given(
    rows=st.one_of(long_tables, two_reader_tables),
    readers=st.permutations(range(5)),
    names=st.permutations(VALUES),
)
def test_swapping_readers_or_labels_keeps_the_values(rows, readers, names) -> None:
    label = dict(zip(VALUES, names, strict=True))
    changed = [(item, readers[reader], label[value]) for item, reader, value in rows]
    before, after = summarise(ratings_of(rows)), summarise(ratings_of(changed))
    for key, result in before.items():
        if result.value is None:
            assert after[key].reason == result.reason
        else:
            assert after[key].value == pytest.approx(result.value, abs=1e-9)


@settings(max_examples=80)
@given(rows=st.one_of(long_tables, two_reader_tables), patients=st.integers(1, 16))
def test_values_and_intervals_stay_in_bounds(rows, patients) -> None:
    clusters = [item % patients for item, _, _ in rows]
    ratings = ratings_of(rows, cluster=clusters)
    has_single_reads = ratings.n_pairable_ratings < len(rows)
    for key, result in summarise(ratings).items():
        least = 0.0 if key == "percent" else -1.0
        if key == "fleiss" and has_single_reads:
            least = -math.inf  # items read once shape the prevalences only
        if result.value is None:
            assert result.reason is not None
            assert result.low is result.high is None
            continue
        assert least <= result.value <= 1
        if result.low is None or result.high is None:
            assert result.low is result.high is None
            assert result.reason in (Undefined.TOO_FEW_ITEMS, Undefined.NO_VARIATION)
        else:
            assert result.reason is None
            assert least <= result.low <= result.high <= 1


@settings(max_examples=80)
@given(rows=st.one_of(long_tables, two_reader_tables))
def test_alpha_is_one_exactly_when_all_readers_agree(rows) -> None:
    alpha = krippendorff_alpha(ratings_of(rows))
    assume(alpha.value is not None)
    by_item: dict[int, set[str]] = {}
    for item, _, value in rows:
        by_item.setdefault(item, set()).add(value)
    unanimous = all(len(values) == 1 for values in by_item.values())
    assert (alpha.value == 1) == unanimous


@settings(max_examples=40)
@given(rows=two_reader_tables)
def test_weights_of_two_categories_are_the_plain_kappa(rows) -> None:
    binary = [(item, reader, value == "present") for item, reader, value in rows]
    ratings = ratings_of(binary, categories=[False, True])
    assert cohen_kappa(ratings, "quadratic").value == cohen_kappa(ratings).value


def test_no_common_item_has_no_statistic() -> None:
    ratings = tabulate([1, 2, 3], ["a", "b", "a"], ["present", "absent", "absent"])
    for result in summarise(ratings).values():
        assert (result.value, result.reason, result.n_items) == (None, Undefined.NO_OVERLAP, 0)
    assert pairwise_table(ratings) == []


def test_an_empty_table_has_no_statistic() -> None:
    for key, result in summarise(tabulate([], [], [])).items():
        assert result.value is None
        assert result.reason is (Undefined.NOT_TWO_READERS if key == "cohen" else Undefined.NO_OVERLAP)


def test_one_category_leaves_only_percent_agreement() -> None:
    summary = summarise(tabulate([1, 1, 2, 2], ["a", "b"] * 2, ["absent"] * 4))
    assert summary["percent"].value == 1
    for key in ("cohen", "fleiss", "alpha", "ac1", "pabak"):
        assert (summary[key].value, summary[key].reason) == (None, Undefined.ONE_CATEGORY), key


def test_declared_categories_define_ac1_and_pabak_when_only_one_is_used() -> None:
    ratings = tabulate([1, 1, 2, 2], ["a", "b"] * 2, ["absent"] * 4, categories=["present", "absent"])
    assert (gwet_ac1(ratings).value, pabak(ratings).value) == (1, 1)
    assert fleiss_kappa(ratings).reason is Undefined.ONE_CATEGORY


def test_perfect_agreement_has_no_interval_but_for_the_share() -> None:
    ratings = tabulate([1, 1, 2, 2, 3, 3], ["a", "b"] * 3, ["x", "x", "y", "y", "x", "x"])
    summary = summarise(ratings)
    assert 0.4 < summary.pop("percent").low < 1
    assert summary.pop("pabak").high == 1
    for key, result in summary.items():
        assert (result.value, result.low, result.reason) == (1, None, Undefined.NO_VARIATION), key


def test_cohen_kappa_wants_two_readers() -> None:
    ratings = tabulate([1, 1, 1], ["a", "b", "c"], ["x", "y", "x"])
    assert cohen_kappa(ratings).reason is Undefined.NOT_TWO_READERS


def test_missing_values_are_left_out_and_never_counted_as_absent() -> None:
    with_gaps = tabulate([1, 1, 2, 2, 3, 3], ["a", "b"] * 3, ["x", "x", "y", None, "y", "x"])
    without = tabulate([1, 1, 2, 3, 3], ["a", "b", "a", "a", "b"], ["x", "x", "y", "y", "x"])
    assert summarise(with_gaps) == summarise(without)
    assert percent_agreement(tabulate([1, 1, 2, 2], [1, 2] * 2, [1.0, 1.0, np.nan, 0.0])).n_items == 1


def test_clusters_widen_the_interval_when_a_patient_repeats_itself() -> None:
    generator = np.random.default_rng(11)
    truth = generator.random(60) < 0.5
    differ = generator.random(60) < 0.25
    patient = np.repeat(np.arange(60), 5)
    first, second = truth[patient], (truth ^ differ)[patient]
    items = np.arange(300)
    rows = (np.tile(items, 2), np.repeat(["a", "b"], 300), np.concatenate([first, second]))
    for statistic in (percent_agreement, cohen_kappa, fleiss_kappa, gwet_ac1, krippendorff_alpha, pabak):
        alone = statistic(tabulate(*rows))
        together = statistic(tabulate(*rows, cluster=np.tile(patient, 2)))
        assert together.value == alone.value
        # Five identical images a patient carry the information of one: the width grows by the root of five.
        ratio = (together.high - together.low) / (alone.high - alone.low)
        assert ratio == pytest.approx(5**0.5, rel=0.15)


def test_bootstrap_interval_covers_the_analytic_one() -> None:
    generator = np.random.default_rng(3)
    first = generator.random(2000) < 0.3
    second = first ^ (generator.random(2000) < 0.1)
    items = np.arange(2000)
    ratings = tabulate(np.tile(items, 2), np.repeat([1, 2], 2000), np.concatenate([first, second]))
    analytic, resampled = fleiss_kappa(ratings), krippendorff_alpha(ratings)
    assert resampled.low == pytest.approx(analytic.low, abs=0.01)
    assert resampled.high == pytest.approx(analytic.high, abs=0.01)


def test_uuids_and_findings_are_accepted_as_they_come() -> None:
    ids = [uuid.UUID(int=n) for n in range(4)]
    table = tabulate_by_finding(
        ["nodule"] * 4 + ["effusion"] * 4,
        [ids[0], ids[0], ids[1], ids[1]] * 2,
        [ids[2], ids[3]] * 4,
        ["present", "present", "absent", "present"] + ["absent"] * 4,
        categories={"effusion": VALUES, "nodule": VALUES},
    )
    assert list(table) == ["effusion", "nodule"]
    assert percent_agreement(table["nodule"]).value == 0.5
    assert percent_agreement(table["effusion"]).value == 1


@pytest.mark.parametrize(
    ("table", "options", "code"),
    [
        (([1, 1], ["a", "a"], ["x", "y"]), {}, "repeated_rating"),
        (([1, 1], ["a", "b"], ["x", "y", "z"]), {}, "lengths_differ"),
        (([[1, 1]], ["a", "b"], ["x", "y"]), {}, "lengths_differ"),
        (([1, 1], ["a", "b"], ["x", "y"]), {"categories": ["x"]}, "unknown_category"),
        (([1, 1], ["a", "b"], ["x", "y"]), {"cluster": [1, 2]}, "split_item"),
        ((list(range(40)), ["a"] * 40, list(range(40))), {}, "too_many_categories"),
    ],
)
def test_a_table_that_cannot_be_analysed_is_refused(table, options, code: str) -> None:
    with pytest.raises(RatingsError) as refusal:
        tabulate(*table, **options)
    assert refusal.value.code == code


def test_scales_without_an_order_or_numbers_are_refused() -> None:
    text = tabulate([1, 1], ["a", "b"], ["mild", "severe"])
    for statistic, code in [
        (lambda: cohen_kappa(text, "linear"), "unordered_categories"),
        (lambda: krippendorff_alpha(text, "ordinal"), "unordered_categories"),
        (lambda: krippendorff_alpha(text, "interval"), "not_numeric"),
        (lambda: krippendorff_alpha(tabulate([1, 1], [1, 2], [-1, 2]), "ratio"), "not_numeric"),
        (lambda: text.one_against_rest("none"), "unknown_category"),
    ]:
        with pytest.raises(RatingsError) as refusal:
            statistic()
        assert refusal.value.code == code


def test_draws_that_are_mostly_undefined_are_of_too_few_patients_and_not_of_equal_cases() -> None:
    """One patient on whom all agree, and one on whom they differ: every second draw holds one of them alone."""
    rows = [(0, 0, "a"), (0, 1, "a"), (1, 0, "a"), (1, 1, "b")]
    found = krippendorff_alpha(ratings_of(rows))
    assert found.value is not None and (found.low, found.reason) == (None, Undefined.TOO_FEW_ITEMS)
