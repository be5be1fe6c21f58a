"""The training loop in this process: masks, determinism, resuming exactly, refusals, what the card says."""

from __future__ import annotations

import hashlib
import json
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.workers.jobs import INPUT_PX, TINY, Recorder, write_training_job
from workers.training.augment import augment, standardise
from workers.training.config import TrainConfig
from workers.training.data import read_datalist, resize_images
from workers.training.device import choose_compute
from workers.training.errors import DataError, InvalidInput, LearningError, Stopped
from workers.training.loop import train
from workers.training.model import build_net
from workers.training.objective import masked_loss, pos_weights


class StopAfter(Recorder):
    """Ask the loop to stop when it reports a training step."""

    def __init__(self, step: int | None) -> None:
        super().__init__()
        self.step, self.stop = step, threading.Event()

    def __call__(self, event: str, **values: Any) -> None:
        super().__call__(event, **values)
        if values.get("stage") == "train" and values["step"] == self.step:
            self.stop.set()


def run(
    job: Path, attempt: int = 1, stop_at: int | None = None, **settings: Any
) -> tuple[Recorder, dict[str, Any]]:
    """Train a job in this process; return the events and the card."""
    recorder = StopAfter(stop_at)
    config = TrainConfig.from_json(TINY | settings)
    card = train(config, read_datalist(job / "datalist.json"), job, attempt, recorder, recorder.stop)
    return recorder, card


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_training_job(tmp_path_factory.mktemp("job"))


@pytest.fixture(scope="module")
def uninterrupted(job: Path) -> tuple[Recorder, dict[str, Any]]:
    return run(job)


def copy_inputs(job: Path, to: Path) -> Path:
    """Make a second job of the same data."""
    document = json.loads((job / "datalist.json").read_text("utf-8"))
    (to / "images").symlink_to(job / "images")
    (to / "datalist.json").write_text(json.dumps(document), "utf-8")
    return to


def test_a_second_run_gives_the_same_weights(job: Path, uninterrupted: Any, tmp_path: Path) -> None:
    _, card = run(copy_inputs(job, tmp_path))
    assert card["weights_sha256"] == uninterrupted[1]["weights_sha256"]
    assert card["metrics"] == uninterrupted[1]["metrics"]


def test_it_tells_of_images_that_it_measures_on(
    job: Path, uninterrupted: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.training.child.TELL_EVERY_S", 0.0)
    recorder, card = run(copy_inputs(job, tmp_path))
    told = [event["total"] for event in recorder.named("forward")]
    assert len(told) > 2 and set(told) == {
        card["metrics"]["validation"]["n"],
        uninterrupted[0].named("start")[0]["n_test"],
    }
    assert card["weights_sha256"] == uninterrupted[1]["weights_sha256"]


def test_another_seed_gives_other_weights(job: Path, uninterrupted: Any, tmp_path: Path) -> None:
    _, card = run(copy_inputs(job, tmp_path), seed=6)
    assert card["weights_sha256"] != uninterrupted[1]["weights_sha256"]


@pytest.mark.parametrize("stops", [[1], [4], [6, 7], [5, 11, 16]])
def test_a_stopped_and_resumed_run_gives_the_same_weights(
    job: Path, uninterrupted: Any, tmp_path: Path, stops: list[int]
) -> None:
    copy_inputs(job, tmp_path)
    for attempt, step in enumerate(stops, start=1):
        with pytest.raises(Stopped):
            run(tmp_path, attempt, stop_at=step)
    recorder, card = run(tmp_path, len(stops) + 1)
    assert recorder.named("start")[0]["resumed_from"] == stops[-1]
    assert card["weights_sha256"] == uninterrupted[1]["weights_sha256"]
    assert card["best_step"] == uninterrupted[1]["best_step"]


def test_progress_counts_up_without_a_gap_after_resuming(job: Path, tmp_path: Path) -> None:
    copy_inputs(job, tmp_path)
    with pytest.raises(Stopped):
        run(tmp_path, 1, stop_at=5)
    recorder, _ = run(tmp_path, 2)
    steps = [event["step"] for event in recorder.named("progress") if event["stage"] == "train"]
    assert steps == list(range(6, recorder.named("start")[0]["total"] + 1))


def test_checkpoints_of_other_settings_are_not_resumed(job: Path, tmp_path: Path) -> None:
    copy_inputs(job, tmp_path)
    with pytest.raises(Stopped):
        run(tmp_path, 1, stop_at=5)
    recorder, _ = run(tmp_path, 2, learning_rate=2e-3)
    assert recorder.named("start")[0]["resumed_from"] is None
    assert "settings_sha256" in recorder.named("checkpoint_rejected")[0]["reason"]


def test_the_card_traces_weights_data_code_and_versions(job: Path, uninterrupted: Any) -> None:
    recorder, card = uninterrupted
    weights = Path(recorder.named("done")[0]["weights"])
    assert hashlib.sha256(weights.read_bytes()).hexdigest() == card["weights_sha256"]
    assert json.loads((weights.parent / "model.json").read_text("utf-8")) == card
    assert card["code_version"] == "test"
    assert card["seed"] == TINY["seed"]
    assert {"torch", "monai", "numpy", "python"} <= set(card["versions"])
    assert (card["device"], card["precision"]) == ("cpu", "fp32")
    assert len(card["data_sha256"]) == 64
    assert card["metrics"]["n_test_cases"] == 40
    assert card["metrics"]["n_complete"] == card["n_cases"]["test"]


def test_changed_pixels_change_the_data_hash(job: Path, uninterrupted: Any, tmp_path: Path) -> None:
    other = write_training_job(tmp_path)
    image = other / "images/0.u8"
    image.write_bytes(bytes(INPUT_PX * INPUT_PX))
    _, card = run(other, epochs=1)
    assert card["data_sha256"] != uninterrupted[1]["data_sha256"]


def test_training_stops_early_when_validation_no_longer_gains(job: Path, tmp_path: Path) -> None:
    _, card = run(copy_inputs(job, tmp_path), epochs=40, patience=2, learning_rate=0.02)
    assert card["early_stopped"]
    assert card["epochs_run"] < 40
    assert card["best_step"] < card["steps"]


def test_missing_labels_carry_no_gradient() -> None:
    logits = torch.zeros((2, 2), requires_grad=True)
    targets = torch.tensor([[1.0, float("nan")], [float("nan"), 0.0]])
    loss = masked_loss(logits, targets, torch.ones(2))
    loss.backward()
    assert loss.item() == pytest.approx(np.log(2))
    assert torch.equal(logits.grad == 0, torch.isnan(targets))


def test_a_soft_label_is_its_share_in_the_loss() -> None:
    logits = torch.zeros((1, 1), requires_grad=True)
    loss = masked_loss(logits, torch.tensor([[0.25]]), torch.ones(1))
    loss.backward()
    assert loss.item() == pytest.approx(np.log(2))
    assert logits.grad is not None and logits.grad.item() == pytest.approx(0.5 - 0.25)  # sigmoid less target


def test_a_share_weighs_by_its_parts() -> None:
    assert pos_weights(torch.tensor([[0.25], [float("nan")], [0.25]]), cap=5.0).tolist() == [3.0]


def test_soft_labels_are_trained_on_and_counted_but_not_measured(tmp_path: Path) -> None:
    job = write_training_job(tmp_path)
    soften = {"train": 0.75, "test": 0.5}
    document = json.loads((job / "datalist.json").read_text("utf-8"))
    n_soft = 0
    for row in document["cases"]:
        if row["role"] in soften and row["labels"]["nodule"] == 1:
            row["labels"]["nodule"] = soften[row["role"]]
            n_soft += row["role"] == "test"
    (job / "datalist.json").write_text(json.dumps(document), "utf-8")
    recorder, card = run(job)
    train_labels = [row["labels"]["nodule"] for row in document["cases"] if row["role"] == "train"]
    assert card["prevalence"]["nodule"] == pytest.approx((sum(train_labels) + 1) / (len(train_labels) + 2))
    nodule = card["metrics"]["findings"]["nodule"]
    assert n_soft > 0 and (nodule["n_soft"], nodule["n_positive"]) == (n_soft, 0)
    assert nodule["reason"] == "too_few_positives"


def test_weights_of_positives_are_capped_and_never_below_one() -> None:
    nan = float("nan")
    targets = torch.tensor([[1.0, 1, nan, 0], [0, 1, nan, 0], [0, 1, nan, 0], [0, 0, nan, 0]])
    assert pos_weights(targets, cap=2.0).tolist() == [2.0, 1.0, 1.0, 1.0]


def test_augmentation_never_mirrors_a_film() -> None:
    film = torch.zeros((64, 1, 32, 32))
    film[:, :, :, 20:] = 1  # bright on the right half
    changed = augment(film, torch.Generator().manual_seed(0), strength=1.0)
    assert (changed[..., 24:].mean(dim=(1, 2, 3)) > changed[..., :8].mean(dim=(1, 2, 3)) + 0.5).all()


def test_inputs_are_standardised_whatever_the_gain() -> None:
    rng = np.random.default_rng(0)
    dark = torch.from_numpy(rng.integers(20, 80, (2, 16, 16), dtype=np.uint8))
    assert standardise(dark * 2) == pytest.approx(standardise(dark), abs=1e-5)


def test_resizing_keeps_the_mean() -> None:
    images = np.random.default_rng(0).integers(0, 255, (2, 96, 96), dtype=np.uint8)
    assert resize_images(images, 32).mean() == pytest.approx(images.mean(), abs=1)


def test_bf16_agrees_with_fp32() -> None:
    torch.manual_seed(0)
    net = build_net("small", 3).eval()
    x = torch.randn(8, 1, 64, 64)
    with torch.inference_mode():
        exact = torch.sigmoid(net(x)[1])
        with choose_compute("cpu", "bf16", 1).autocast():
            rounded = torch.sigmoid(net(x)[1].float())
    assert rounded == pytest.approx(exact, abs=0.02)


def test_densenet_gives_one_logit_per_finding_and_its_embedding() -> None:
    net = build_net("densenet121", 3).eval()
    with torch.inference_mode():
        embedding, logits = net(torch.zeros(1, 1, 64, 64))
        again = net.head(embedding)
    assert (embedding.shape, logits.shape) == ((1, 1024), (1, 3))
    assert torch.equal(again, logits)


def edit(job: Path, change: Any) -> None:
    document = json.loads((job / "datalist.json").read_text("utf-8"))
    change(document)
    (job / "datalist.json").write_text(json.dumps(document), "utf-8")


def share_a_patient(document: dict[str, Any]) -> None:
    by_role = {case["role"]: case for case in document["cases"]}
    by_role["test"]["patient"] = by_role["train"]["patient"]


def drop_all_positives(document: dict[str, Any]) -> None:
    for case in document["cases"]:
        case["labels"] = {code: 0 for code in case["labels"]}


def name_a_missing_file(document: dict[str, Any]) -> None:
    document["cases"][0]["images"] = ["images/none.u8"]


def give_an_odd_label(document: dict[str, Any]) -> None:
    document["cases"][0]["labels"]["nodule"] = 2


@pytest.mark.parametrize(
    ("change", "error", "code"),
    [
        (share_a_patient, InvalidInput, "patient_in_two_roles"),
        (drop_all_positives, DataError, "too_few_labels"),
        (name_a_missing_file, DataError, "image_missing"),
        (give_an_odd_label, InvalidInput, "wrong_datalist"),
        (lambda document: document.pop("findings"), InvalidInput, "wrong_datalist"),
    ],
)
def test_unusable_data_is_refused_with_a_code(
    tmp_path: Path, change: Any, error: type[LearningError], code: str
) -> None:
    job = write_training_job(tmp_path, n=20)
    edit(job, change)
    with pytest.raises(error) as caught:
        run(job)
    assert caught.value.code == code


def test_a_truncated_image_is_refused(tmp_path: Path) -> None:
    job = write_training_job(tmp_path, n=20)
    (job / "images/3.u8").write_bytes(b"short")
    with pytest.raises(DataError, match="5 bytes instead of 1024"):
        run(job)


@pytest.mark.parametrize(
    "settings",
    [
        {"epoch": 3},
        {"net": "resnet"},
        {"size": 8},
        {"epochs": "3"},
        {"seed": True},
        {"preset": "fast"},
        {"batch_size": 0},
        {"net": "densenet121", "size": 63, "batch_size": 1},
    ],
)
def test_unknown_or_wrong_settings_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        TrainConfig.from_json(settings)


def test_presets_are_bases_that_other_settings_override() -> None:
    config = TrainConfig.from_json({"preset": "demo", "epochs": 2})
    assert (config.net, config.epochs) == ("small", 2)
    assert TrainConfig.from_json({}).net == "densenet121"
