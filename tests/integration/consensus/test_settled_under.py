"""A case keeps the versions it was settled under: no amendment, no decision settles it under another rule."""

from __future__ import annotations

import random
import uuid
from typing import Any

import pytest

from labelhub.consensus.models import Adjudication, ConsensusLabel
from labelhub.consensus.services.counted import newest_reads
from labelhub.consensus.services.settle import decide, settled_under
from labelhub.core.errors import Conflict
from labelhub.core.jobs import job_claim
from labelhub.core.models import Job
from labelhub.projects.models import Project
from labelhub.projects.services import protocol_create_version, schema_create_version
from labelhub.reading.models import Assignment, CaseRound
from labelhub.reading.policies import own_assignment
from labelhub.workflows.consensus import resettle
from labelhub.workflows.consensus.adjudicate import claim_adjudication
from labelhub.workflows.consensus.decide import FindingDecision, decide_adjudication
from labelhub.workflows.reading.submit_read import amend_read
from tests.factories.cases import make_case, make_cases
from tests.factories.projects import FINDINGS, People
from tests.factories.reading import document, read_case, submission

Labels = dict[str, tuple[str, float | None, str]]


def labels(case_round: CaseRound) -> Labels:
    rows = ConsensusLabel.objects.filter(case_round=case_round, is_current=True)
    return {row.finding: (row.value, row.probability, row.method) for row in rows}


def recomputed(case_round: CaseRound) -> Labels:
    """The labels as they follow from the reads, the decisions and the versions that the case names."""
    schema, protocol = settled_under(case_round)
    adjudication = Adjudication.objects.filter(case_round=case_round).first()
    result = decide(newest_reads(case_round), schema=schema, protocol=protocol, adjudication=adjudication)
    return {
        label.finding: (label.value or "", label.probability, label.method.value)
        for label in result.labels
        if label.method
    }


def amend(person: Any, case_round: CaseRound, values: dict[str, str]) -> None:
    mine = own_assignment(person, Assignment.objects.get(reader=person, case_id=case_round.case_id).id)
    sent = submission(mine, document(values), reason="second look")
    amend_read(actor=person, assignment=mine, submission=sent)


def decided(people: People, row: Adjudication, value: str = "present") -> None:
    claim_adjudication(actor=people.adjudicator, adjudication=row)
    waiting = row.case_round.discordances.filter(needs_adjudication=True).values_list("finding", flat=True)
    decisions = [
        FindingDecision(finding=code, value=value, reason="seen", annotations=[]) for code in waiting
    ]
    decide_adjudication(
        actor=people.adjudicator, adjudication=row, client_uuid=uuid.uuid4(), decisions=decisions
    )


def drop_effusion(project: Project) -> None:
    schema_create_version(actor=None, project=project, findings=FINDINGS[:1], region_classes=[])


def leave_it_to(project: Project, rule: str) -> None:
    rules = {"nodule": {"rule": rule}}
    protocol_create_version(
        actor=None, project=project, values={"readers_per_case": 2, "finding_rules": rules}
    )


def run(job: Job) -> Job:
    claimed = job_claim(job.id, owner="test")
    assert claimed is not None
    resettle.run_resettle_job(claimed)
    job.refresh_from_db()
    return job


def test_no_label_vanishes_with_an_amendment_after_its_finding_left_the_schema(
    project: Project, people: People
) -> None:
    make_case(project)
    read_case(people.reader, project)
    read_case(people.second_reader, project)
    case_round = CaseRound.objects.get()
    before = labels(case_round)
    assert set(before) == {"nodule", "effusion"}
    drop_effusion(project)
    amend(people.reader, case_round, {})
    assert labels(case_round) == before


def test_nor_with_a_decision(project: Project, people: People) -> None:
    make_case(project)
    read_case(people.reader, project, document({"nodule": "present"}))
    read_case(people.second_reader, project)
    drop_effusion(project)
    decided(people, Adjudication.objects.get())
    assert set(labels(CaseRound.objects.get())) == {"nodule", "effusion"}


def test_the_rule_of_the_last_read_holds_and_an_amendment_changes_no_rule(
    project: Project, people: People
) -> None:
    make_case(project)
    read_case(people.reader, project, document({"nodule": "present"}))
    leave_it_to(project, "soft")
    read_case(people.second_reader, project)
    case_round = CaseRound.objects.get()
    assert labels(case_round)["nodule"] == ("", 0.5, "soft")
    leave_it_to(project, "any_positive")
    amend(people.second_reader, case_round, {"effusion": "present"})
    assert labels(case_round)["nodule"] == ("", 0.5, "soft")
    assert not Adjudication.objects.filter(
        case_round__discordances__finding="nodule", state="decided"
    ).exists()


def test_settling_anew_is_compared_first_and_then_done(project: Project, people: People) -> None:
    make_cases(project, 3)
    for value in ("present", "absent", "absent"):
        read_case(people.reader, project, document({"nodule": value}))
        read_case(people.second_reader, project)
    assert Adjudication.objects.get().state == "open"
    leave_it_to(project, "any_positive")
    drop_effusion(project)
    before = {row.id: labels(row) for row in CaseRound.objects.all()}

    seen = run(resettle.compare_request(actor=people.manager, project=project))
    assert {row.id: labels(row) for row in CaseRound.objects.all()} == before, "a comparison changes nothing"
    assert seen.result == {
        "n_cases": 3,
        "n_changed": 3,
        "n_opened": 0,
        "n_closed": 1,
        "findings": [
            {"finding": "effusion", "gained": 0, "lost": 3, "changed": 0},
            {"finding": "nodule", "gained": 1, "lost": 0, "changed": 0},
        ],
    }
    done = run(resettle.resettle_request(actor=people.manager, project=project, compared=seen.id))
    assert done.state == "succeeded" and done.result == {"n_cases": 3}
    after = [labels(row) for row in CaseRound.objects.order_by("begun_seq")]
    assert [row["nodule"] for row in after] == [
        ("present", 1.0, "any_positive"), ("absent", 0.0, "concordant"), ("absent", 0.0, "concordant"),
    ]  # fmt: skip
    assert all(set(row) == {"nodule"} for row in after)
    assert Adjudication.objects.get().state == "resolved"
    again = run(resettle.compare_request(actor=people.manager, project=project))
    assert again.result["n_cases"] == 0


def test_what_was_compared_must_be_what_is_in_force(project: Project, people: People) -> None:
    seen = run(resettle.compare_request(actor=people.manager, project=project))
    leave_it_to(project, "soft")
    with pytest.raises(Conflict) as error:
        resettle.resettle_request(actor=people.manager, project=project, compared=seen.id)
    assert error.value.code == "not_compared"


def test_the_manager_compares_and_settles_through_the_api(
    project: Project, people: People, client_of: Any
) -> None:
    make_case(project)
    read_case(people.reader, project)
    read_case(people.second_reader, project)
    drop_effusion(project)
    manager, url = client_of(people.manager), f"/api/v1/projects/{project.slug}/resettling/"
    assert manager.get(url).json() == {"newest": None}
    asked = manager.post(url, {}, format="json")
    assert asked.status_code == 202 and asked.json()["state"] == "queued"
    run(Job.objects.get(id=asked.json()["id"]))
    row = manager.get(url).json()["newest"]
    assert row["state"] == "succeeded" and row["is_current"] and not row["apply"]
    assert row["findings"] == [{"finding": "effusion", "gained": 0, "lost": 1, "changed": 0}]
    assert manager.post(url, {"compared": row["id"]}, format="json").json()["apply"] is True
    assert client_of(people.engineer).get(url).status_code == 403


class Walk:
    """A random sequence of what people do to a project with three read cases."""

    VALUES = ("present", "absent", "uncertain")

    def __init__(self, project: Project, people: People, seed: int) -> None:
        self.project, self.people, self.chance = project, people, random.Random(seed)
        make_cases(project, 3)
        for _ in range(3):
            for reader in (people.reader, people.second_reader):
                read_case(reader, project, document(self.answers()))

    def answers(self) -> dict[str, str]:
        return {code: self.chance.choice(self.VALUES) for code in ("nodule", "effusion")}

    def step(self) -> None:
        self.chance.choice([self.rule, self.schema, self.amend, self.amend, self.decide, self.resettle])()

    def rule(self) -> None:
        leave_it_to(self.project, self.chance.choice(["adjudicate", "majority", "any_positive", "soft"]))

    def schema(self) -> None:
        findings = FINDINGS[: self.chance.choice([1, 2])]
        schema_create_version(actor=None, project=self.project, findings=findings, region_classes=[])

    def amend(self) -> None:
        reader = self.chance.choice([self.people.reader, self.people.second_reader])
        amend(reader, self.chance.choice(list(CaseRound.objects.all())), self.answers())

    def decide(self) -> None:
        row = Adjudication.objects.filter(state="open").first()
        if row:
            decided(self.people, row, self.chance.choice(self.VALUES))

    def resettle(self) -> None:
        seen = run(resettle.compare_request(actor=self.people.manager, project=self.project))
        run(resettle.resettle_request(actor=self.people.manager, project=self.project, compared=seen.id))


@pytest.mark.parametrize("seed", range(6))
def test_labels_are_what_the_reads_and_the_cases_versions_give(
    project: Project, people: People, seed: int
) -> None:
    """Invariant 5, whatever has happened: rules and findings changed, reads amended, cases decided, settled anew."""
    walk = Walk(project, people, seed)
    for _ in range(10):
        walk.step()
        for case_round in CaseRound.objects.all():
            assert labels(case_round) == recomputed(case_round)


def test_a_case_that_came_in_under_a_newer_rule_is_not_taken_back_to_the_one_that_is_applied(
    project: Project, people: People
) -> None:
    """The rule changes again, and a case is read by it, while the settling anew that was asked for waits or runs."""
    make_cases(project, 2)
    differ(project, people)
    leave_it_to(project, "soft")
    compared = run(resettle.compare_request(actor=people.manager, project=project))
    asked = resettle.resettle_request(actor=people.manager, project=project, compared=compared.id)
    leave_it_to(project, "any_positive")
    differ(project, people)
    older, newer = CaseRound.objects.order_by("order_key")
    assert labels(newer)["nodule"] == ("present", 1.0, "any_positive")
    assert run(asked).result == {"n_cases": 1}
    assert labels(older)["nodule"] == ("", 0.5, "soft")
    assert labels(newer)["nodule"] == ("present", 1.0, "any_positive")


def differ(project: Project, people: People) -> None:
    read_case(people.reader, project, document({"nodule": "present"}))
    read_case(people.second_reader, project)


def test_a_decision_whose_finding_the_case_has_no_more_is_not_corrected(
    project: Project, people: People
) -> None:
    make_case(project)
    read_case(people.reader, project, document({"effusion": "present"}))
    read_case(people.second_reader, project)
    row = Adjudication.objects.get()
    decided(people, row)
    drop_effusion(project)
    compared = run(resettle.compare_request(actor=people.manager, project=project))
    run(resettle.resettle_request(actor=people.manager, project=project, compared=compared.id))
    row.refresh_from_db()
    assert row.state == Adjudication.State.DECIDED
    again = FindingDecision(finding="effusion", value="absent", reason="slip", annotations=[])
    with pytest.raises(Conflict) as error:
        decide_adjudication(
            actor=people.adjudicator, adjudication=row, client_uuid=uuid.uuid4(), decisions=[again]
        )
    assert error.value.code == "finding_gone"
