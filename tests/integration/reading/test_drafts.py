"""A draft is checked under the lock under which a submit works."""

from __future__ import annotations

import pytest

from labelhub.core.errors import Conflict
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, ReadDraft
from labelhub.reading.services.drafts import draft_save
from tests.factories.cases import make_cases
from tests.factories.projects import People
from tests.factories.reading import claim, drafted, submit


def test_a_save_that_was_overtaken_by_the_submit_leaves_no_draft(project: Project, people: People) -> None:
    make_cases(project, 1)
    row = claim(people.reader, project)
    assert row is not None
    before = Assignment.objects.get(id=row.id)  # as a request finds it, before the other one submits
    submit(row)
    with pytest.raises(Conflict) as error:
        draft_save(assignment=before, version=0, document=drafted(before))
    assert error.value.code == "already_submitted" and not ReadDraft.objects.exists()
