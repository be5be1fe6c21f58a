"""Two readers who correct the same case at the same moment: it is settled from both corrections."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from labelhub.consensus.models import ConsensusLabel, Discordance
from labelhub.reading.models import Assignment
from labelhub.workflows.reading.submit_read import amend_read
from tests.factories.cases import make_case
from tests.factories.projects import make_people, make_project
from tests.factories.reading import document, read_case, submission


@pytest.mark.django_db(transaction=True)
def test_two_corrections_at_once_are_both_in_the_consensus() -> None:
    project = make_project()
    people = make_people(project)
    make_case(project)
    for reader in (people.reader, people.second_reader):
        read_case(reader, project)
    both = list(Assignment.objects.select_related("case__project", "reader"))
    barrier = Barrier(len(both))

    def amend(assignment: Assignment, value: str) -> None:
        sent = submission(assignment, document({"effusion": value}), reason="second look")
        barrier.wait()
        try:
            amend_read(actor=assignment.reader, assignment=assignment, submission=sent)
        finally:
            connection.close()

    for value in ("present", "absent", "uncertain", "present"):
        with ThreadPoolExecutor(len(both)) as pool:
            for done in [pool.submit(amend, assignment, value) for assignment in both]:
                done.result()
        label = ConsensusLabel.objects.get(finding="effusion", is_current=True)
        assert (label.value, label.method) == (value, "concordant")
        assert not Discordance.objects.exists()
