"""The counts on the pages, recomputed from what is exported."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest

from labelhub.consensus.models import Adjudication
from labelhub.learning.services.snapshot import snapshot_take
from labelhub.projects.models import Membership, Project
from labelhub.projects.services import protocol_create_version
from labelhub.releases.services import export_start, export_stream
from labelhub.workflows.projects.refresh_statistics import refresh_statistics
from tests.factories.cases import make_cases
from tests.factories.learning import make_trainable_project
from tests.factories.projects import People
from tests.factories.reading import document, read_case

Dashboard = Callable[[], dict[str, Any]]


def exported(project: Project, what: str) -> list[dict[str, str]]:
    text = "".join(export_stream(export_start(actor=None, project=project, what=what, format="csv")))
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def dashboard(project: Project, people: People, client_of: Callable[..., Any]) -> Dashboard:
    def fresh() -> dict[str, Any]:
        refresh_statistics(project)
        page = client_of(people.manager).get(f"/api/v1/projects/{project.slug}/dashboard/").json()
        return dict(page)

    return fresh


def read_some(project: Project, people: People) -> None:
    """Six cases: the first reader reads all, the second four of them, with two differences."""
    make_cases(project, 6)
    for _ in range(6):
        read_case(people.reader, project)
    for i in range(4):
        read_case(people.second_reader, project, document({"nodule": "present" if i < 2 else "absent"}))


def readers_by_case(rows: list[dict[str, str]]) -> dict[str, set[str]]:
    readers = defaultdict(set)
    for row in rows:
        readers[row["case"]].add(row["reader"])
    return readers


def test_cases_read_by_two_or_more(project: Project, people: People, dashboard: Dashboard) -> None:
    read_some(project, people)
    by_case = readers_by_case(exported(project, "reads"))
    assert dashboard()["discordant"]["n_read"] == sum(len(names) > 1 for names in by_case.values()) == 4


def test_what_the_readers_resolved_is_not_adjudicated(
    project: Project, people: People, dashboard: Dashboard
) -> None:
    read_some(project, people)
    first, second = Adjudication.objects.all()
    Adjudication.objects.filter(id=first.id).update(state="resolved")
    shown = dashboard()["discordant"]
    assert (shown["open"], shown["decided"]) == (1, 0)
    Adjudication.objects.filter(id=second.id).update(state="decided")
    shown = dashboard()["discordant"]
    assert (shown["open"], shown["decided"]) == (0, 1)


def test_cases_that_one_reader_reads_are_not_read_by_two(
    project: Project, people: People, dashboard: Dashboard
) -> None:
    protocol_create_version(actor=None, project=project, values={"readers_per_case": 1})
    make_cases(project, 2)
    read_case(people.reader, project)
    page = dashboard()
    assert page["discordant"]["n_read"] == 0 and page["discordant"]["share"] is None


def test_reads_of_each_reader_also_of_one_whose_role_was_taken_away(
    project: Project, people: People, dashboard: Dashboard, client_of: Callable[..., Any]
) -> None:
    read_some(project, people)
    Membership.objects.filter(project=project, user=people.second_reader, role="reader").delete()
    cases_of = defaultdict(set)
    for row in exported(project, "reads"):
        cases_of[row["reader"]].add(row["case"])
    page = dashboard()
    shown = {row["id"]: row for row in page["readers"]}
    for person, is_reader in ((people.reader, True), (people.second_reader, False)):
        row = shown[str(person.id)]
        assert (row["submitted"], row["is_reader"]) == (len(cases_of[person.username]), is_reader)
    assert sum(row["submitted"] for row in page["readers"]) == page["reads"]["done"]
    names = [row["name"] for row in shown.values() if row["submitted"]]
    pairs = client_of(people.manager).get(f"/api/v1/projects/{project.slug}/agreement/").json()["pairs"]
    assert {(pair["first"], pair["second"]) for pair in pairs} == {tuple(sorted(names))}


def test_labelled_cases_and_test_cases_of_a_training(project: Project, people: People) -> None:
    make_trainable_project(project, people, n_pool=5, n_validation=2, n_test=3, n_new=0)
    make_cases(project, 2)
    for reader in (people.reader, people.second_reader):  # nothing to learn from, and half of it
        read_case(reader, project, document({"nodule": "uncertain", "effusion": "uncertain"}))
        read_case(reader, project, document({"nodule": "uncertain"}))
    taught = defaultdict(set)
    for row in exported(project, "consensus"):
        if row["probability"]:
            taught[row["split"]].add(row["case"])
    snapshot = snapshot_take(project)
    assert snapshot["n_labels"] == len(taught["pool"]) == 6
    assert snapshot["n_test_cases"] == len(taught["test"]) == 3
