"""Agreement statistics and rules against the reader data kept beside the checkout, where it is present."""

import csv
import json
import os
from collections import defaultdict
from pathlib import Path

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
from labelhub.consensus.discordance import CaseRead, FindingRule, Rule
from labelhub.consensus.rules import decide_case

REPOSITORY = Path(__file__).parents[3]
SHARED = Path(os.environ.get("LABELHUB_SHARED_DATA", REPOSITORY.parent / "shared" / "data")) / "readers"

pytestmark = pytest.mark.skipif(
    not (SHARED / "expected.json").is_file(),
    reason="reader data not beside the checkout (LABELHUB_SHARED_DATA): its published tables were left out",
)

STATISTICS = {
    "percent_agreement": lambda r: percent_agreement(r).value,
    "percent_agreement_se": lambda r: percent_agreement(r).standard_error,
    "cohen_kappa": lambda r: cohen_kappa(r).value,
    "weighted_kappa_linear": lambda r: cohen_kappa(r, "linear").value,
    "weighted_kappa_quadratic": lambda r: cohen_kappa(r, "quadratic").value,
    "pabak": lambda r: pabak(r).value,
    "gwet_ac1": lambda r: gwet_ac1(r).value,
    "fleiss_kappa": lambda r: fleiss_kappa(r).value,
    "category_kappa": lambda r: {c: fleiss_kappa(r.one_against_rest(c)).value for c in r.categories},
    "alpha_nominal": lambda r: krippendorff_alpha(r).value,
    "alpha_ordinal": lambda r: krippendorff_alpha(r, "ordinal").value,
    "alpha_interval": lambda r: krippendorff_alpha(r, "interval").value,
    "alpha_ratio": lambda r: krippendorff_alpha(r, "ratio").value,
    "n_items": lambda r: percent_agreement(r).n_items,
    "n": lambda r: percent_agreement(r).n_items,
    "n_ratings_per_item": lambda r: percent_agreement(r).n_ratings / percent_agreement(r).n_items,
}
CASES = [
    "fleiss1971",
    "krippendorff_4x12",
    "krippendorff_binary_2x10",
    "landis_koch_ms_winnipeg",
    "paradox1_balanced",
    "paradox1_skewed",
    "gwet_abstractors_3x3",
]


def rows_of(name: str) -> list[dict[str, str]]:
    with (SHARED / name).open(newline="") as file:
        return list(csv.DictReader(file))


def load_ratings(name: str) -> Ratings:
    rows = rows_of(name)
    if "count" not in rows[0]:
        values = [row["rating"] for row in rows]
        numbers = [int(value) for value in values] if all(value.isdigit() for value in values) else values
        return tabulate([row["item"] for row in rows], [row["reader"] for row in rows], numbers)
    pairs = [(row["reader_1"], row["reader_2"]) for row in rows for _ in range(int(row["count"]))]
    categories = list(dict.fromkeys(row["reader_1"] for row in rows))
    items = [item for item in range(len(pairs)) for _ in range(2)]
    return tabulate(items, [1, 2] * len(pairs), [v for pair in pairs for v in pair], categories=categories)


@pytest.mark.parametrize("case", CASES)
def test_every_published_value_is_met(case: str) -> None:
    expected = json.loads((SHARED / "expected.json").read_text())[case]
    ratings = load_ratings(expected["file"])
    for name, value in expected["values"].items():
        assert STATISTICS[name](ratings) == pytest.approx(value, abs=expected["tolerance"]), name


def test_majority_of_three_radiologists_is_the_published_reference() -> None:
    expected = json.loads((SHARED / "expected.json").read_text())["nih_majority_rule"]
    reference = {row["Image ID"]: row for row in rows_of(expected["values"]["reference"])}
    named = ("4343882785", "4343883593", "4343883996")
    answer = {"YES": "present", "NO": "absent"}
    findings = [name for name in next(iter(reference.values())) if name not in ("Image ID", "Patient ID")]
    findings = [name for name in findings if name not in ("Abnormal", "Other")]
    rules = [FindingRule(name, Rule.MAJORITY) for name in findings]
    reads: dict[str, list[CaseRead]] = defaultdict(list)
    for row in rows_of(expected["file"]):
        if row["Reader ID"] in named:
            answers = {name: answer[row[name]] for name in findings}
            reads[row["Image ID"]].append(CaseRead(row["Reader ID"], answers))
    mismatches = [
        (image, label.finding)
        for image, row in reference.items()
        for label in decide_case(reads[image], rules).labels
        if label.value != answer[row[label.finding]]
    ]
    assert len(reference) == expected["values"]["n_images"]
    assert len(findings) == expected["values"]["findings_checked"]
    assert len(mismatches) == expected["values"]["mismatches"]
