"""A case is read under the schema, protocol and case version it was opened under, to its last amendment."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from labelhub.api.reading.workspace import workspace
from labelhub.core import append_only
from labelhub.core.errors import InvalidContent
from labelhub.imaging.models import Case, CaseVersion
from labelhub.projects.models import Project, ReadingProtocol
from labelhub.projects.services import protocol_create_version, schema_create_version
from labelhub.reading.models import Assignment
from labelhub.reading.policies import own_assignment
from labelhub.reading.services.leases import assignment_open
from labelhub.workflows.reading.submit_read import amend_read, submit_read
from tests.factories.cases import make_case, make_cases
from tests.factories.projects import FINDINGS, People
from tests.factories.reading import box, claim, document, submission, submit

pytestmark = pytest.mark.django_db
MASS = {"code": "mass", "name": "Mass", "hotkey": "3", "required": True, "boxes": False}


def opened(project: Project, people: People) -> Assignment:
    assignment = claim(people.reader, project)
    assert assignment is not None
    return own_assignment(people.reader, assignment.id)


def ask_for_a_mass(project: Project) -> None:
    schema_create_version(actor=None, project=project, findings=[*FINDINGS, MASS], region_classes=[])


def test_a_finding_added_while_a_case_is_open_is_not_asked_of_it(project: Project, people: People) -> None:
    make_case(project)
    assignment = opened(project, people)
    ask_for_a_mass(project)
    shown = workspace(assignment)["schema"]
    assert [finding["code"] for finding in shown["findings"]] == ["nodule", "effusion"]
    read = submit(assignment)
    assert read is not None and read.schema.version == shown["version"] == 1
    assert not read.answers.filter(finding="mass").exists()


def test_a_case_reserved_before_the_change_is_opened_under_the_new_schema(
    project: Project, people: People
) -> None:
    make_case(project)
    reserved = claim(people.reader, project, ahead=True)
    assert reserved is not None and reserved.schema_id is None
    ask_for_a_mass(project)
    assignment = assignment_open(actor=people.reader, assignment=own_assignment(people.reader, reserved.id))
    assert workspace(assignment)["schema"]["version"] == 2
    with pytest.raises(InvalidContent) as error:
        submit(assignment)
    assert error.value.details == {"missing": ["mass"]}


def test_a_repeat_after_the_schema_changed_gets_the_read_that_is_stored(
    project: Project, people: People
) -> None:
    make_case(project)
    assignment = opened(project, people)
    sent = submission(assignment)
    first = submit_read(actor=people.reader, assignment=assignment, submission=sent)
    amendment = submission(assignment, document({"nodule": "uncertain"}), reason="slip")
    amended = amend_read(actor=people.reader, assignment=assignment, submission=amendment)
    ask_for_a_mass(project)
    assert submit_read(actor=people.reader, assignment=assignment, submission=sent).read == first.read
    assert amend_read(actor=people.reader, assignment=assignment, submission=amendment) == amended


def test_a_protocol_changed_while_a_case_is_open_does_not_change_what_was_shown(
    project: Project, people: People
) -> None:
    make_case(project)
    assignment = opened(project, people)
    protocol_create_version(actor=None, project=project, values={"context_fields": []})
    read = submit(assignment)
    assert read is not None and read.protocol.version == 1 and "age" in read.context_shown


def test_a_read_is_not_stamped_as_aided_by_what_an_old_protocol_promised(
    project: Project, people: People
) -> None:
    """Nothing of a model was on the screen, whatever the version that is in force says."""
    old = protocol_create_version(actor=None, project=project, values={})
    with append_only.suspended():
        ReadingProtocol.objects.filter(id=old.id).update(blinded=False, ai_visible=True)
    make_case(project)
    read = submit(opened(project, people))
    assert read is not None and not read.ai_visible


def newer_version(case: Case, instances: list[Any]) -> CaseVersion:
    manifest = [{"instance": str(pk), "series": "", "content_sha256": ""} for pk in instances]
    version = CaseVersion.objects.create(
        case=case,
        version=2,
        manifest=manifest,
        sha256="2" * 64,
        sealed_at=case.current_version.sealed_at,  # type: ignore[union-attr]
    )
    Case.objects.filter(id=case.id).update(current_version=version)
    return version


def test_a_mark_lies_on_an_image_of_the_version_that_is_read(project: Project, people: People) -> None:
    case, other = make_cases(project, 2)
    assignment = opened(project, people)
    assert assignment.case_id == case.id
    late = other.instances.get()
    mark = box(other, 10, 10)
    late.case = case
    late.save(update_fields=["case"])
    newer_version(case, [row.id for row in case.instances.all()])
    with pytest.raises(InvalidContent) as error:
        submit(assignment, document({"nodule": "present"}, boxes=[mark]))
    assert "not in this case" in error.value.message


def test_a_reservation_takes_the_newest_version_of_the_case_when_it_is_opened(
    project: Project, people: People
) -> None:
    (case,) = make_cases(project, 1)
    reserved = claim(people.reader, project, ahead=True)
    assert reserved is not None
    newer = CaseVersion.objects.create(
        case=case,
        version=2,
        manifest=case.version_in_force.manifest,
        sha256="2" * 64,
        sealed_at=timezone.now(),
    )
    Case.objects.filter(id=case.id).update(current_version=newer)
    opened = assignment_open(actor=people.reader, assignment=reserved)
    assert opened.case_version == newer
    assert submit(opened).case_version == newer  # type: ignore[union-attr]
