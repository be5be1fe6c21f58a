"""Agreement statistics against tables whose answers were published, typed in from the papers named."""

import math

import pytest

from labelhub.consensus.agreement import (
    Ratings,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    pabak,
    percent_agreement,
    tabulate,
)


def from_table(cells, categories):
    """Ratings of two readers, 'a' by row and 'b' by column, from their cross-table."""
    rows = [
        (categories[i], categories[j])
        for i, row in enumerate(cells)
        for j, count in enumerate(row)
        for _ in range(count)
    ]
    items = [item for item in range(len(rows)) for _ in range(2)]
    values = [value for row in rows for value in row]
    return tabulate(items, ["a", "b"] * len(rows), values, categories=categories)


def from_rows(rows_by_reader):
    """Ratings from one sequence per reader over the same items; None is missing."""
    triples = [
        (item, reader, value)
        for reader, row in enumerate(rows_by_reader)
        for item, value in enumerate(row)
        if value is not None
    ]
    return tabulate(*zip(*triples, strict=True))


def from_counts(counts):
    """Ratings from a table of items by categories; the readers are positions."""
    triples = [
        (item, position, category)
        for item, row in enumerate(counts)
        for position, category in enumerate(c for c, count in enumerate(row) for _ in range(count))
    ]
    return tabulate(*zip(*triples, strict=True))


# Fleiss (1971), Psychol Bull 76:378, table 1: 30 patients, six psychiatrists, five diagnoses in this order:
# depression, personality disorder, schizophrenia, neurosis, other.
FLEISS_1971 = [
    (0, 0, 0, 6, 0), (0, 3, 0, 0, 3), (0, 1, 4, 0, 1), (0, 0, 0, 0, 6), (0, 3, 0, 3, 0),
    (2, 0, 4, 0, 0), (0, 0, 4, 0, 2), (2, 0, 3, 1, 0), (2, 0, 0, 4, 0), (0, 0, 0, 0, 6),
    (1, 0, 0, 5, 0), (1, 1, 0, 4, 0), (0, 3, 3, 0, 0), (1, 0, 0, 5, 0), (0, 2, 0, 3, 1),
    (0, 0, 5, 0, 1), (3, 0, 0, 1, 2), (5, 1, 0, 0, 0), (0, 2, 0, 4, 0), (1, 0, 2, 0, 3),
    (0, 0, 0, 0, 6), (0, 1, 0, 5, 0), (0, 2, 0, 1, 3), (2, 0, 0, 4, 0), (1, 0, 0, 4, 1),
    (0, 5, 0, 1, 0), (4, 0, 0, 0, 2), (0, 2, 0, 4, 0), (1, 0, 5, 0, 0), (0, 0, 0, 0, 6),
]  # fmt: skip

# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section C: four observers, twelve units.
FOUR_BY_TWELVE = [
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
]

# The same, section A: two observers, ten units, binary.
TWO_BY_TEN = [(0, 1, 0, 0, 0, 0, 0, 0, 1, 0), (1, 1, 1, 0, 0, 1, 0, 0, 0, 0)]

# Landis and Koch (1977), Biometrics 33:159: certain, probable, possible, doubtful multiple sclerosis (Winnipeg).
SCLEROSIS = from_table([(38, 5, 0, 1), (33, 11, 3, 0), (10, 14, 5, 6), (3, 7, 3, 10)], [1, 2, 3, 4])

# Feinstein and Cicchetti (1990), J Clin Epidemiol 43:543: equal percent agreement, unequal prevalence.
BALANCED = from_table([(40, 9), (6, 45)], ["yes", "no"])
SKEWED = from_table([(80, 10), (5, 5)], ["yes", "no"])

# Gwet (2014), Handbook of Inter-Rater Reliability: two abstractors of 100 records.
ABSTRACTORS = from_table([(13, 0, 0), (0, 20, 7), (0, 4, 56)], ["ectopic", "AIU", "NIU"])


def test_fleiss_kappa_of_the_psychiatric_diagnoses() -> None:
    result = fleiss_kappa(from_counts(FLEISS_1971))
    assert result.value == pytest.approx(0.430, abs=0.001)
    assert (result.n_items, result.n_ratings) == (30, 180)


@pytest.mark.parametrize(("category", "kappa"), enumerate([0.245, 0.245, 0.520, 0.471, 0.566]))
def test_fleiss_kappa_of_each_diagnosis(category: int, kappa: float) -> None:
    ratings = from_counts(FLEISS_1971).one_against_rest(category)
    assert fleiss_kappa(ratings).value == pytest.approx(kappa, abs=0.001)


@pytest.mark.parametrize(
    ("scale", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_alpha_of_four_observers_with_missing_ratings(scale, alpha: float) -> None:
    result = krippendorff_alpha(from_rows(FOUR_BY_TWELVE), scale)
    assert result.value == pytest.approx(alpha, abs=0.0006)
    assert (result.n_items, result.n_ratings) == (11, 40)


# Gwet (2014); his R package irrCAC prints them for this table (`cac.raw4raters`): item 12 has one rating.
@pytest.mark.parametrize(
    ("statistic", "error"),
    [(percent_agreement, 0.126), (gwet_ac1, 0.143), (fleiss_kappa, 0.153), (pabak, 0.145)],
    ids=["percent", "AC1", "Fleiss", "Brennan-Prediger"],
)
def test_standard_errors_where_an_item_has_one_rating(statistic, error: float) -> None:
    assert statistic(from_rows(FOUR_BY_TWELVE)).standard_error == pytest.approx(error, abs=0.0005)


def test_standard_error_of_alpha_comes_near_the_linearised_one() -> None:
    # irrCAC's formula gives 0.1455 on this table; the jackknife lies near it.
    assert krippendorff_alpha(from_rows(FOUR_BY_TWELVE)).standard_error == pytest.approx(0.1455, abs=0.001)


def test_alpha_of_two_observers_with_binary_values() -> None:
    assert krippendorff_alpha(from_rows(TWO_BY_TEN)).value == pytest.approx(0.095, abs=0.0006)


@pytest.mark.parametrize(("weights", "kappa"), [("none", 0.208), ("linear", 0.380), ("quadratic", 0.525)])
def test_cohen_kappa_of_the_sclerosis_diagnoses(weights, kappa: float) -> None:
    assert cohen_kappa(SCLEROSIS, weights).value == pytest.approx(kappa, abs=0.001)


@pytest.mark.parametrize(
    ("ratings", "kappa", "ac1"),
    [(BALANCED, 0.700, 0.701), (SKEWED, 0.318, 0.808)],
    ids=["balanced", "skewed"],
)
def test_high_agreement_with_low_kappa_is_told_apart(ratings: Ratings, kappa: float, ac1: float) -> None:
    assert percent_agreement(ratings).value == pytest.approx(0.85)
    assert cohen_kappa(ratings).value == pytest.approx(kappa, abs=0.002)
    assert pabak(ratings).value == pytest.approx(0.70)
    assert gwet_ac1(ratings).value == pytest.approx(ac1, abs=0.002)


def test_statistics_of_the_abstractors() -> None:
    percent = percent_agreement(ABSTRACTORS)
    assert percent.value == pytest.approx(0.89)
    assert percent.standard_error == pytest.approx(0.03128898, abs=1e-7)
    assert gwet_ac1(ABSTRACTORS).value == pytest.approx(0.8493, abs=1e-4)
    kappa = cohen_kappa(ABSTRACTORS)
    assert kappa.value == pytest.approx(0.7964, abs=1e-4)


def test_variance_of_a_two_by_two_kappa_by_hand() -> None:
    # Observed agreement 0.7, by chance 0.5: kappa 0.4. With these marginals the large-sample variance is
    # [sum of p_ii (1 - 2 * 0.5 * (1 - k))^2 + (1 - k)^2 * 0.3 - (k - 0.5 (1 - k))^2] / (n * 0.25).
    kappa = cohen_kappa(from_table([(35, 15), (15, 35)], ["yes", "no"]))
    variance = (0.7 * 0.4**2 + 0.6**2 * 0.3 - (0.4 - 0.5 * 0.6) ** 2) / (100 * 0.25)
    assert kappa.value == pytest.approx(0.4)
    assert kappa.standard_error == pytest.approx(math.sqrt(variance))
    assert kappa.low == pytest.approx(0.4 - 1.959964 * math.sqrt(variance), abs=1e-6)


def test_wilson_interval_of_percent_agreement() -> None:
    # Newcombe (1998), Stat Med 17:857, table I: 81 of 263, score method without continuity correction.
    percent = percent_agreement(from_table([(81, 182), (0, 0)], ["yes", "no"]))
    assert (percent.low, percent.high) == (pytest.approx(0.2553, abs=5e-5), pytest.approx(0.3662, abs=5e-5))


@pytest.mark.parametrize("others", [0, 9], ids=["alone", "beside patients with one reading each"])
@pytest.mark.parametrize(
    "statistic", [percent_agreement, pabak, cohen_kappa, fleiss_kappa, gwet_ac1, krippendorff_alpha]
)
@pytest.mark.parametrize("n", [1, 5])
def test_items_of_one_patient_give_no_interval(statistic, n: int, others: int) -> None:
    """n items of one patient that two readers rated, of which they differ on the first."""
    rows = [
        (item, reader, "yn"[reader if item == 0 else item % 2], 0) for item in range(n) for reader in range(2)
    ]
    rows += [(n + extra, extra % 2, "y", 1 + extra) for extra in range(others)]
    found = statistic(tabulate(*zip(*rows, strict=True), categories=("y", "n")))
    assert (found.low, found.high) == (None, None)
    assert found.value is None or found.reason == "too_few_items"
    if statistic in (percent_agreement, pabak):
        assert found.value is not None and found.standard_error is None


def test_unequal_numbers_of_ratings_by_hand() -> None:
    # Items: (yes yes no), (yes yes), (no): observed (1/3 + 1) / 2 = 2/3; prevalence of yes (2/3 + 1 + 0) / 3 = 5/9.
    ratings = tabulate([1, 1, 1, 2, 2, 3], [1, 2, 3, 1, 2, 1], list("yynyyn"))
    chance = (5 / 9) ** 2 + (4 / 9) ** 2
    assert fleiss_kappa(ratings).value == pytest.approx((2 / 3 - chance) / (1 - chance))
    by_chance = 2 * (5 / 9) * (4 / 9)
    assert gwet_ac1(ratings).value == pytest.approx((2 / 3 - by_chance) / (1 - by_chance))
