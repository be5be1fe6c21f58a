"""A ranking from files to file: every case once, with its reason; refusals; agreement with the trainer's model."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.workers.jobs import INPUT_PX, ROOT, TINY, Recorder, run_child, write_images, write_training_job
from workers.ranking.predict import load_model, predict_pool
from workers.ranking.rank import RankConfig, rank
from workers.training.config import TrainConfig
from workers.training.data import read_datalist
from workers.training.device import choose_compute
from workers.training.errors import DataError, ExitCode, InvalidInput, LearningError, Stopped
from workers.training.loop import train

RANKING = {
    "seed": 4,
    "batch_size": 10,
    "n_batches": 2,
    "device": "cpu",
    "precision": "fp32",
    "threads": 1,
    "chunk": 16,
}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    """Two models of different seeds."""
    job = write_training_job(tmp_path_factory.mktemp("models"))
    found = []
    for attempt in (1, 2):
        recorder = Recorder()
        config = TrainConfig.from_json(TINY | {"epochs": 1, "seed": attempt})
        train(config, read_datalist(job / "datalist.json"), job, attempt, recorder, threading.Event())
        done = recorder.named("done")[0]
        found.append({"card": done["card"], "weights": done["weights"]})
    return found


def write_ranking_job(
    folder: Path, models: list[dict[str, str]], n: int = 50, **settings: Any
) -> list[dict[str, Any]]:
    cases = [
        {"action": "read_new", **{k: row[k] for k in ("case", "patient", "images")}}
        for row in write_images(folder, n, seed=8)
    ]
    cases[0]["images"] = cases[0]["images"] + cases[1]["images"]  # one case of two images
    cases[2]["images"] = []  # one case the model cannot see
    document = {"input_px": INPUT_PX, "models": models, "cases": cases}
    (folder / "pool.json").write_text(json.dumps(document), "utf-8")
    (folder / "config.json").write_text(json.dumps(RANKING | settings), "utf-8")
    return cases


def run(
    folder: Path, attempt: int = 1, stop: threading.Event | None = None
) -> tuple[Recorder, list[dict[str, Any]]]:
    recorder = Recorder()
    rank(folder, attempt, recorder, stop or threading.Event())
    path = Path(recorder.named("done")[0]["ranking"])
    return recorder, [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_the_whole_pool_is_ordered_once_and_each_place_has_its_reason(tmp_path: Path, models: Any) -> None:
    cases = write_ranking_job(tmp_path, models[:1])
    recorder, lines = run(tmp_path)
    assert [line["position"] for line in lines] == list(range(1, 51))
    assert {line["case"] for line in lines} == {case["case"] for case in cases}
    assert {line["action"] for line in lines} == {"read_new"}
    done = recorder.named("done")[0]
    assert sum(done["counts"].values()) == done["n"] == 50
    assert done["n_unscored"] == 1
    assert lines[0]["why"] == "uncertainty"
    assert all((line["batch"] is None) == (line["why"] in ("rest", "duplicate")) for line in lines)
    unseen = next(line for line in lines if line["case"] == cases[2]["case"])
    assert (unseen["score"], unseen["probabilities"]) == (None, None)


def test_a_case_scores_the_maximum_of_its_images(tmp_path: Path, models: Any) -> None:
    cases = write_ranking_job(tmp_path, models[:1])
    _, lines = run(tmp_path)
    score = {line["case"]: line["score"] for line in lines}
    assert score[cases[0]["case"]] >= score[cases[1]["case"]]  # its second image is the other case's


def test_the_same_seed_gives_the_same_file_whatever_the_chunk(tmp_path: Path, models: Any) -> None:
    write_ranking_job(tmp_path, models[:1])
    first, _ = run(tmp_path, 1)
    (tmp_path / "config.json").write_text(json.dumps(RANKING | {"seed": 5}), "utf-8")
    other, _ = run(tmp_path, 2)
    (tmp_path / "config.json").write_text(json.dumps(RANKING), "utf-8")
    again, _ = run(tmp_path, 3)
    hashes = [found.named("done")[0]["sha256"] for found in (first, again, other)]
    assert hashes[0] == hashes[1] != hashes[2]


def test_an_ensemble_ranks_by_disagreement(tmp_path: Path, models: Any) -> None:
    write_ranking_job(tmp_path, models, acquisition="bald")
    _, lines = run(tmp_path)
    assert max(line["score"] for line in lines if line["score"] is not None) > 0


def test_a_pool_without_a_single_image_is_ordered_at_random(tmp_path: Path, models: Any) -> None:
    write_ranking_job(tmp_path, models[:1], n=5)
    document = json.loads((tmp_path / "pool.json").read_text("utf-8"))
    for case in document["cases"]:
        case["images"] = []
    (tmp_path / "pool.json").write_text(json.dumps(document), "utf-8")
    recorder, lines = run(tmp_path)
    assert len(lines) == recorder.named("done")[0]["n_unscored"] == 5


def test_progress_is_reported_while_scoring(tmp_path: Path, models: Any) -> None:
    write_ranking_job(tmp_path, models[:1])
    recorder, _ = run(tmp_path)
    steps = [event["step"] for event in recorder.named("progress") if event["stage"] == "score"]
    assert steps == [16, 32, 48, 50]


def test_a_stop_ends_scoring_and_leaves_no_ranking(tmp_path: Path, models: Any) -> None:
    write_ranking_job(tmp_path, models[:1])
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        run(tmp_path, stop=stop)
    assert not list(tmp_path.glob("**/ranking.jsonl*"))


def damage_weights(folder: Path, document: dict[str, Any]) -> None:
    data = bytearray(Path(document["models"][0]["weights"]).read_bytes())
    data[-1] ^= 1
    (folder / "bad.safetensors").write_bytes(data)
    document["models"] = [{**document["models"][0], "weights": str(folder / "bad.safetensors")}]


def name_no_model(folder: Path, document: dict[str, Any]) -> None:
    document["models"] = []


def name_a_case_twice(folder: Path, document: dict[str, Any]) -> None:
    document["cases"].append(document["cases"][0])


def lose_an_image(folder: Path, document: dict[str, Any]) -> None:
    document["cases"][0]["images"] = ["images/none.u8"]


@pytest.mark.parametrize(
    ("change", "error", "code"),
    [
        (damage_weights, InvalidInput, "weights_damaged"),
        (name_no_model, InvalidInput, "no_model"),
        (name_a_case_twice, InvalidInput, "case_twice"),
        (lose_an_image, DataError, "image_missing"),
    ],
)
def test_what_cannot_be_ranked_is_refused(
    tmp_path: Path, models: Any, change: Any, error: type[LearningError], code: str
) -> None:
    write_ranking_job(tmp_path, models[:1], n=8)
    document = json.loads((tmp_path / "pool.json").read_text("utf-8"))
    change(tmp_path, document)
    (tmp_path / "pool.json").write_text(json.dumps(document), "utf-8")
    with pytest.raises(error) as caught:
        run(tmp_path)
    assert caught.value.code == code


def test_the_ranker_as_a_child_prints_the_same_result(tmp_path: Path, models: Any) -> None:
    write_ranking_job(tmp_path, models[:1], n=20)
    recorder, _ = run(tmp_path, 1)
    code, events = run_child("workers.ranking", tmp_path, attempt=2)
    assert code == ExitCode.DONE
    assert events[-1]["sha256"] == recorder.named("done")[0]["sha256"]


def test_the_net_sees_few_images_at_a_time_and_says_the_same(
    tmp_path: Path, models: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.training.child.TELL_EVERY_S", 0.0)
    told = Recorder()
    compute = choose_compute("cpu", "fp32", 1)
    model = load_model(Path(models[0]["card"]), Path(models[0]["weights"]), compute)
    seen: list[int] = []
    model.net.register_forward_pre_hook(lambda net, inputs: seen.append(len(inputs[0])))
    images = [tmp_path / image for row in write_images(tmp_path, 20) for image in row["images"]]
    found = [
        predict_pool(
            [model],
            images,
            input_px=INPUT_PX,
            chunk=16,
            forward_batch=forward_batch,
            compute=compute,
            scratch=tmp_path / f"embeddings-{forward_batch}",
            report=told,
            stop=threading.Event(),
        )
        for forward_batch in (4, 16)
    ]
    assert seen == [4, 4, 4, 4, 4, 16, 4]
    # A slow net is alive with each of them, not only with each chunk of files.
    assert len(told.named("forward")) == len(seen)
    assert np.allclose(found[0].probabilities, found[1].probabilities, atol=1e-5)
    assert np.allclose(found[0].embeddings, found[1].embeddings, atol=1e-2)


def test_the_documentation_names_the_defaults() -> None:
    text = (ROOT / "docs" / "learning.md").read_text("utf-8")
    documented = dict(re.findall(r"^\| `(\w+)` \| (\S+) \|$", text, re.MULTILINE))
    config = asdict(RankConfig())
    assert {"batch_size", "random_share", "diversity_share"} <= documented.keys()
    assert documented == {name: str(config[name]) for name in documented}
