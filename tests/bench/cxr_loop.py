"""The whole loop on real chest radiographs with simulated readers; prints AUROC with its interval per source.

    LABELHUB_SHARED_DATA=... python -m tests.bench.cxr_loop [--share 0.7] [--epochs 40]

Import with hidden truth -> three simulated readers, the test set first -> majority consensus -> training by a real
worker -> scoring and ranking of what is left. Labels and source are confounded in these data (the source is known
from the site column), so figures are printed within each source. Test labels are the readers' consensus.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.bench.report import Row, say
from tests.bench.report import run as run_bench

if TYPE_CHECKING:
    from labelhub.learning.models import ModelVersion
    from labelhub.projects.models import Project

FINDING = "pneumonia"
MIN_PER_CLASS, FEW = 2, 10
"""Below the first a class has no variance, so there is no interval; below the second the figure says little."""
COLUMNS = ("image", "patient_id", "site", "age", "sex", "view", FINDING)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--share", type=float, default=0.7, help="share of all cases that is read")
    parser.add_argument("--epochs", type=int, default=15)
    arguments = parser.parse_args()
    data = _shared_data() / "cxr"
    if not (data / "labels.csv").exists():
        say("left out: the shared radiographs are not here; set LABELHUB_SHARED_DATA")
        return 0
    with tempfile.TemporaryDirectory(prefix="lh-cxr-") as name:
        _set_up(Path(name))
        return run_bench(lambda: _loop(Path(name), data, arguments.share, arguments.epochs))


def _shared_data() -> Path:
    return Path(
        os.environ.get("LABELHUB_SHARED_DATA")
        or Path(__file__).resolve().parents[2].parent / "shared" / "data"
    )


def _set_up(folder: Path) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "labelhub.config.settings.test"
    os.environ["LABELHUB_TEST_DIR"] = str(folder)
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def _loop(folder: Path, data: Path, share: float, epochs: int) -> list[Row]:
    from django.core.management import call_command

    project = _project(epochs)
    clock = time.monotonic()
    labels = _labels_with_source_as_site(data, folder / "labels.csv")
    call_command("import_images", str(data / "images"), project=project.slug, labels=labels, verbosity=1)
    rows = [Row("cxr: import", f"{project.cases.count()} cases in {time.monotonic() - clock:.0f} s")]
    clock = time.monotonic()
    for seed, (sensitivity, specificity) in enumerate(((0.92, 0.92), (0.88, 0.95), (0.95, 0.88)), 1):
        call_command(
            "simulate_readers",
            project.slug,
            reader=f"simulated-{seed}",
            sensitivity=sensitivity,
            specificity=specificity,
            uncertain=0.0,
            share=share,
            seed=seed,
        )
    rows.append(Row("cxr: simulated reads", f"{time.monotonic() - clock:.0f} s"))
    clock = time.monotonic()
    model = _train_and_rank(folder, project)
    rows.append(
        Row("cxr: training and ranking", f"{time.monotonic() - clock:.0f} s, {model.n_labels} pool labels")
    )
    return rows + _auroc_per_source(model)


def _project(epochs: int) -> Project:
    from labelhub.learning.services.policy import policy_update
    from labelhub.workflows.projects.create_project import create_project

    project = create_project(
        actor=None,
        slug="cxr",
        findings=[{"code": FINDING, "name": "Pneumonia", "hotkey": "1", "required": True, "boxes": False}],
        protocol={
            "readers_per_case": 3,
            "eval_interleave": 1,
            "finding_rules": {FINDING: {"rule": "majority"}},
        },
        split_seed=4,
        pseudonym_key="c4" * 32,
    )
    policy_update(
        actor=None,
        project=project,
        values={"network": "small", "image_size": 96, "max_epochs": epochs, "learning_rate": 2e-3},
    )
    return project


def _labels_with_source_as_site(data: Path, target: Path) -> Path:
    """The labels in the import's columns, the source standing in for the site."""
    with (data / "labels.csv").open(newline="") as source, target.open("w", newline="") as output:
        writer = csv.DictWriter(output, COLUMNS, extrasaction="ignore")
        writer.writeheader()
        for row in csv.DictReader(source):
            writer.writerow({**row, "site": row["source"]})
    return target


def _train_and_rank(folder: Path, project: Project) -> ModelVersion:
    from django.conf import settings

    from labelhub.core import dispatch
    from labelhub.core.models import Job
    from labelhub.launch import commands
    from labelhub.launch.redis_server import RedisServer
    from labelhub.learning.health import queue_health
    from labelhub.learning.models import ModelVersion
    from labelhub.learning.services.runs import training_request
    from tests.workers_real.harness import Workers, wait_for

    with RedisServer() as redis, Workers(redis.url, folder, {"LABELHUB_JOB_LEASE_S": "60"}) as workers:
        settings.BROKER_URL = redis.url
        dispatch.producer.cache_clear()
        workers.start(commands.learning_worker(niceness=0))
        training = training_request(actor=None, project=project, trigger="manual")
        wait_for(
            lambda: Job.objects.get(id=training.job_id).state not in Job.ACTIVE, "training", timeout_s=1800
        )
        job = Job.objects.get(id=training.job_id)
        if job.state != Job.State.SUCCEEDED:
            raise SystemExit(f"training failed: {job.error_code} {job.error_message}\n{workers.logs()}")
        wait_for(lambda: queue_health(project)["source"] == "ranking", "the ranking", timeout_s=600)
    return ModelVersion.objects.get(run=training)


def _auroc_per_source(model: ModelVersion) -> list[Row]:
    from workers.metrics import auroc_interval

    cases = [case for case in model.run.training_data.cases if case["role"] == "test"]
    cases = [case for case in cases if case["labels"].get(FINDING, {}).get("value") is not None]
    scores = _scores(model, cases)
    labels = np.array([case["labels"][FINDING]["value"] for case in cases], dtype=float)
    patients = np.array([case["patient"] for case in cases])
    sources = np.array([_source_of(case) for case in cases])
    rows = []
    for source in ("all", *sorted(set(sources))):
        mine = np.ones(len(cases), bool) if source == "all" else sources == source
        n_positive, n = int(labels[mine].sum()), int(mine.sum())
        what = f"cxr: AUROC {FINDING}, {source} ({n_positive} of {n} positive)"
        if min(n_positive, n - n_positive) < MIN_PER_CLASS:
            rows.append(Row(what, f"none: fewer than {MIN_PER_CLASS} of a class"))
            continue
        area = auroc_interval(labels[mine], scores[mine], patients[mine])
        few = ", says little: so few of a class" if min(n_positive, n - n_positive) < FEW else ""
        rows.append(Row(what, f"{area['value']:.3f} ({area['low']:.3f} to {area['high']:.3f}){few}"))
    return rows


def _scores(model: ModelVersion, cases: list[dict[str, Any]]) -> np.ndarray:
    """Probability per case: the maximum over its images."""
    import threading

    from labelhub.imaging.storage import local_copy
    from workers.ranking.predict import load_model, predict_pool
    from workers.training.device import choose_compute

    with tempfile.TemporaryDirectory(prefix="lh-cxr-score-") as name:
        card = Path(name) / "model.json"
        card.write_text(json.dumps(model.card))
        compute = choose_compute("auto", "auto", 0)
        images = [(n, local_copy(i["key"])) for n, case in enumerate(cases) for i in case["instances"]]
        predicted = predict_pool(
            [load_model(card, local_copy(model.weights_key), compute)],
            [path for _, path in images],
            input_px=320,
            chunk=128,
            compute=compute,
            scratch=Path(name) / "embeddings",
            report=lambda event, **values: None,
            stop=threading.Event(),
        )
        scores = np.zeros(len(cases))
        column = list(model.findings).index(FINDING)
        np.maximum.at(scores, [n for n, _ in images], predicted.probabilities[0, :, column])
    return scores


def _source_of(case: dict[str, Any]) -> str:
    from labelhub.imaging.models import Patient

    return Patient.objects.values_list("site", flat=True).get(id=case["patient"])


if __name__ == "__main__":
    sys.exit(main())
