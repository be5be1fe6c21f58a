"""A case on which two readers differ, in an adjudicator's hands."""

from __future__ import annotations

import pytest

from labelhub.consensus.models import Adjudication
from labelhub.imaging.models import Case
from labelhub.projects.models import Project
from labelhub.workflows.consensus.adjudicate import claim_adjudication
from tests.factories.cases import make_case
from tests.factories.projects import People
from tests.factories.reading import box, document, read_case


@pytest.fixture
def case(project: Project) -> Case:
    return make_case(project)


@pytest.fixture
def row(project: Project, people: People, case: Case) -> Adjudication:
    """A claimed case on whose nodule two readers differ."""
    read_case(people.reader, project, document({"nodule": "present"}, boxes=[box(case, 100, 100)]))
    read_case(people.second_reader, project)
    return claim_adjudication(actor=people.adjudicator, adjudication=Adjudication.objects.get())
