"""Agreement is given round by round: each table is what the exported reads of that round give."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from labelhub.consensus.agreement import pairwise_table, summarise, tabulate
from labelhub.consensus.models import RoundStatistics
from labelhub.imaging.models import Case
from labelhub.projects.models import Project
from labelhub.projects.services import schema_create_version
from labelhub.questions import presence
from labelhub.reading.models import CaseSeen, Read, Round, RoundSeen
from labelhub.reading.services.case_rounds import case_rounds_insert
from labelhub.reading.services.rounds import round_open
from labelhub.releases.services import export_start, export_stream
from labelhub.workflows.cases.bring_back_cases import bring_back_cases
from labelhub.workflows.cases.exclude_cases import exclude_cases
from labelhub.workflows.projects.refresh_statistics import _figures, refresh_statistics
from labelhub.workflows.reading.submit_read import amend_read
from tests.factories.cases import make_case, make_cases
from tests.factories.projects import FINDINGS, People
from tests.factories.reading import claim, document, submission, submit

STANDING = ["present", "present", "absent", "uncertain", "absent", "present"]
CALIBRATION = ["absent", "present", "present", "present", "absent", "absent"]


@pytest.fixture
def rounds(project: Project, people: People) -> list[Round]:
    """Six cases of five patients, read by three in the standing round and in a calibration that asks one finding."""
    first = make_case(project)
    cases = [first, make_case(project, patient=first.patient), *make_cases(project, 4)]
    standing = Round.objects.get(project=project)
    read_all(project, people, STANDING)
    calibration, _ = round_open(
        actor=people.manager,
        project=project,
        purpose=Round.Purpose.CALIBRATION,
        findings=["nodule"],
        readers_per_case=3,
    )
    case_rounds_insert(calibration, cases, n_needed=3)
    read_all(project, people, CALIBRATION, only="nodule")
    return [standing, calibration]


def read_all(project: Project, people: People, values: list[str], only: str = "") -> None:
    for shift, reader in enumerate((people.reader, people.second_reader, people.third_reader)):
        for i in range(len(values)):
            row = claim(reader, project)
            if row is None:
                continue
            content = document({"nodule": values[(i + shift) % len(values)]})
            if only:
                content["answers"] = {only: content["answers"][only]}
            submit(row, content)


def exported(project: Project, what: str) -> list[dict[str, Any]]:
    text = "".join(export_stream(export_start(actor=None, project=project, what=what, format="json")))
    return list(json.loads(text))


def figure(value: Any) -> dict[str, float | None] | None:
    names = ("value", "low", "high", "standard_error")
    return None if value.value is None else {name: getattr(value, name) for name in names}


def test_each_table_is_what_the_exported_reads_of_its_round_give(
    project: Project, people: People, rounds: list[Round], client_of: Callable[..., APIClient]
) -> None:
    amended = Read.objects.filter(assignment__round=rounds[0], assignment__reader=people.reader)[0].assignment
    amend_read(
        actor=people.reader,
        assignment=amended,
        submission=submission(amended, document({"nodule": "uncertain"}), reason="second look"),
    )
    refresh_statistics(project)
    reads = [row for row in exported(project, "reads") if row["read_version"] == 1]
    client = client_of(people.manager)
    for round_, codes in zip(rounds, (["nodule", "effusion"], ["nodule"]), strict=True):
        page = client.get(f"/api/v1/projects/{project.slug}/agreement/?round={round_.number}").json()
        of_round = [row for row in reads if row["round"] == round_.number]
        assert page["round"] == {"number": round_.number, "purpose": round_.purpose}
        assert page["n_reads"] == len({row["read"] for row in of_round}) > 10
        assert [row["finding"] for row in page["agreement"]] == codes
        for shown in page["agreement"]:
            rows = [row for row in of_round if row["finding"] == shown["finding"]]
            ratings = tabulate(
                [row["case"] for row in rows],
                [row["reader"] for row in rows],
                [row["value"] for row in rows],
                [row["patient"] for row in rows],
                categories=list(presence.SCALE),
            )
            assert shown["n"] == ratings.n_pairable_items
            for name, value in summarise(ratings).items():
                assert shown[name] == figure(value), (round_.number, shown["finding"], name)
                reason = value.reason.sentence if value.reason else None
                assert shown["reasons"].get(name) == reason, (round_.number, shown["finding"], name)
            pairs = {(p.first, p.second): figure(p.cohen) for p in pairwise_table(ratings)}
            assert {
                (row["first"], row["second"]): row["cohen"]
                for row in page["pairs"]
                if row["finding"] == shown["finding"]
            } == pairs


def test_the_dashboard_shows_the_standing_round_and_says_which_others_there_are(
    project: Project, people: People, rounds: list[Round], client_of: Callable[..., APIClient]
) -> None:
    refresh_statistics(project)
    client = client_of(people.manager)
    page = client.get(f"/api/v1/projects/{project.slug}/dashboard/").json()
    alone = client.get(f"/api/v1/projects/{project.slug}/agreement/").json()
    assert page["agreement"] == alone["agreement"]
    assert page["agreement_rounds"] == [
        {"number": 1, "purpose": "labels"},
        {"number": 2, "purpose": "calibration"},
    ]
    nodule = page["agreement"][0]["percent"]["value"]
    other = client.get(f"/api/v1/projects/{project.slug}/agreement/?round=2").json()
    assert nodule != other["agreement"][0]["percent"]["value"]


def test_the_export_holds_the_tables_of_every_round_and_shows_no_case(
    project: Project, people: People, rounds: list[Round], client_of: Callable[..., APIClient]
) -> None:
    refresh_statistics(project)
    client = client_of(people.manager)
    answer = client.post(
        f"/api/v1/projects/{project.slug}/exports/", {"what": "agreement", "format": "json"}, format="json"
    )
    rows = json.loads(b"".join(answer.streaming_content))
    for round_ in rounds:
        page = client.get(f"/api/v1/projects/{project.slug}/agreement/?round={round_.number}").json()
        for shown in page["agreement"]:
            of_all = {
                row["statistic"]: row
                for row in rows
                if (row["round"], row["finding"], row["first_reader"])
                == (round_.number, shown["finding"], "")
            }
            for name in ("percent", "fleiss", "alpha", "ac1", "pabak"):
                figure_of = {key: of_all[name][key] for key in ("value", "low", "high", "standard_error")}
                assert (
                    figure_of == (shown[name] or dict.fromkeys(figure_of))
                    and of_all[name]["cases"] == shown["n"]
                )
            assert {name: row["reason"] for name, row in of_all.items() if row["reason"]} == shown["reasons"]
            assert of_all["alpha"]["standard_error"] is not None or of_all["alpha"]["reason"]
            if round_ == rounds[1]:
                assert of_all["cohen"]["reason"] == "This statistic compares exactly two readers."
        n_pairs = sum(row["round"] == round_.number and row["first_reader"] != "" for row in rows)
        assert n_pairs == 3 * len(page["pairs"])
    assert not RoundSeen.objects.exists() and not CaseSeen.objects.exists()


def test_a_pairs_missing_figure_has_its_reason(
    project: Project, people: People, client_of: Callable[..., APIClient]
) -> None:
    make_cases(project, 2)
    for reader in (people.reader, people.second_reader):
        for _ in range(2):
            row = claim(reader, project)
            assert row is not None
            submit(row)
    refresh_statistics(project)
    one_value = "All answers are the same value, so agreement by chance is certain."
    page = client_of(people.manager).get(f"/api/v1/projects/{project.slug}/agreement/").json()
    assert {row["reasons"]["cohen"] for row in page["pairs"]} == {one_value}
    of_pairs = [row for row in exported(project, "agreement") if row["first_reader"]]
    assert {row["reason"] for row in of_pairs if row["statistic"] == "cohen"} == {one_value}
    assert all(row["reason"] is None for row in of_pairs if row["low"] is not None)


def test_only_rounds_with_new_reads_are_computed_anew(
    project: Project, people: People, rounds: list[Round]
) -> None:
    refresh_statistics(project)
    before = {row.round_id: row.computed_at for row in RoundStatistics.objects.all()}
    make_cases(project, 1)
    row = claim(people.reader, project)
    assert row is not None and row.round == rounds[0]
    submit(row)
    refresh_statistics(project)
    after = {row.round_id: row.computed_at for row in RoundStatistics.objects.all()}
    assert after[rounds[0].id] > before[rounds[0].id]
    assert after[rounds[1].id] == before[rounds[1].id]


def test_patients_who_are_joined_are_one_cluster_from_then_on(
    project: Project, people: People, rounds: list[Round]
) -> None:
    refresh_statistics(project)
    before = RoundStatistics.objects.get(round=rounds[1])
    one, other = Case.objects.filter(project=project).order_by("-random_key")[:2]
    Case.objects.filter(id=other.id).update(patient=one.patient)
    refresh_statistics(project)
    after = RoundStatistics.objects.get(round=rounds[1])
    assert after.n_patients == before.n_patients - 1
    assert after.body["findings"]["nodule"]["alpha"] != before.body["findings"]["nodule"]["alpha"]


def test_a_finding_that_left_the_schema_keeps_its_table_and_its_name(
    project: Project, people: People, rounds: list[Round], client_of: Callable[..., APIClient]
) -> None:
    refresh_statistics(project)
    renamed = {**FINDINGS[0], "name": "Lung nodule"}
    schema_create_version(actor=None, project=project, findings=[renamed], region_classes=[])
    page = client_of(people.manager).get(f"/api/v1/projects/{project.slug}/agreement/").json()
    shown = [(row["finding"], row["name"], row["n"]) for row in page["agreement"]]
    n = page["agreement"][0]["n"]
    assert n > 3 and shown == [("nodule", "Lung nodule", n), ("effusion", "Effusion (no longer asked)", n)]


def test_a_round_that_nobody_has_read_says_so(
    project: Project, people: People, client_of: Callable[..., APIClient]
) -> None:
    address = f"/api/v1/projects/{project.slug}/agreement/"
    client = client_of(people.manager)
    page = client.get(address).json()
    assert (page["n_reads"], page["pairs"], page["computed_at"]) == (0, [], None)
    reasons = [set(row["reasons"].values()) for row in page["agreement"]]
    assert reasons == [{"Nobody has read a case twice yet."}] * 2
    assert [client.get(address + query).status_code for query in ("?round=2", "?round=x", "?a=1")] == [
        404,
        400,
        400,
    ]


def test_reads_of_other_purposes_do_not_thin_the_share_of_discordant_cases(
    project: Project, people: People, rounds: list[Round]
) -> None:
    funnel = refresh_statistics(project).body["discordant"]
    twice: dict[str, set[str]] = {}
    for row in exported(project, "reads"):
        if row["round"] == 1:
            twice.setdefault(row["case"], set()).add(row["reader"])
    assert funnel["n_read"] == sum(len(readers) > 1 for readers in twice.values()) == 6
    (extra,) = make_cases(project, 1)
    case_rounds_insert(rounds[1], [extra], n_needed=3)
    for reader in (people.reader, people.second_reader):
        row = claim(reader, project)
        assert row is not None and row.round == rounds[1]
        content = document()
        content["answers"] = {"nodule": content["answers"]["nodule"]}
        submit(row, content)
    assert refresh_statistics(project).body["discordant"] == funnel


def test_tables_that_were_outdated_while_they_were_computed_are_due_again(
    rounds: list[Round], people: People
) -> None:
    project = rounds[0].project
    figures = _figures(project)
    case = Case.objects.filter(project=project).first()
    assert case is not None and figures.rounds
    exclude_cases(
        actor=people.manager, project=project, case_ids=[case.id], reason="A hand.", client_uuid=uuid.uuid4()
    )
    bring_back_cases(
        actor=people.manager, project=project, case_ids=[case.id], reason="No.", client_uuid=uuid.uuid4()
    )
    with transaction.atomic():
        figures.keep()
    assert {row.n_patients for row in RoundStatistics.objects.all()} == {0}
    refresh_statistics(project)
    assert 0 not in {row.n_patients for row in RoundStatistics.objects.all()}
