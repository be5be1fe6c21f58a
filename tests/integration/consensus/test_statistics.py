"""The dashboard's figures and the exports behind them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

from labelhub.consensus.models import RoundStatistics
from labelhub.consensus.shown_agreement import pairs_shown
from labelhub.consensus.statistics import project_statistics, reader_names
from labelhub.projects.models import Project
from labelhub.reading.models import Read, Round
from labelhub.reading.services.case_rounds import case_rounds_insert
from labelhub.reading.services.case_splits import cases_exclude
from labelhub.reading.services.rounds import round_open
from labelhub.workflows.projects.due_statistics import refresh_due_statistics
from labelhub.workflows.projects.refresh_statistics import refresh_statistics
from tests.factories.cases import make_cases
from tests.factories.projects import People
from tests.factories.reading import box, claim, document, read_case, submission, submit


def read_everything(project: Project, people: People) -> None:
    """Six cases by two readers; they differ on the nodule in two of them."""
    make_cases(project, 6)
    for i in range(6):
        assignment = claim(people.reader, project)
        assert assignment is not None
        value = "present" if i < 3 else "absent"
        boxes = [box(assignment.case, 50, 50)] if value == "present" else []
        submit(assignment, document({"nodule": value}, boxes=boxes))
    for i in range(6):
        value = "present" if i in (0, 4) else "absent"
        read_case(people.second_reader, project, document({"nodule": value}))


def test_progress_and_agreement_follow_from_the_reads(
    project: Project, people: People, client_of: Callable[..., Any]
) -> None:
    read_everything(project, people)
    refresh_statistics(project)
    page = client_of(people.manager).get(f"/api/v1/projects/{project.slug}/dashboard/").json()
    assert page["reads"] == {"done": 12, "needed": 12}
    assert page["cases"] == {"total": 6, "begun": 6, "complete": 6, "closed": 3}
    assert page["discordant"]["n_discordant"] == 3 and page["discordant"]["open"] == 3
    nodule = next(row for row in page["agreement"] if row["finding"] == "nodule")
    # by hand: agreement on 3 of 6; margins 3/6 and 2/6 present -> expected 1/2; kappa 0
    assert nodule["n"] == 6 and abs(nodule["percent"]["value"] - 0.5) < 1e-9
    assert abs(nodule["cohen"]["value"]) < 1e-9
    assert page["queue"]["source"] == "random" and "No model yet" in page["queue"]["message"]


def test_a_case_counts_once_however_many_rounds_ask_it_and_not_once_excluded(
    project: Project, people: People
) -> None:
    case, excluded = make_cases(project, 2)
    round_, _ = round_open(actor=people.manager, project=project, purpose=Round.Purpose.LABELS)
    case_rounds_insert(round_, [case], n_needed=2)
    cases_exclude([excluded.id])
    for _ in range(2):
        read_case(people.reader, project, document({"effusion": "present"}))
        read_case(people.second_reader, project)
    body = project_statistics(project)
    assert body["cases"] == {"total": 1, "begun": 1, "complete": 1, "closed": 0}
    assert body["reads"] == {"done": 4, "needed": 4}
    funnel = body["discordant"]
    assert (funnel["n_read"], funnel["n_discordant"], funnel["share"]) == (1, 1, 1.0)


def test_an_amendment_changes_consensus_but_not_agreement(project: Project, people: People) -> None:

    from labelhub.workflows.reading.submit_read import amend_read

    read_everything(project, people)
    before = refresh_statistics(project).body["agreement"]
    read = Read.objects.filter(assignment__reader=people.second_reader, answers__value="absent").first()
    assert read is not None
    amend_read(
        actor=people.second_reader,
        assignment=read.assignment,
        submission=submission(read.assignment, document({"nodule": "uncertain"}), reason="second thoughts"),
    )
    assert refresh_statistics(project).body["agreement"] == before


def test_a_project_that_changed_is_recounted_once(project: Project, people: People) -> None:
    from labelhub.core.models import Job

    refresh_due_statistics()
    refresh_due_statistics()
    assert Job.objects.filter(kind="statistics").count() == 1


def test_the_export_has_one_row_per_case_finding_reader_and_version(
    project: Project, people: People, client_of: Callable[..., Any]
) -> None:
    read_everything(project, people)
    manager = client_of(people.manager)
    url = f"/api/v1/projects/{project.slug}/exports/"
    answer = manager.post(url, {"what": "reads", "format": "csv"})
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert len(rows) == 24
    assert {row["reader"] for row in rows} == {people.reader.username, people.second_reader.username}
    assert all(row["schema_version"] == "1" and row["ai_visible"] == "0" for row in rows)
    same = json.loads(b"".join(manager.post(url, {"what": "reads", "format": "json"}).streaming_content))
    assert [row["value"] for row in same] == [row["value"] for row in rows]


def test_a_reader_may_not_export(project: Project, people: People, client_of: Callable[..., Any]) -> None:
    url = f"/api/v1/projects/{project.slug}/exports/"
    body = {"what": "reads", "format": "csv"}
    assert client_of(people.reader).post(url, body).status_code == 403
    assert client_of(people.stranger).post(url, body).status_code == 404


def test_text_that_looks_like_a_formula_is_neutralised(project: Project, people: People) -> None:
    from labelhub.releases.services import export_start, export_stream
    from labelhub.releases.tables import neutral, plain

    make_cases(project, 1)
    read_case(people.reader, project, {**document(), "comment": "=HYPERLINK(1)"})
    export = export_start(actor=None, project=project, what="reads", format="csv")
    rows = list(csv.DictReader(io.StringIO("".join(export_stream(export)))))
    assert rows[0]["comment"] == "'=HYPERLINK(1)"
    for text in ("=1", "-5.2 mm", "'quoted", "plain"):
        assert plain(neutral(text)) == text


def test_two_readers_of_one_name_are_told_apart(project: Project, people: People) -> None:
    for reader in (people.reader, people.second_reader):
        reader.display_name = "A. Reader"
        reader.save(update_fields=["display_name"])
    read_everything(project, people)
    figures = refresh_statistics(project).body
    pairs = pairs_shown(RoundStatistics.objects.get(round__project=project), reader_names(project))
    named = [f"A. Reader ({reader.username})" for reader in (people.reader, people.second_reader)]
    assert [*sorted(named), people.third_reader.username] == [row["name"] for row in figures["readers"]]
    assert {(row["first"], row["second"]) for row in pairs} == {tuple(sorted(named))}
