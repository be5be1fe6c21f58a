"""What an adjudicator is shown of a case, before and after she decides; her reasons; ten minutes for a correction."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from labelhub.consensus.models import Adjudication, AdjudicationDecision, ConsensusLabel
from labelhub.core.errors import Conflict, InvalidContent
from labelhub.imaging.models import Case, CaseVersion
from labelhub.projects.models import Project
from labelhub.projects.services import protocol_create_version
from labelhub.reading.models import Assignment, CaseRound, LateRead
from labelhub.reading.policies import own_assignment
from labelhub.reading.services.leases import assignment_release
from labelhub.releases.services import export_start, export_stream
from labelhub.releases.tables import export_rows
from labelhub.workflows.reading.ask_reader import return_to_reader
from labelhub.workflows.reading.submit_read import accept_late_read, amend_read, submit_read
from tests.factories.deciding import decide, view
from tests.factories.projects import People
from tests.factories.reading import box, claim, document, read_case, submission


def exported(project: Project, what: str) -> list[dict[str, Any]]:
    export = export_start(actor=None, project=project, what=what, format="json")
    return list(json.loads("".join(export_stream(export))))


def new_version(case: Case) -> CaseVersion:
    """More images came for the case after it was read."""
    before = case.current_version
    assert before is not None
    case.current_version = CaseVersion.objects.create(
        case=case, version=2, manifest=[], sha256="2" * 64, sealed_at=timezone.now()
    )
    case.save(update_fields=["current_version"])
    return before


def test_no_reason_is_stored_for_her(people: People, row: Adjudication) -> None:
    decide(people, row)
    assert AdjudicationDecision.objects.get().reason == ""


def test_a_project_may_ask_for_a_reason(project: Project, people: People, row: Adjudication) -> None:
    protocol_create_version(actor=None, project=project, values={"adjudication_reason_required": True})
    with pytest.raises(InvalidContent) as error:
        decide(people, row, reason="  ")
    assert error.value.code == "reason_required" and error.value.details == {"missing": ["nodule"]}
    decide(people, row, reason=" seen on both views ")
    assert AdjudicationDecision.objects.get().reason == "seen on both views"


def test_a_decided_case_shows_decision_reason_and_boxes(
    people: People, row: Adjudication, case: Case, client_of: Any
) -> None:
    drawn = box(case, 100, 100)
    decide(people, row, reason="a nodule", boxes=[drawn])
    shown = view(people, row, client_of)
    (finding,) = shown["findings"]
    assert finding["decision"]["value"] == "present" and finding["decision"]["reason"] == "a nodule"
    assert finding["decision"]["annotations"] == [drawn]
    assert shown["allowed_actions"] == ["correct"] and shown["adjudication"]["correct_until"]


def test_she_corrects_within_ten_minutes(people: People, row: Adjudication) -> None:
    decide(people, row, "present")
    again = decide(people, row, "absent")
    assert again.state == "decided" and AdjudicationDecision.objects.count() == 2
    label = ConsensusLabel.objects.get(finding="nodule", is_current=True)
    assert (label.value, label.method) == ("absent", "adjudicated")
    assert CaseRound.objects.get().closed_at is not None


def test_a_correction_leaves_a_case_open_that_lacks_a_read_again(
    people: People, row: Adjudication, case: Case
) -> None:
    decide(people, row)
    mine = own_assignment(people.reader, Assignment.objects.get(reader=people.reader).id)
    unreadable = {**document(), "answers": {}, "not_readable": True}
    amend_read(
        actor=people.reader, assignment=mine, submission=submission(mine, unreadable, reason="too dark")
    )
    assert CaseRound.objects.get().closed_at is None
    decide(people, row, "absent")
    case_round = CaseRound.objects.get()
    assert case_round.n_submitted < case_round.n_needed and case_round.closed_at is None
    assert not ConsensusLabel.objects.filter(is_current=True).exists()


def test_afterwards_the_decision_stands(people: People, row: Adjudication, client_of: Any) -> None:
    decide(people, row)
    Adjudication.objects.update(decided_at=timezone.now() - timedelta(minutes=11))
    with pytest.raises(Conflict) as error:
        decide(people, row, "absent")
    assert error.value.code == "correction_over"
    assert view(people, row, client_of)["allowed_actions"] == []


def test_a_correction_earns_no_further_ten_minutes(people: People, row: Adjudication) -> None:
    first = decide(people, row).decided_at
    assert first is not None
    earlier = first - timedelta(minutes=6)
    Adjudication.objects.update(decided_at=earlier)
    assert decide(people, row, "absent").decided_at == earlier
    assert decide(people, row, "uncertain").state == "decided"
    Adjudication.objects.update(decided_at=earlier - timedelta(minutes=5))
    with pytest.raises(Conflict):
        decide(people, row, "present")


def test_a_case_back_with_a_reader_shows_letter_and_question(
    people: People, row: Adjudication, client_of: Any
) -> None:
    return_to_reader(actor=people.adjudicator, adjudication=row, letter="B", note="Is this the nipple?")
    assert view(people, row, client_of)["asked"] == [{"label": "B", "note": "Is this the nipple?"}]


def test_the_list_offers_only_what_can_be_done(
    project: Project, people: People, row: Adjudication, client_of: Any
) -> None:
    def offered(person: Any) -> list[str]:
        page = client_of(person).get(f"/api/v1/projects/{project.slug}/adjudications/").json()
        return list(page["results"][0]["allowed_actions"])

    assert offered(people.adjudicator) == ["decide", "release", "return"]
    Adjudication.objects.update(adjudicator=people.manager)
    assert offered(people.adjudicator) == []


def test_the_list_of_hers_holds_what_she_is_deciding(
    project: Project, people: People, row: Adjudication, client_of: Any
) -> None:
    def hers() -> list[str]:
        page = client_of(people.adjudicator).get(f"/api/v1/projects/{project.slug}/adjudications/?state=mine")
        return [found["id"] for found in page.json()["results"]]

    assert hers() == [str(row.id)]
    Adjudication.objects.update(adjudicator=people.manager)
    assert hers() == []
    Adjudication.objects.update(adjudicator=people.adjudicator, state="open")
    assert hers() == []


def test_letters_stay_when_a_later_read_joins(
    project: Project, people: People, case: Case, client_of: Any
) -> None:
    late = claim(people.third_reader, project)
    assert late is not None
    assignment_release(actor=people.third_reader, assignment=late)
    for reader, value in ((people.reader, "present"), (people.second_reader, "absent")):
        read_case(reader, project, document({"nodule": value}))
    row = Adjudication.objects.get()
    before = dict(row.letters)
    assert sorted(before.values()) == ["A", "B"]
    submit_read(actor=people.third_reader, assignment=late, submission=submission(late))
    accept_late_read(actor=people.manager, late_read=LateRead.objects.get())
    row.refresh_from_db()
    assert row.letters == {**before, str(late.id): "C"}
    assert [read["label"] for read in view(people, row, client_of)["reads"]] == ["A", "B", "C"]


def test_exports_and_the_view_name_the_version_that_was_read(
    project: Project, people: People, row: Adjudication, case: Case, client_of: Any
) -> None:
    read = new_version(case)
    assert len(view(people, row, client_of)["images"]) == len(read.manifest)
    decide(people, row)
    for what in ("consensus", "adjudications", "reads"):
        for line in exported(project, what):
            assert line["case_version"] == 1 and line["images"] == [read.manifest[0]["content_sha256"]], what


def test_old_decisions_that_name_no_version_are_looked_up_together(
    project: Project, people: People, row: Adjudication, case: Case
) -> None:
    new_version(case)
    before_any_read = timezone.now() - timedelta(days=1)

    def add_old(*times: datetime) -> None:
        AdjudicationDecision.objects.bulk_create(
            AdjudicationDecision(
                adjudication=row,
                client_uuid=uuid.uuid4(),
                finding="nodule",
                value="present",
                case_version=None,
                decided_by=people.adjudicator,
                decided_at=at,
            )
            for at in times
        )

    add_old(before_any_read, timezone.now())
    with CaptureQueriesContext(connection) as two:
        lines = list(export_rows(project, "adjudications"))
    assert [line["case_version"] for line in lines] == [None, 1]
    add_old(timezone.now(), timezone.now(), timezone.now())
    with CaptureQueriesContext(connection) as five:
        assert len(list(export_rows(project, "adjudications"))) == 5
    assert len(five) == len(two)


def test_a_consensus_label_is_exported_with_the_boxes_behind_it(
    project: Project, people: People, case: Case
) -> None:
    mine = box(case, 100, 100)
    read_case(people.reader, project, document({"nodule": "present"}, boxes=[mine]))
    read_case(people.second_reader, project, document({"nodule": "present"}, boxes=[box(case, 102, 100)]))
    (image,) = case.instances.all()
    by_finding = {line["finding"]: line for line in exported(project, "consensus")}
    assert by_finding["effusion"]["boxes"] == []
    boxes = by_finding["nodule"]["boxes"]
    assert sorted(each["x"] for each in boxes) == [100, 102]
    assert {each["image"] for each in boxes} == {image.content_sha256}


def test_of_a_decided_label_the_adjudicators_boxes_are_exported(
    project: Project, people: People, row: Adjudication, case: Case
) -> None:
    decide(people, row, boxes=[box(case, 7, 8)])
    (boxes,) = (line["boxes"] for line in exported(project, "consensus") if line["finding"] == "nodule")
    assert [(each["x"], each["y"]) for each in boxes] == [(7, 8)]


def test_an_amendment_that_ends_the_difference_resolves_the_case_once(
    people: People, row: Adjudication
) -> None:
    mine = own_assignment(people.reader, Assignment.objects.get(reader=people.reader).id)
    amend_read(actor=people.reader, assignment=mine, submission=submission(mine, reason="slip"))
    row.refresh_from_db()
    assert row.state == "resolved"
