"""From reads to a label: every rule of the protocol, table by table."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelhub.consensus.discordance import CaseRead, FindingRule, Rule
from labelhub.consensus.rules import Consensus, Decision, Method, decide_case
from labelhub.marks import Mark
from labelhub.questions.presence import Presence

P, A, U = Presence.PRESENT, Presence.ABSENT, Presence.UNCERTAIN


def decide(values, rule: Rule, decision: Decision | None = None, **flags: bool) -> Consensus:
    reads = [CaseRead(f"r{n}", {} if v is None else {"nodule": v}) for n, v in enumerate(values)]
    decisions = {"nodule": decision} if decision else {}
    return decide_case(reads, [FindingRule("nodule", rule, **flags)], decisions=decisions).labels[0]


@pytest.mark.parametrize("rule", Rule)
@pytest.mark.parametrize(
    ("values", "value", "probability"), [((P, P), P, 1.0), ((A, A, A), A, 0.0), ((U, U), U, None)]
)
def test_equal_reads_are_concordant_under_every_rule(rule, values, value, probability) -> None:
    label = decide(values, rule)
    assert (label.value, label.probability, label.method) == (value, probability, Method.CONCORDANT)
    assert not label.needs_adjudication


@pytest.mark.parametrize("rule", Rule)
@pytest.mark.parametrize(("value", "probability"), [(P, 1.0), (A, 0.0), (U, None)])
def test_one_read_is_labelled_as_single(rule, value, probability) -> None:
    label = decide([value, None], rule)
    assert (label.value, label.probability, label.method) == (value, probability, Method.SINGLE)
    assert label.reads == ("r0",)


@pytest.mark.parametrize("rule", Rule)
def test_a_finding_nobody_was_asked_has_no_label_and_opens_nothing(rule) -> None:
    assert decide([None, None], rule) == Consensus("nodule", None, None, None, ())


@pytest.mark.parametrize(
    ("rule", "values", "value", "probability", "method"),
    [
        (Rule.MAJORITY, (P, P, A), P, 2 / 3, Method.MAJORITY),
        (Rule.MAJORITY, (A, P, A), A, 1 / 3, Method.MAJORITY),
        (Rule.MAJORITY, (U, U, P), U, None, Method.MAJORITY),
        (Rule.MAJORITY, (P, P, U), P, 1.0, Method.MAJORITY),
        (Rule.MAJORITY, (P, P, P, A, U), P, 3 / 4, Method.MAJORITY),
        (Rule.ANY_POSITIVE, (A, A, P), P, 1.0, Method.ANY_POSITIVE),
        (Rule.ANY_POSITIVE, (U, P), P, 1.0, Method.ANY_POSITIVE),
        (Rule.ANY_POSITIVE, (U, A, A), U, None, Method.ANY_POSITIVE),
        (Rule.SOFT, (P, P, A), P, 2 / 3, Method.SOFT),
        (Rule.SOFT, (P, A, A, A), A, 1 / 4, Method.SOFT),
        (Rule.SOFT, (P, A), None, 1 / 2, Method.SOFT),
        (Rule.SOFT, (P, U), P, 1.0, Method.SOFT),
        (Rule.SOFT, (A, U, U), A, 0.0, Method.SOFT),
    ],
)
def test_rules_that_settle_a_difference_by_themselves(rule, values, value, probability, method) -> None:
    label = decide(values, rule)
    assert (label.value, label.method, label.needs_adjudication) == (value, method, False)
    assert label.probability == pytest.approx(probability)


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        (Rule.ADJUDICATE, (P, A)),
        (Rule.ADJUDICATE, (P, P, U)),
        (Rule.MAJORITY, (P, A)),
        (Rule.MAJORITY, (P, U, A)),
        (Rule.MAJORITY, (P, P, U, A)),
        (Rule.MAJORITY, (P, P, A, A)),
    ],
)
def test_differences_left_for_an_adjudicator_have_no_label(rule, values) -> None:
    label = decide(values, rule)
    assert label.needs_adjudication
    assert (label.value, label.probability, label.method) == (None, None, None)
    assert label.reads == tuple(f"r{n}" for n in range(len(values)))


@pytest.mark.parametrize(
    ("values", "flags", "value"),
    [
        ((P, U), {"present_uncertain": False}, P),
        ((U, A), {"uncertain_absent": False}, A),
        ((U, A, U), {"uncertain_absent": False}, A),
    ],
)
def test_a_definite_value_stands_where_uncertain_is_overlooked(values, flags, value) -> None:
    label = decide(values, Rule.ADJUDICATE, **flags)
    assert (label.value, label.method) == (value, Method.CONCORDANT)
    assert label.probability == (1.0 if value == P else 0.0)


@pytest.mark.parametrize("rule", Rule)
@pytest.mark.parametrize(("value", "probability"), [(P, 1.0), (A, 0.0), (U, None)])
def test_a_decision_replaces_the_votes_and_names_its_adjudication(rule, value, probability) -> None:
    label = decide((P, A, A), rule, Decision("adj-1", value))
    assert label == Consensus(
        "nodule", value, probability, Method.ADJUDICATED, ("r0", "r1", "r2"), adjudication="adj-1"
    )


@pytest.mark.parametrize("rule", Rule)
def test_a_location_discordance_opens_only_under_the_adjudicate_rule(rule) -> None:
    boxes = [{"x": x, "y": 0, "width": 9, "height": 9} for x in (0, 50)]
    reads = [
        CaseRead(str(i), {"nodule": P}, [Mark("id", "box", "nodule", "film", 1, box)])
        for i, box in enumerate(boxes)
    ]
    case = decide_case(reads, [FindingRule("nodule", rule, takes_marks=True)])
    if rule is Rule.ADJUDICATE:
        assert [comparison.kind for comparison in case.to_adjudicate] == ["location"]
        assert case.labels[0].method is None
    else:
        assert case.to_adjudicate == ()
        assert (case.labels[0].value, case.labels[0].method) == (P, Method.CONCORDANT)


def test_a_case_opens_with_its_discordant_findings_only() -> None:
    rules = [FindingRule("nodule"), FindingRule("effusion"), FindingRule("edema", Rule.SOFT)]
    reads = [
        CaseRead("1", {"nodule": P, "effusion": A, "edema": P}),
        CaseRead("2", {"nodule": A, "effusion": A, "edema": A}),
    ]
    assert [comparison.finding for comparison in decide_case(reads, rules).to_adjudicate] == ["nodule"]
    decided = decide_case(reads, rules, decisions={"nodule": Decision("adj-1", P)})
    assert decided.to_adjudicate == ()
    assert [label.method for label in decided.labels] == [Method.ADJUDICATED, Method.CONCORDANT, Method.SOFT]


values = st.lists(st.one_of(st.none(), st.sampled_from([P, A, U])), max_size=5)
flags = st.fixed_dictionaries({"present_uncertain": st.booleans(), "uncertain_absent": st.booleans()})


@settings(max_examples=100)
@given(given_values=values, rule=st.sampled_from(list(Rule)), flags=flags)
def test_the_same_reads_give_the_same_label_in_any_order(given_values, rule, flags) -> None:
    reads = [CaseRead(str(n), {} if v is None else {"nodule": v}) for n, v in enumerate(given_values)]
    rules = [FindingRule("nodule", rule, **flags)]
    expected = decide_case(reads, rules)
    for order in itertools.permutations(reads):
        assert decide_case(order, rules) == expected


@settings(max_examples=100)
@given(given_values=values, rule=st.sampled_from(list(Rule)), flags=flags)
def test_a_label_is_either_given_awaited_or_not_asked(given_values, rule, flags) -> None:
    label = decide(given_values, rule, **flags)
    asked = [value for value in given_values if value is not None]
    assert (label.method is None) == (label.needs_adjudication or not asked)
    if label.value is not None:
        assert label.value in asked
    if label.value == U or label.method is None:
        assert label.probability is None
    if label.probability is not None:
        assert 0 <= label.probability <= 1
