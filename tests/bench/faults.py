"""Kill trainings at seeded points and check that nothing is lost, doubled or left over.

    python -m tests.bench.faults [--points 10] [--seed 1]

Victims: the Celery parent, its pool child, and the trainer. Each point is one training run on real worker processes
and a real Redis: it is killed when it has passed a seeded step. One JSON line a point says what was hit. Afterwards:
the step counter goes on from the newest checkpoint, the weights equal those of a run that nobody killed, no trainer
is left, and the run has made exactly one model.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench.report import Row, say
from tests.bench.report import run as run_bench

if TYPE_CHECKING:
    from labelhub.learning.models import TrainingRun
    from labelhub.projects.models import Project
    from tests.workers_real.harness import Workers

VICTIMS = ("celery parent", "pool child", "trainer")
INTERVAL = 20
EPOCHS = 100


@dataclass
class Point:
    """What one kill hit, and what came of it."""

    victim: str
    seed: int
    wanted_step: int
    seen_step: int = -1
    newest_checkpoint: int = -1
    victim_pid: int = 0
    was_hit: bool = False
    attempts: int = 0
    resumed_from: int | None = None
    n_models: int = 0
    n_trainers_left: int = 0
    weights_equal: bool = False
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        went_on = self.resumed_from is not None and self.resumed_from >= self.newest_checkpoint
        lost_at_most = self.resumed_from is not None and self.seen_step - self.resumed_from <= INTERVAL
        whole = self.n_models == 1 and self.n_trainers_left == 0 and self.weights_equal
        return self.was_hit and went_on and lost_at_most and whole


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--points", type=int, default=10, help="kills per victim")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(1))  # so that what was started is ended
    with tempfile.TemporaryDirectory(prefix="lh-faults-") as name:
        _set_up(Path(name))
        return run_bench(
            lambda: _rows(_campaign(Path(name), arguments.points, arguments.seed), arguments.points)
        )


def _rows(points: list[Point], wanted: int) -> list[Row]:
    rows = []
    for victim in VICTIMS:
        mine = [point for point in points if point.victim == victim]
        held, hit = sum(point.holds for point in mine), sum(point.was_hit for point in mine)
        measured = f"{held} of {len(mine)} hold, {hit} shown to have hit"
        rows.append(Row(f"SIGKILL of the {victim}", measured, f"{wanted} hold", held == wanted))
    return rows


def _set_up(folder: Path) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "labelhub.config.settings.test"
    os.environ["LABELHUB_TEST_DIR"] = str(folder)
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def _campaign(folder: Path, n_points: int, seed: int) -> list[Point]:
    from django.conf import settings

    from labelhub.core import dispatch
    from labelhub.launch.redis_server import RedisServer
    from tests.factories.learning import make_trainable_project
    from tests.factories.projects import make_people, make_project
    from tests.workers_real.harness import Workers

    project = make_project()
    make_trainable_project(project, make_people(project))
    points: list[Point] = []
    with RedisServer() as redis, Workers(redis.url, folder) as workers:
        settings.BROKER_URL = redis.url
        dispatch.producer.cache_clear()
        workers.start_all()
        started = time.monotonic()
        undisturbed = _finished(_request(project))
        weights, n_steps = undisturbed.model_version.weights_sha256, undisturbed.job.result["step"]
        seconds = round(time.monotonic() - started, 1)
        say(json.dumps({"undisturbed": weights, "steps": n_steps, "seconds": seconds}))
        for victim in VICTIMS:
            for number in range(n_points):
                point = _strike(workers, project, victim, seed * 1000 + number, n_steps, weights)
                points.append(point)
                say(json.dumps({**asdict(point), "holds": point.holds}))
    return points


def _strike(workers: Workers, project: Project, victim: str, seed: int, n_steps: int, weights: str) -> Point:
    """One training run, killed once. A run that ended before the blow is done again with the next seed."""
    from tests.workers_real.harness import parent_of, train_step, trainer_pids, wait_for

    while True:
        rng = random.Random(f"{victim}/{seed}")
        point = Point(victim, seed, wanted_step=rng.randint(INTERVAL + 1, int(n_steps * 0.8)))
        started = time.monotonic()
        run = _request(project)
        wait_for(
            lambda run=run, point=point: train_step(run.job_id) >= point.wanted_step or _is_over(run),
            "the wanted step",
        )
        time.sleep(rng.uniform(0, 0.5))
        trainers = trainer_pids(run.job_id)
        if trainers and not _is_over(run):
            break
        _finished(run)
        seed += 100
    point.seen_step = train_step(run.job_id)
    point.newest_checkpoint = _newest_checkpoint(run)
    point.victim_pid = {
        "celery parent": workers.started["worker-learning"].process.pid,
        "pool child": parent_of(trainers[0]),
        "trainer": trainers[0],
    }[victim]
    point.was_hit = _kill(workers, victim, point.victim_pid)
    run = _finished(run)
    point.attempts = run.job.attempt
    point.was_hit = point.was_hit and point.attempts > 1
    point.resumed_from = run.job.progress.get("resumed_from")
    point.weights_equal = run.model_version.weights_sha256 == weights
    point.n_models = type(run.model_version).objects.filter(run=run).count()
    point.n_trainers_left = len(trainer_pids(run.job_id))
    point.seconds = round(time.monotonic() - started, 1)
    return point


def _kill(workers: Workers, victim: str, pid: int) -> bool:
    """SIGKILL; the supervisor's part (starting a dead parent again) is done here. True: it lived, and died of it."""
    from tests.workers_real.harness import is_alive, wait_for

    was_alive = is_alive(pid)
    if victim == "celery parent":
        command = workers.started["worker-learning"].command
        workers.kill("worker-learning")
        workers.start(command)
    else:
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not is_alive(pid), "the victim's death")
    return was_alive


def _request(project: Project) -> TrainingRun:
    from django.db import transaction

    from labelhub.learning.services.runs import training_request

    with transaction.atomic():
        run = training_request(actor=None, project=project, trigger="manual")
        run.config = {
            **run.config,
            "epochs": EPOCHS,
            "patience": EPOCHS,
            "min_steps": 0,
            "checkpoint_every_steps": INTERVAL,
            "progress_every_steps": 1,
        }
        run.save()
    return run


def _finished(run: TrainingRun) -> TrainingRun:
    """The run with its model, once it and the scoring that follows have ended."""
    from labelhub.core.models import Job
    from labelhub.learning.models import TrainingRun
    from tests.workers_real.harness import wait_for

    wait_for(lambda: _is_over(run), "the run to end", timeout_s=300)
    scoring = Job.objects.filter(kind="score", state__in=Job.ACTIVE)
    wait_for(lambda: not scoring.exists(), "the scoring to end", timeout_s=300)
    return TrainingRun.objects.select_related("job", "model_version").get(id=run.id)


def _job(run: TrainingRun) -> Any:
    from labelhub.core.models import Job

    return Job.objects.get(id=run.job_id)


def _is_over(run: TrainingRun) -> bool:
    return _job(run).state not in ("queued", "running")


def _newest_checkpoint(run: TrainingRun) -> int:
    from django.conf import settings

    written = (Path(settings.WORK_DIR) / "jobs" / str(run.job_id)).glob("attempt-*/checkpoints/step-*.json")
    return max((int(path.stem.removeprefix("step-")) for path in written), default=-1)


if __name__ == "__main__":
    sys.exit(main())
