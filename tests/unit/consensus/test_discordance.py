"""When two reads of a finding differ: in value, in place, or not at all."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelhub.consensus.discordance import (
    CaseRead,
    Comparison,
    DiscordanceKind,
    FindingRule,
    compare_case,
    compare_finding,
)
from labelhub.marks import Mark

P, A, U = "present", "absent", "uncertain"
VALUE, LOCATION = DiscordanceKind.VALUE, DiscordanceKind.LOCATION


def box(
    x: float, y: float = 0, width: float = 10, height: float = 10, instance="film", frame=1, finding="nodule"
) -> Mark:
    geometry = {"x": x, "y": y, "width": width, "height": height}
    return Mark("id", "box", finding, instance, frame, geometry)


def compare(*values: str | None, **flags: bool) -> Comparison:
    reads = [CaseRead(str(n), {} if value is None else {"nodule": value}) for n, value in enumerate(values)]
    return compare_finding(reads, FindingRule("nodule", **flags))


def compare_places(*boxes: list[Mark], threshold: float = 0.4) -> Comparison:
    reads = [CaseRead(str(n), {"nodule": P}, drawn) for n, drawn in enumerate(boxes)]
    return compare_finding(reads, FindingRule("nodule", takes_marks=True), threshold)


@pytest.mark.parametrize(
    ("values", "kind", "gap"),
    [
        ((P, P), None, "2"),
        ((A, A, A), None, "3"),
        ((U, U), None, "2"),
        ((P, A), VALUE, "1:1"),
        ((P, U), VALUE, "1:1"),
        ((U, A), VALUE, "1:1"),
        ((A, P, A), VALUE, "2:1"),
        ((P, U, A), VALUE, "1:1:1"),
        ((P, A, P, A, P), VALUE, "3:2"),
    ],
)
def test_any_inequality_of_the_three_values_is_discordant(values, kind, gap: str) -> None:
    result = compare(*values)
    assert (result.kind, result.gap, result.iou) == (kind, gap, None)


@pytest.mark.parametrize(
    ("values", "present_uncertain", "uncertain_absent", "kind"),
    [
        ((P, U), False, True, None),
        ((P, U), True, False, VALUE),
        ((U, A), True, False, None),
        ((U, A), False, True, VALUE),
        ((P, A), False, False, VALUE),
        ((P, U, A), False, False, VALUE),
        ((P, U, U), False, False, None),
    ],
)
def test_the_protocol_can_overlook_pairs_with_uncertain(
    values, present_uncertain, uncertain_absent, kind
) -> None:
    assert (
        compare(*values, present_uncertain=present_uncertain, uncertain_absent=uncertain_absent).kind is kind
    )


@pytest.mark.parametrize(
    ("values", "n_answers", "gap"), [((None, None), 0, ""), ((P, None), 1, "1"), ((P, None, P), 2, "2")]
)
def test_a_finding_not_asked_is_missing_and_never_absent(values, n_answers: int, gap: str) -> None:
    result = compare(*values)
    assert (result.kind, len(result.answers), result.gap) == (None, n_answers, gap)


def test_two_versions_of_one_read_are_refused() -> None:
    with pytest.raises(ValueError, match="same id"):
        compare_finding([CaseRead("1", {"nodule": P})] * 2, FindingRule("nodule"))


def test_boxes_apart_are_a_location_discordance_with_their_best_overlap() -> None:
    result = compare_places([box(0), box(50)], [box(5), box(80)])
    assert (result.kind, result.gap) == (LOCATION, "1:1")
    assert result.iou == pytest.approx(1 / 3)


def test_one_pair_that_overlaps_enough_is_the_same_place() -> None:
    assert compare_places([box(0), box(50)], [box(3)]).kind is None


def test_the_threshold_itself_is_enough() -> None:
    # 10 x 10 against 10 x 4 inside it: IoU exactly 0.4.
    assert compare_places([box(0)], [box(0, 0, 10, 4)]).kind is None
    assert compare_places([box(0)], [box(0, 0, 10, 4)], threshold=0.41).kind is LOCATION


@pytest.mark.parametrize("second", [[], [box(70, finding="effusion")]], ids=["none", "other finding"])
def test_a_reader_who_drew_nothing_agrees_with_any_place(second: list[Mark]) -> None:
    assert compare_places([box(0)], second).kind is None


def test_boxes_are_not_compared_for_a_finding_that_takes_none() -> None:
    reads = [CaseRead("1", {"nodule": P}, [box(0)]), CaseRead("2", {"nodule": P}, [box(50)])]
    assert compare_finding(reads, FindingRule("nodule")).kind is None


def test_boxes_of_a_reader_who_does_not_say_present_are_not_compared() -> None:
    reads = [CaseRead("1", {"nodule": P}, [box(0)]), CaseRead("2", {"nodule": U}, [box(50)])]
    rule = FindingRule("nodule", takes_marks=True, present_uncertain=False)
    assert compare_finding(reads, rule).kind is None


def test_a_value_discordance_comes_before_one_of_place() -> None:
    reads = [
        CaseRead("1", {"nodule": P}, [box(0)]),
        CaseRead("2", {"nodule": P}, [box(50)]),
        CaseRead("3", {"nodule": A}),
    ]
    result = compare_finding(reads, FindingRule("nodule", takes_marks=True))
    assert (result.kind, result.gap) == (VALUE, "2:1")


@pytest.mark.parametrize(
    ("columns", "gap"),
    [((0, 1, 50), "2:1"), ((0, 50, 100), "1:1:1"), ((0, 4, 8), "2:1"), ((0, 1, 50, 51), "2:2")],
)
def test_camps_of_readers_who_share_a_place(columns, gap: str) -> None:
    # (0, 4, 8): the middle box overlaps both others by 0.43, but those two do not overlap enough.
    result = compare_places(*[[box(x)] for x in columns])
    assert (result.kind, result.gap) == (LOCATION, gap)


def test_forty_readers_of_forty_places_are_compared_at_once() -> None:
    # Tried group by group, the largest first, it would take some 10^12 groups to find that no two share a place.
    result = compare_places(*[[box(20 * n)] for n in range(40)])
    assert (result.kind, result.gap) == (LOCATION, ":".join("1" * 40))


coordinates = st.floats(0, 40, allow_nan=False, width=16)
sizes = st.floats(1, 30, allow_nan=False, width=16)
box_lists = st.lists(
    st.builds(box, coordinates, coordinates, sizes, sizes, st.sampled_from(["a", "b"])),
    max_size=4,
)


case_reads = st.lists(
    st.builds(
        dict,
        answers=st.dictionaries(st.sampled_from(["nodule", "effusion"]), st.sampled_from([P, A, U])),
        marks=box_lists,
    ),
    max_size=4,
).map(lambda reads: [CaseRead(str(n), **read) for n, read in enumerate(reads)])


@settings(max_examples=60)
@given(reads=case_reads)
def test_the_order_of_reads_changes_nothing(reads) -> None:
    rules = [FindingRule("nodule", takes_marks=True), FindingRule("effusion", present_uncertain=False)]
    expected = compare_case(reads, rules)
    for order in itertools.permutations(reads):
        assert compare_case(order, rules) == expected
