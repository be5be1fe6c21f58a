"""What the pages say a change will do, against what it does: twenty changes of a project in the middle of its life.

What happened is counted from the tables by code of its own. Whatever is changed, every case can be settled again from
its reads with the same labels (design invariant 5), and the agreement of first versions stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction

from labelhub.consensus.services.settle import settle_case, settled_under
from labelhub.core.errors import Conflict
from labelhub.projects.models import Project
from labelhub.projects.protocols import DEFAULT_PROTOCOL
from labelhub.projects.selectors import protocol_in_force, schema_in_force
from labelhub.reading.models import Assignment, CaseRound, Round
from labelhub.reading.services.rounds import round_close
from labelhub.workflows.consensus import resettle
from labelhub.workflows.projects.change_protocol import change_protocol, slots_preview
from labelhub.workflows.projects.change_schema import change_schema
from labelhub.workflows.projects.preview_schema import schema_preview
from labelhub.workflows.projects.standing import labels_rounds, standing
from labelhub.workflows.reading.open_round import supplementary_open, supplementary_preview
from tests.factories.cases import make_cases
from tests.factories.projects import FINDINGS
from tests.integration.projects.midlife import MidLife, run_jobs
from tests.integration.projects.tables import (
    agreement_of,
    asked_now,
    closed_now,
    first_versions,
    labels_now,
    stands_now,
    versions_now,
)

pytestmark = pytest.mark.django_db
SEEDS = (1,)
"""Each is twenty changes of a project of its own. Others hold as well; one is enough for every day."""
FURTHER: list[dict[str, Any]] = [
    {"code": code, "name": code.title(), "hotkey": "", "required": True, "boxes": boxes}
    for code, boxes in (("mass", True), ("fracture", False), ("device", False))
]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_shown_before_a_change_is_what_happens_after_it(seed: int) -> None:
    life = MidLife(seed)
    kinds = life.chance.sample(KINDS, len(KINDS))
    assert len(kinds) == 20
    seen: Counter[str] = Counter()
    for change in kinds:
        seen.update(stands_now(life).values())
        first = agreement_of(life.project), first_versions(life.project)
        every_case_settles_to_the_same(life.project)
        change(life)
        every_case_settles_to_the_same(life.project)
        assert (agreement_of(life.project), first_versions(life.project)) == first
        make_cases(life.project, 2)
        life.go_on(8)
    assert set(seen) == {"new", "open", "read", "closed"}


# The changes, each with what is shown before it and what is there after it.


def readers(life: MidLife) -> None:
    now = protocol_in_force(life.project).readers_per_case
    wanted = life.chance.choice([n for n in (1, 2, 3) if n != now])
    foretold = slots_preview(life.project, wanted)
    before = asked_now(life.project)
    put_in_force(life, readers_per_case=wanted)
    run_jobs()
    changes = [(before[pk], after) for pk, after in asked_now(life.project).items()]
    more = [after[0] - was[0] for was, after in changes]
    complete = [(was[1], after[1]) for was, after in changes]
    assert foretold == {
        "n_cases": sum(each != 0 for each in more),
        "n_more": sum(max(each, 0) for each in more),
        "n_fewer": sum(max(-each, 0) for each in more),
        "n_completed": complete.count((False, True)),
        "n_asked_again": complete.count((True, False)),
    }


def rule(life: MidLife) -> None:
    _rule(life, rule=life.chance.choice(["majority", "any_positive", "soft", "adjudicate"]))


def uncertain_pair(life: MidLife) -> None:
    _rule(life, **{life.chance.choice(["present_uncertain", "uncertain_absent"]): life.chance.random() < 0.3})


def overlap(life: MidLife) -> None:
    _settled_anew(life, iou_threshold=life.chance.choice([0.2, 0.5, 0.7]))


def add(life: MidLife) -> None:
    findings = schema_in_force(life.project).findings
    codes = {row["code"] for row in findings}
    new = next(row for row in [*FURTHER, *FINDINGS] if row["code"] not in codes)
    said = _schema(life, [*findings, new], new["code"], "added")
    passes = {row["finding"]: row for row in supplementary_preview(life.project)}
    shown = passes.get(new["code"], {"n_cases": 0, "n_reads": 0})
    assert said["supplementary"] == {name: shown[name] for name in ("n_cases", "n_reads")}
    if shown["n_cases"]:
        round_ = supplementary_open(actor=life.people.manager, project=life.project, findings=[new["code"]])
        run_jobs()
        rows = CaseRound.objects.filter(round=round_)
        assert (rows.count(), sum(row.n_needed for row in rows)) == (shown["n_cases"], shown["n_reads"])


def remove(life: MidLife) -> None:
    findings = schema_in_force(life.project).findings
    if len(findings) == 1:
        add(life)
        findings = schema_in_force(life.project).findings
    code = life.chance.choice([row["code"] for row in findings])
    left = [row for row in findings if row["code"] != code]
    for round_ in Round.objects.filter(project=life.project, closed_at=None, findings=[code]):
        for refuse in (lambda: _preview(life, left), lambda: _save(life, left)):
            with pytest.raises(Conflict, match="asks only findings that are left out"):
                refuse()
        round_close(actor=life.people.manager, round_=round_)
    _schema(life, left, code, "removed")


def rename(life: MidLife) -> None:
    _otherwise(life, name="Another name")


def optional(life: MidLife) -> None:
    _otherwise(life, required=False)


def boxes(life: MidLife) -> None:
    _otherwise(life, boxes=not schema_in_force(life.project).findings[0]["boxes"])


KINDS: list[Callable[[MidLife], None]] = [
    *[readers] * 5, *[rule] * 3, *[uncertain_pair] * 2, *[overlap] * 2, *[add] * 3, *[remove] * 2,
    rename, optional, boxes,
]  # fmt: skip


def _otherwise(life: MidLife, **values: Any) -> None:
    """Ask the first finding otherwise."""
    first, *others = schema_in_force(life.project).findings
    said = _schema(life, [{**first, **values}, *others], first["code"], "changed")
    assert said["fields"] == tuple(values)


def _rule(life: MidLife, **values: Any) -> None:
    code = life.chance.choice(schema_in_force(life.project).codes)
    rules = protocol_in_force(life.project).finding_rules
    _settled_anew(life, finding_rules={**rules, code: {**rules.get(code, {}), **values}})


def _settled_anew(life: MidLife, **values: Any) -> None:
    """A rule settles nothing by itself; what the comparison says is what settling anew does."""
    before, closed, kept = labels_now(life.project), closed_now(life.project), versions_now(life.project)
    stands = stands_now(life)
    case_of = dict(CaseRound.objects.values_list("id", "case"))
    stood = Counter(stand for _, stand in {(case_of[pk], stand) for pk, stand in stands.items()})
    cases = standing(labels_rounds(life.project))
    assert cases == {name: stood[name] for name in ("new", "open", "read", "closed")}
    put_in_force(life, **values)
    saved = protocol_in_force(life.project)
    with played_on(life):
        for pk, versions in versions_now(life.project).items():
            if stands.get(pk) in ("new", "open"):
                assert versions is None or versions[1] == saved.id
            else:
                assert versions == kept[pk]
    resettle.compare_request(actor=life.people.manager, project=life.project)
    (compared,) = run_jobs()
    assert (labels_now(life.project), closed_now(life.project), versions_now(life.project)) == (
        before,
        closed,
        kept,
    )
    resettle.resettle_request(actor=life.people.manager, project=life.project, compared=compared.id)
    run_jobs()
    after, closed_after, versions = (
        labels_now(life.project),
        closed_now(life.project),
        versions_now(life.project),
    )
    findings: dict[str, Counter[str]] = {}
    for pk in before.keys() | after.keys():
        old, new = before.get(pk, {}), after.get(pk, {})
        for code in {code for code in old.keys() | new.keys() if old.get(code) != new.get(code)}:
            kind = "gained" if code not in old else "lost" if code not in new else "changed"
            findings.setdefault(code, Counter())[kind] += 1
    assert compared.result == {
        "n_cases": sum(versions[pk] != kept[pk] for pk in kept),
        "n_changed": sum(before.get(pk) != after.get(pk) for pk in kept),
        "n_opened": len(closed - closed_after),
        "n_closed": len(closed_after - closed),
        "findings": [
            {"finding": code, **{kind: count[kind] for kind in ("gained", "lost", "changed")}}
            for code, count in sorted(findings.items())
        ],
    }


def _schema(life: MidLife, findings: list[dict[str, Any]], code: str, kind: str) -> dict[str, Any]:
    """Save a schema in which one finding is another. What was shown of it before."""
    stands = stands_now(life)
    rows = {row.id: row for row in CaseRound.objects.select_related("round") if _asks(row.round, code)}
    known = rows.keys() & stands.keys()
    stood = Counter(stand for _, stand in {(rows[pk].case_id, stands[pk]) for pk in known})
    labels, versions = labels_now(life.project), versions_now(life.project)
    said = _preview(life, findings)
    (finding,) = said["findings"]
    assert (finding["code"], finding["kind"]) == (code, kind)
    assert finding["cases"] == {name: stood[name] for name in ("new", "open", "read", "closed")}
    assert finding["n_labelled"] == len({rows[pk].case_id for pk in rows if code in labels.get(pk, {})})
    held = set(Assignment.objects.filter(opened_at__isnull=False).values_list("id", flat=True))
    saved = _save(life, findings)
    codes = {schema.id: schema.codes for schema in life.project.schemas.all()}
    assert (labels_now(life.project), versions_now(life.project)) == (labels, versions)
    with played_on(life):
        later, now = labels_now(life.project), versions_now(life.project)
        opened = Assignment.objects.filter(opened_at__isnull=False)
        for pk in known:
            of_case = opened.filter(case=rows[pk].case_id, round=rows[pk].round_id)
            reads = set(of_case.values_list("id", flat=True))
            under_saved = set(of_case.filter(schema=saved).values_list("id", flat=True))
            assert under_saved == reads - held
            if stands[pk] == "new":
                assert reads and not reads & held
            if stands[pk] in ("new", "open"):
                assert now[pk] is None or now[pk][0] == saved.id
            else:
                assert now[pk] == versions[pk]
            if stands[pk] == "closed":
                assert later.get(pk) == labels.get(pk)
            if now[pk] and code not in codes[now[pk][0]]:
                assert code not in later.get(pk, {})
    return finding


def _preview(life: MidLife, findings: list[dict[str, Any]]) -> dict[str, Any]:
    return schema_preview(life.project, findings=findings, region_classes=[])


def _save(life: MidLife, findings: list[dict[str, Any]]) -> Any:
    return change_schema(
        actor=life.people.manager,
        project=life.project,
        findings=findings,
        region_classes=[],
        edited_from=None,
    )


def put_in_force(life: MidLife, **values: Any) -> None:
    """A protocol that says what the one in force says, but for this."""
    now, codes = protocol_in_force(life.project), schema_in_force(life.project).codes
    said = {**{name: getattr(now, name) for name in DEFAULT_PROTOCOL}, **values}
    said["finding_rules"] = {code: each for code, each in said["finding_rules"].items() if code in codes}
    change_protocol(actor=life.people.manager, project=life.project, values=said, edited_from=None)


@contextmanager
def played_on(life: MidLife) -> Iterator[None]:
    """The world in which everything that is asked is read; it has not happened afterwards."""
    state = life.chance.getstate()
    with transaction.atomic():
        life.finish()
        yield
        transaction.set_rollback(True)
    life.chance.setstate(state)


def _asks(round_: Round, code: str) -> bool:
    return round_.findings is None or code in round_.findings


def every_case_settles_to_the_same(project: Project) -> None:
    """From its reads and decisions, under the versions that it keeps."""
    before = labels_now(project), closed_now(project)
    with transaction.atomic():
        rows = CaseRound.objects.filter(round__project=project, settled_schema__isnull=False)
        for row in rows.select_related("round", "case", "settled_schema", "settled_protocol"):
            schema, protocol = settled_under(row)
            settle_case(row, schema=schema, protocol=protocol, is_complete=row.n_submitted >= row.n_needed)
        assert (labels_now(project), closed_now(project)) == before
        transaction.set_rollback(True)
