"""Which labels are learnt from: traceable, masked when uncertain, never aided in the test set."""

from __future__ import annotations

import pytest

from labelhub.consensus.models import ConsensusLabel
from labelhub.core import append_only
from labelhub.imaging.models import Instance, SourceLabel
from labelhub.learning.services.snapshot import datalist, snapshot_take
from labelhub.projects.models import Project
from labelhub.projects.services import protocol_create_version, schema_create_version
from labelhub.reading.models import Read
from tests.factories.cases import make_case
from tests.factories.learning import make_trainable_project, read_everything, write_model_input
from tests.factories.projects import FINDINGS, People
from tests.factories.reading import document, read_case


@pytest.fixture
def trainable(project: Project, people: People) -> Project:
    make_trainable_project(project, people, n_pool=8, n_validation=2, n_test=4, n_new=2)
    return project


def test_each_label_names_its_consensus_row_and_case_version(trainable: Project) -> None:
    snapshot = snapshot_take(trainable)
    assert snapshot["n_labels"] == 8
    assert snapshot["n_test_cases"] == 4
    assert [case["role"] for case in snapshot["cases"]].count("train") == 8
    for case in snapshot["cases"]:
        for finding, label in case["labels"].items():
            row = ConsensusLabel.objects.get(id=label["row"])
            assert str(row.case_round.case_id) == case["case"]
            assert row.finding == finding and row.is_current
            assert row.provenance["case_version"] == case["case_version"]
            assert label["value"] == {"present": 1, "absent": 0}[row.value]


def test_the_same_reads_give_the_same_hash(trainable: Project) -> None:
    assert snapshot_take(trainable)["sha256"] == snapshot_take(trainable)["sha256"]


def test_an_agreed_uncertain_is_masked(project: Project, people: People) -> None:
    write_model_input(make_case(project), False, False)
    for reader in (people.reader, people.second_reader):
        read_case(reader, project, document({"effusion": "uncertain"}))
    (case,) = snapshot_take(project)["cases"]
    assert case["labels"]["effusion"]["value"] is None
    assert case["labels"]["nodule"]["value"] == 0


def settle_effusion_by(project: Project, rule: str) -> None:
    rules = {"effusion": {"rule": rule}}
    protocol_create_version(actor=None, project=project, values={"finding_rules": rules})


@pytest.mark.parametrize(
    ("answers", "target"),
    [(("present", "absent"), 0.5), (("present", "uncertain"), 1.0), (("absent", "uncertain"), 0.0)],
)
def test_a_label_left_soft_trains_as_its_share(
    project: Project, people: People, answers: tuple[str, str], target: float
) -> None:
    settle_effusion_by(project, "soft")
    write_model_input(make_case(project), False, False)
    for reader, answer in zip((people.reader, people.second_reader), answers, strict=True):
        read_case(reader, project, document({"effusion": answer}))
    snapshot = snapshot_take(project)
    (case,) = snapshot["cases"]
    assert case["labels"]["effusion"]["value"] == target
    assert datalist(snapshot)["cases"][0]["labels"]["effusion"] == target


def test_a_rule_that_overrules_votes_leaves_no_share(project: Project, people: People) -> None:
    settle_effusion_by(project, "any_positive")
    write_model_input(make_case(project), False, False)
    for reader, answer in ((people.reader, "present"), (people.second_reader, "absent")):
        read_case(reader, project, document({"effusion": answer}))
    (case,) = snapshot_take(project)["cases"]
    assert case["labels"]["effusion"]["value"] == 1.0


def test_a_finding_that_left_the_schema_is_not_trained_on(project: Project, people: People) -> None:
    write_model_input(make_case(project), False, False)
    for reader in (people.reader, people.second_reader):
        read_case(reader, project)
    kept = [finding for finding in FINDINGS if finding["code"] == "nodule"]
    schema_create_version(actor=None, project=project, findings=kept, region_classes=[])
    (case,) = snapshot_take(project)["cases"]
    assert set(case["labels"]) == {"nodule"}


def test_an_aided_read_gives_no_label_in_the_test_set(trainable: Project) -> None:
    before = snapshot_take(trainable)
    with append_only.suspended():
        Read.objects.filter(assignment__round__project=trainable).update(ai_visible=True)
    after = snapshot_take(trainable)
    assert {case["role"] for case in after["cases"]} == {"train", "validation"}
    assert after["n_refused"] > 0 and before["n_refused"] == 0


def test_hidden_truth_is_never_part_of_the_data(trainable: Project) -> None:
    without = snapshot_take(trainable)
    for case in trainable.cases.all():
        for finding in ("nodule", "effusion"):
            SourceLabel.objects.create(case=case, kind="hidden-truth", finding=finding, present=True)
    assert snapshot_take(trainable)["sha256"] == without["sha256"]


def test_a_case_without_an_image_for_the_model_is_counted_and_left_out(trainable: Project) -> None:
    case = snapshot_take(trainable)["cases"][0]
    Instance.objects.filter(case_id=case["case"]).update(is_eligible=False)
    snapshot = snapshot_take(trainable)
    assert snapshot["n_without_image"] == 1
    assert case["case"] not in {other["case"] for other in snapshot["cases"]}


def test_the_trainer_gets_labels_and_local_files_only(trainable: Project, people: People) -> None:
    read_everything(people.third_reader, trainable)
    listed = datalist(snapshot_take(trainable))
    assert set(listed) == {"findings", "input_px", "n_test_cases", "cases"}
    assert set(listed["cases"][0]) == {"case", "patient", "role", "labels", "images"}
