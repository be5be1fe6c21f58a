"""Which labels a training run learns from and is measured on, each one traceable to its consensus row.

Pool cases train, validation cases stop early, test cases measure. A label is 1 (present), 0 (absent), the share of a
label that the protocol left soft, or null (uncertain: masked); a finding without a consensus is left out (missing).
In the test and validation splits a label that rests on a read made with AI visible is refused (design invariant 6). A
case that was excluded from its split plays no role.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q

from labelhub.consensus.rules import Method
from labelhub.consensus.selectors import labels_in_force
from labelhub.imaging.models import Case, CaseVersion, Instance
from labelhub.imaging.split import needs_ai_hidden
from labelhub.imaging.storage import local_copy, model_input_key
from labelhub.projects.models import Project
from labelhub.projects.selectors import schema_in_force
from labelhub.questions import AnswerType, Labelled, question_of
from labelhub.reading.models import Read

ROLES = {"pool": "train", "validation": "validation", "test": "test"}
CHUNK = 500
MODEL_INPUT_PX = 320


def snapshot_take(project: Project) -> dict[str, Any]:
    """The labels of this moment: {n_labels, n_test_cases, n_without_image, n_refused, findings, sha256, cases}.

    `n_labels` counts the pool cases that teach something: those with a target for one finding at least.
    A case is {case, patient, case_version, role, labels: {finding: {row, value}}, instances: [{id, key}]}.
    """
    cases, n_refused = _labelled_cases(project)
    _add_instances(cases)
    usable = [case for case in cases.values() if case["instances"]]
    taught = [case for case in usable if case["role"] == "train" and _has_target(case)]
    body = json.dumps(usable, sort_keys=True, separators=(",", ":"))
    return {
        "n_labels": len(taught),
        "n_test_cases": Case.objects.filter(
            project=project, split="test", has_eligible_instance=True
        ).count(),
        "n_without_image": len(cases) - len(usable),
        "n_refused": n_refused,
        "findings": schema_in_force(project).codes,
        "sha256": hashlib.sha256(body.encode()).hexdigest(),
        "cases": usable,
    }


def datalist(snapshot: dict[str, Any]) -> dict[str, Any]:
    """The trainer's list of cases, with the images as local files."""
    return {
        "findings": snapshot["findings"],
        "input_px": MODEL_INPUT_PX,
        "n_test_cases": snapshot["n_test_cases"],
        "cases": [
            {
                "case": case["case"],
                "patient": case["patient"],
                "role": case["role"],
                "labels": {code: label["value"] for code, label in case["labels"].items()},
                "images": [str(local_copy(instance["key"])) for instance in case["instances"]],
            }
            for case in snapshot["cases"]
        ],
    }


def _labelled_cases(project: Project) -> tuple[dict[str, dict[str, Any]], int]:
    """Cases by id with their labels in force; and how many labels were refused as aided."""
    questions = {finding["code"]: question_of(finding) for finding in schema_in_force(project).findings}
    aided = _aided_reads(project)
    cases: dict[str, dict[str, Any]] = {}
    n_refused = 0
    for row in _current_labels(project):
        split = row["case_round__case__split"]
        if row["finding"] not in questions or split not in ROLES:
            continue
        provenance = row["provenance"]
        if needs_ai_hidden(split) and aided.intersection(map(str, provenance["reads"])):
            n_refused += 1
            continue
        case_id = str(row["case_round__case_id"])
        case = cases.setdefault(case_id, {"case": case_id, "labels": {}})
        # The newest round comes last: its version of the case is the one that is trained on.
        case.update(
            round=row["case_round__round__number"],
            patient=str(row["case_round__case__patient_id"]),
            case_version=str(provenance["case_version"]),
            role=ROLES[split],
        )
        case["labels"][row["finding"]] = {"row": str(row["id"]), "value": _target(questions, row)}
    return cases, n_refused


def _target(questions: Mapping[str, AnswerType], row: Mapping[str, Any]) -> float | None:
    label = Labelled(row["value"] or None, row["probability"])
    return questions[row["finding"]].training_target(label, is_soft=row["method"] == Method.SOFT)


def _current_labels(project: Project) -> Iterable[Mapping[str, Any]]:
    return (
        labels_in_force(project)
        .filter(case_round__case__split__in=ROLES)
        .order_by("case_round__round__number", "case_round__case_id", "finding")
        .values(
            "id",
            "finding",
            "value",
            "probability",
            "method",
            "provenance",
            "case_round__case_id",
            "case_round__round__number",
            "case_round__case__patient_id",
            "case_round__case__split",
        )
        .iterator(chunk_size=2000)
    )


def _aided_reads(project: Project) -> set[str]:
    aided = Read.objects.filter(assignment__round__project=project, ai_visible=True)
    return {str(read_id) for read_id in aided.values_list("id", flat=True)}


def _add_instances(cases: dict[str, dict[str, Any]]) -> None:
    """Eligible instances of the version that was read, in the order of its manifest."""
    wanted = list(cases.values())
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        versions = CaseVersion.objects.filter(id__in=[case["case_version"] for case in chunk])
        manifests = {str(version.id): version.manifest for version in versions}
        keys = eligible_keys([case["case"] for case in chunk])
        for case in chunk:
            listed = [entry["instance"] for entry in manifests[case["case_version"]]]
            case["instances"] = [{"id": i, "key": keys[i]} for i in listed if i in keys]


def eligible_keys(case_ids: list[str]) -> dict[str, str]:
    """{instance id: storage key of its model input} of the eligible instances of these cases."""
    rows = Instance.objects.filter(~Q(storage_prefix=""), case_id__in=case_ids, is_eligible=True)
    return {
        str(instance_id): model_input_key(prefix, name)
        for instance_id, prefix, name in rows.order_by("order_key", "id").values_list(
            "id", "storage_prefix", "model_input"
        )
    }


def _has_target(case: dict[str, Any]) -> bool:
    return any(label["value"] is not None for label in case["labels"].values())
