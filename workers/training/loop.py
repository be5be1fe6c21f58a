"""The training loop, top to bottom: set up, resume, step, evaluate, save, stop, measure.

Pure torch: files and numbers, neither Django nor Celery. docs/learning.md describes the files it reads and writes.
"""

import json
import math
import threading
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workers.metrics import is_hard, mean_auroc, model_metrics, youden_threshold
from workers.training.augment import augment, standardise
from workers.training.card import model_card, settings_hash
from workers.training.checkpoint import load_newest, save_checkpoint, save_tensors, write_file
from workers.training.child import Report, attempt_directory, now_and_then
from workers.training.config import TrainConfig
from workers.training.data import Case, DataList, Inputs, load_inputs
from workers.training.device import Compute, choose_compute
from workers.training.errors import Stopped
from workers.training.model import build_net
from workers.training.objective import diverged, finite, masked_loss, pos_weights
from workers.training.state import TrainState

EVALUATION_BATCH = 64
MAX_EVALUATIONS = 60


class Trainer:
    """One run: fixed things (data, settings, device) beside the state that moves."""

    def __init__(
        self, config: TrainConfig, datalist: DataList, inputs: Inputs, compute: Compute, report: Report
    ) -> None:
        self.config, self.datalist, self.inputs, self.compute = config, datalist, inputs, compute
        self.tell = now_and_then(report)
        self.targets = torch.from_numpy(datalist.targets())
        labelled = (~torch.isnan(self.targets)).any(dim=1).numpy()
        self.train_rows = torch.from_numpy(np.array([r for r in datalist.rows("train") if labelled[r]]))
        self.validation_rows = np.array(
            [r for r in datalist.rows("validation") if labelled[r]], dtype=np.int64
        )
        self.pos_weight = pos_weights(self.targets[self.train_rows], config.pos_weight_cap).to(compute.device)
        # A whole data set of 320 px films is some GB: it fits the card, and no loader is needed.
        on_gpu = compute.device.type == "cuda"
        self.resident = torch.from_numpy(np.array(inputs.pixels)).to(compute.device) if on_gpu else None

        torch.manual_seed(config.seed)
        net = compute.place(build_net(config.net, len(datalist.findings)))
        optimiser = torch.optim.AdamW(
            net.parameters(), config.learning_rate, weight_decay=config.weight_decay
        )
        rng = torch.Generator().manual_seed(config.seed)
        self.state = TrainState(net, optimiser, rng, order=self._shuffled(rng))

    @property
    def steps_per_epoch(self) -> int:
        return max(1, len(self.train_rows) // self.config.batch_size)

    @property
    def n_epochs(self) -> int:
        return max(self.config.epochs, math.ceil(self.config.min_steps / self.steps_per_epoch))

    @property
    def n_steps(self) -> int:
        return self.n_epochs * self.steps_per_epoch

    @property
    def is_finished(self) -> bool:
        is_stale = self.state.n_stale >= self.config.patience and self.state.step >= self.config.min_steps
        return is_stale or self.state.epoch >= self.n_epochs

    @property
    def is_evaluation_due(self) -> bool:
        """Return whether this is the end of an epoch that is evaluated; a short epoch is not worth one of its own."""
        every = max(self.config.evaluate_every_epochs, self.n_epochs // MAX_EVALUATIONS)
        return self.state.position == 0 and self.state.epoch % every == 0

    def _shuffled(self, rng: torch.Generator) -> Tensor:
        return self.train_rows[torch.randperm(len(self.train_rows), generator=rng)]

    def pixels(self, rows: Tensor) -> Tensor:
        """Return standardised images (n, 1, S, S) on the device."""
        if self.resident is not None:
            return standardise(self.resident[rows.to(self.compute.device)])
        return standardise(torch.from_numpy(self.inputs.pixels[rows.numpy()]))

    def step(self) -> Tensor:
        """Take one optimiser step; return its loss."""
        state, config = self.state, self.config
        rows = state.order[state.position : state.position + config.batch_size]
        x = augment(self.pixels(rows), state.rng, config.augmentation)
        for group in state.optimiser.param_groups:
            group["lr"] = config.learning_rate * self._rate(state.step)
        state.net.train()
        with self.compute.autocast():
            _, logits = state.net(self.compute.layout(x))
        loss = masked_loss(logits.float(), self.targets[rows].to(self.compute.device), self.pos_weight)
        state.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        state.optimiser.step()
        state.step += 1
        state.position += config.batch_size
        if state.step % self.steps_per_epoch == 0:  # the incomplete last batch is left out of this epoch
            state.epoch, state.position, state.order = state.epoch + 1, 0, self._shuffled(state.rng)
        return loss.detach()

    def _rate(self, step: int) -> float:
        """Return the share of the learning rate: linear warm-up, then a cosine down to zero."""
        warm_up = min(1.0, (step + 1) / self.config.warmup_steps) if self.config.warmup_steps else 1.0
        return warm_up * 0.5 * (1 + math.cos(math.pi * step / self.n_steps))

    def predict(self, rows: NDArray[np.int64]) -> Tensor:
        """Return logits (n, findings) on the CPU."""
        self.state.net.eval()
        logits = []
        with torch.inference_mode(), self.compute.autocast():
            for chunk in torch.from_numpy(rows).split(EVALUATION_BATCH):
                logits.append(self.state.net(self.compute.layout(self.pixels(chunk)))[1].float().cpu())
                self.tell("forward", n=len(logits) * EVALUATION_BATCH, total=len(rows))
        return torch.cat(logits) if logits else torch.zeros((0, len(self.datalist.findings)))

    def validate(self) -> float | None:
        """Return the validation loss, and remember the weights when it is the lowest so far."""
        if not len(self.validation_rows):
            return None
        logits, targets = self.predict(self.validation_rows), self.targets[self.validation_rows]
        loss = float(masked_loss(logits, targets, torch.ones(targets.shape[1])))
        if not math.isfinite(loss):
            raise diverged()
        if self.state.best_loss is None or loss < self.state.best_loss:
            self.state.keep_best(loss)
        else:
            self.state.n_stale += 1
        return loss

    def case_scores(self, role: str) -> tuple[NDArray[np.float32], NDArray[np.float32], list[Case]]:
        """Return a role's labels and probabilities (cases, findings), and cases; a case has its images' maximum."""
        rows = self.datalist.rows(role)
        probabilities = torch.sigmoid(self.predict(rows)).numpy()
        numbers, inverse = np.unique(self.datalist.case_of_row()[rows], return_inverse=True)
        scores = np.zeros((len(numbers), len(self.datalist.findings)), dtype=np.float32)
        np.maximum.at(scores, inverse, probabilities)
        cases = [self.datalist.cases[number] for number in numbers]
        labels = np.array([case.labels for case in cases], dtype=np.float32).reshape(scores.shape)
        return labels, scores, cases


def train(
    config: TrainConfig, datalist: DataList, job: Path, attempt: int, report: Report, stop: threading.Event
) -> dict[str, Any]:
    """Train to the end (or from the newest checkpoint to the end) and return the model's card.

    Raises Stopped after saving a checkpoint when `stop` is set, Diverged when the loss is no longer finite.
    """
    out = attempt_directory(job, attempt)
    out.mkdir(parents=True, exist_ok=True)
    compute = choose_compute(config.device, config.precision, config.threads)
    inputs = load_inputs(datalist, config.size, job, out, report, stop)
    trainer = Trainer(config, datalist, inputs, compute, report)
    state = trainer.state
    identity = {"data_sha256": inputs.data_sha256, "settings_sha256": settings_hash(config, compute)}
    folders = [attempt_directory(job, n) / "checkpoints" for n in range(1, attempt + 1)]
    checkpoint = load_newest(folders, identity, report)
    if checkpoint:
        state.restore(checkpoint)
    report(
        "start",
        resumed_from=state.step if checkpoint else None,
        total=trainer.n_steps,
        n_train=len(trainer.train_rows),
        n_validation=len(trainer.validation_rows),
        n_test=len(datalist.rows("test")),
        device=compute.device.type,
        precision=compute.precision,
        data_sha256=inputs.data_sha256,
    )

    while not trainer.is_finished:
        loss = trainer.step()
        validation_loss = trainer.validate() if trainer.is_evaluation_due else None
        if state.step % config.progress_every_steps == 0 or state.position == 0:
            values = {"loss": finite(loss), "validation_loss": validation_loss}
            report(
                "progress", stage="train", step=state.step, total=trainer.n_steps, epoch=state.epoch, **values
            )
        if state.step % config.checkpoint_every_steps == 0 or stop.is_set():
            finite(loss)  # a checkpoint of a broken net would be resumed for ever
            path, sha256 = save_checkpoint(
                folders[-1], state.step, state.tensors(), state.values() | identity
            )
            report("checkpoint", step=state.step, path=str(path), sha256=sha256)
        if stop.is_set():
            raise Stopped()

    return finish(trainer, out, report)


def finish(trainer: Trainer, out: Path, report: Report) -> dict[str, Any]:
    """Measure the best weights on validation and test cases, write weights and card, and report them."""
    config, datalist, state = trainer.config, trainer.datalist, trainer.state
    if state.best:
        state.net.load_state_dict(state.best)
    report("progress", stage="evaluate", step=0, total=2, epoch=state.epoch, loss=None, validation_loss=None)
    labels, scores, cases = trainer.case_scores("validation")
    thresholds = {code: _threshold(labels[:, i], scores[:, i]) for i, code in enumerate(datalist.findings)}
    validation = {"mean_auroc": mean_auroc(labels, scores, patients_of(cases)), "n": len(labels)}
    report("progress", stage="evaluate", step=1, total=2, epoch=state.epoch, loss=None, validation_loss=None)
    labels, scores, cases = trainer.case_scores("test")
    metrics = model_metrics(
        labels,
        scores,
        patients_of(cases),
        cases=[case.case for case in cases],
        findings=datalist.findings,
        thresholds=thresholds,
        n_test_cases=datalist.n_test_cases,
        min_positives=config.min_positives,
    )
    metrics["validation"] = validation
    sha256 = save_tensors(out / "weights.safetensors", state.net.state_dict(), {"net": config.net})
    card = model_card(config, datalist, trainer.targets[trainer.train_rows], state, trainer.compute) | {
        "weights_sha256": sha256,
        "data_sha256": trainer.inputs.data_sha256,
        "thresholds": thresholds,
        "metrics": metrics,
        "early_stopped": state.epoch < trainer.n_epochs,
    }
    write_file(out / "model.json", json.dumps(card, indent=1, allow_nan=False).encode())
    paths = {"weights": str(out / "weights.safetensors"), "card": str(out / "model.json")}
    report("done", **paths, sha256=sha256, step=state.step, metrics=metrics)
    return card


def patients_of(cases: list[Case]) -> NDArray[np.str_]:
    return np.array([case.patient for case in cases])


def _threshold(labels: NDArray[np.float32], scores: NDArray[np.float32]) -> float:
    """Return the validation threshold of largest sensitivity + specificity, or 0.5 when a class is missing."""
    hard = is_hard(labels)
    if len(set(labels[hard].tolist())) < 2:
        return 0.5
    return youden_threshold(labels[hard], scores[hard])
