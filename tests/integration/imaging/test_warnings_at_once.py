"""What images are warned of by two at once: neither loses what the other writes."""

from __future__ import annotations

import uuid
from contextlib import ExitStack

import pytest
from django.db import transaction

from labelhub.imaging.cases import cases_seal
from labelhub.imaging.hanging import BY_DEFAULT, OBJECT_ONLY, objects_alone_flag
from labelhub.imaging.models import Case, ImportBatch, ImportFile, Instance, Study
from labelhub.imaging.services.arranging import studies_arrange
from labelhub.imaging.services.patient_warnings import CONTRADICTION, studies_warned
from labelhub.projects.models import Project
from tests.factories.cases import make_case
from tests.factories.waiting import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shared(project: Project) -> Case:
    """The case of one of two persons under one ID, of which no image was warned yet; its image names no view."""
    case = make_case(project)
    make_case(project, patient=case.patient)
    for study, sex in zip(Study.objects.order_by("id"), "FM", strict=True):
        Study.objects.filter(id=study.id).update(
            said=[[sex, "", None, ""]], warnings=[], named_by=Study.NamedBy.FILE
        )
    studies_arrange(project, case.patient.split_key)
    Study.objects.update(warnings=[], is_to_arrange=True)
    Instance.objects.update(view_position="", warnings=[])
    return Case.objects.select_related("patient", "study").get(id=case.id)


def seal_with_one_more(case: Case) -> None:
    image = case.instances.get()
    image.pk, image.source_hash, image.storage_prefix = uuid.uuid4(), "f" * 64, "instances/more"
    image.save(force_insert=True)
    cases_seal(case_ids=[case.id], begun=[])


def test_an_arranging_keeps_what_a_sealing_writes_meanwhile(project: Project, shared: Case) -> None:
    with ExitStack() as stack:
        with transaction.atomic():
            seal_with_one_more(shared)
            arranged = stack.enter_context(
                at_once(studies_arrange, project=project, split_key=shared.patient.split_key)
            )
        arranged()
    assert warned_of(shared) >= {BY_DEFAULT, CONTRADICTION}


def test_a_sealing_keeps_what_an_arranging_writes_meanwhile(shared: Case) -> None:
    with ExitStack() as stack:
        with transaction.atomic():
            studies_warned([(shared.study, [CONTRADICTION])])
            sealed = stack.enter_context(at_once(seal_with_one_more, case=shared))
        sealed()
    assert warned_of(shared) >= {BY_DEFAULT, CONTRADICTION}


def test_what_is_said_of_objects_keeps_what_an_arranging_writes_meanwhile(
    project: Project, shared: Case
) -> None:
    study = Study.objects.get(id=shared.study_id)
    image = shared.instances.get()
    image.pk, image.source_hash, image.case, image.kind = uuid.uuid4(), "e" * 64, None, "dose"
    alone = Study.objects.create(project=project, patient=study.patient, source_hash="alone", warnings=[])
    image.series = alone.series.create(source_hash="alone")
    image.save(force_insert=True)
    batch = ImportBatch.objects.create(project=project)
    ImportFile.objects.create(batch=batch, position=1, path="a", outcome="accepted", instance=image)
    with ExitStack() as stack:
        with transaction.atomic():
            studies_warned([(alone, [CONTRADICTION])])
            flagged = stack.enter_context(at_once(objects_alone_flag, batch=batch))
        flagged()
    for row in (ImportFile.objects.get(), Instance.objects.get(id=image.id)):
        assert set(row.warnings) == {OBJECT_ONLY, CONTRADICTION}


def warned_of(case: Case) -> set[str]:
    return {code for image in case.instances.all() for code in image.warnings}
