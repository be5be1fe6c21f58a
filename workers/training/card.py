"""The model card: what must be known to use a model, to trace it and to make it again."""

import hashlib
import json
from dataclasses import asdict
from typing import Any

import torch
from torch import Tensor

from workers.training.config import TrainConfig
from workers.training.data import ROLES, DataList
from workers.training.device import Compute, versions
from workers.training.state import TrainState

CARD_FORMAT = 1
WITHOUT_EFFECT = (
    "checkpoint_every_steps",
    "progress_every_steps",
    "threads",
    "min_positives",
    "code_version",
)


def settings_hash(config: TrainConfig, compute: Compute) -> str:
    """Return a hash of all that changes the numbers; how often it reports or saves does not."""
    settings = asdict(config) | {"device": compute.device.type, "precision": compute.precision}
    kept = {name: value for name, value in settings.items() if name not in WITHOUT_EFFECT}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def model_card(
    config: TrainConfig, datalist: DataList, targets: Tensor, state: TrainState, compute: Compute
) -> dict[str, Any]:
    """Return the card without its measures and hashes. targets: (n, findings), the labels of the training images."""
    known = ~torch.isnan(targets)
    # Laplace's rule keeps the prevalence of a finding never seen away from zero.
    prevalence = (targets.nansum(dim=0) + 1) / (known.sum(dim=0) + 2)
    return {
        "format": CARD_FORMAT,
        "net": config.net,
        "size": config.size,
        "findings": list(datalist.findings),
        "config": asdict(config),
        "prevalence": dict(zip(datalist.findings, map(float, prevalence), strict=True)),
        "n_cases": {role: sum(case.role == role for case in datalist.cases) for role in ROLES},
        "n_images": {"train": len(targets)},
        "n_labels": {"train": int(known.sum())},
        "versions": versions(),
        "device": compute.device.type,
        "precision": compute.precision,
        "threads": torch.get_num_threads(),
        "seed": config.seed,
        "code_version": config.code_version,
        "steps": state.step,
        "epochs_run": state.epoch,
        "best_step": state.best_step if state.best else state.step,
    }
