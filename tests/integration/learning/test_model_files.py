"""Weights, card and predictions of a model can be taken away, whole and only by those who steer the learning."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.storage import default_storage
from rest_framework.test import APIClient
from safetensors.numpy import load, save

from labelhub.accounts.models import User
from labelhub.core.jobs import job_claim
from labelhub.learning.files import store_weights
from labelhub.learning.models import ModelVersion
from labelhub.learning.services.promotions import model_promote
from labelhub.projects.models import Project
from labelhub.workflows.learning import publish_ranking
from tests.factories.cases import make_cases
from tests.factories.learning import make_model
from tests.factories.projects import People

ClientOf = Callable[[User | None], APIClient]


def url(model: ModelVersion, what: str) -> str:
    return f"/api/v1/models/{model.id}/{what}/"


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.fixture
def model(project: Project, tmp_path: Path) -> ModelVersion:
    weights = save({"weight": np.arange(4.0)})
    (tmp_path / "weights.safetensors").write_bytes(weights)
    sha256 = hashlib.sha256(weights).hexdigest()
    key = store_weights(tmp_path / "weights.safetensors")
    return make_model(project, weights_key=key, weights_sha256=sha256)


def test_the_weights_come_as_they_were_recorded(
    model: ModelVersion, people: People, client_of: ClientOf
) -> None:
    answer = client_of(people.engineer).get(url(model, "weights"))
    data = body(answer)
    assert load(data)["weight"].tolist() == [0.0, 1.0, 2.0, 3.0]
    assert answer.headers["ETag"].strip('"') == hashlib.sha256(data).hexdigest()
    assert model.weights_sha256[:12] in answer.headers["Content-Disposition"]


def test_damaged_or_missing_weights_are_an_error_and_never_a_file(
    model: ModelVersion, people: People, client_of: ClientOf
) -> None:
    path = Path(default_storage.path(model.weights_key))
    client = client_of(people.engineer)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    answer = client.get(url(model, "weights"))
    assert (answer.status_code, answer.json()["code"]) == (500, "weights_damaged")
    path.unlink()
    assert client.get(url(model, "weights")).json()["code"] == "weights_missing"


def test_predictions_are_the_ranking_with_a_column_a_finding(
    project: Project,
    model: ModelVersion,
    people: People,
    client_of: ClientOf,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = client_of(people.manager)
    assert client.get(url(model, "predictions")).json()["code"] == "no_ranking"
    cases = make_cases(project, 3)
    job = job_claim(model_promote(actor=None, model=model, reason="newest").id, owner="test")
    assert job is not None
    monkeypatch.setattr(publish_ranking, "local_copy", lambda key: Path("/nowhere") / key)
    publish_ranking.prepare(job)
    lines = [
        {
            "case": str(case.id),
            "action": "read_new",
            "why": "uncertainty",
            "score": 0.5,
            "probabilities": {"nodule": 0.25, "effusion": 0.75},
        }
        for case in cases
    ]
    order = tmp_path / "ranking.jsonl"
    order.write_text("".join(json.dumps(line) + "\n" for line in lines))
    publish_ranking.keep_order(job, {"ranking": str(order)})
    publish_ranking.publish(job)
    rows = list(csv.DictReader(io.StringIO(body(client.get(url(model, "predictions"))).decode())))
    assert [row["case"] for row in rows] == [str(case.id) for case in cases]
    assert {(row["action"], row["p_nodule"], row["p_effusion"]) for row in rows} == {
        ("read_new", "0.25", "0.75")
    }


@pytest.mark.parametrize("what", ["weights", "card", "predictions"])
def test_a_reader_gets_nothing_of_a_model(
    model: ModelVersion, people: People, client_of: ClientOf, what: str
) -> None:
    for person in (people.reader, people.adjudicator, people.stranger):
        assert client_of(person).get(url(model, what)).status_code == 404
