"""Everything that changes while a net is trained, and its way into a checkpoint and back.

Resuming from it continues the very same sequence of numbers: on a CPU with the same number of threads the final
weights of an interrupted run equal those of an uninterrupted one bit by bit.
"""

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from workers.training.checkpoint import Checkpoint


@dataclass
class TrainState:
    """The net, its optimiser, the random numbers, the place in the epoch, and the best weights so far."""

    net: nn.Module
    optimiser: torch.optim.Optimizer
    rng: torch.Generator  # shuffling and augmentation
    order: Tensor  # this epoch's order of training rows
    position: int = 0  # how many of them have been used
    step: int = 0
    epoch: int = 0
    best: dict[str, Tensor] = field(default_factory=dict)
    best_loss: float | None = None
    best_step: int = 0
    n_stale: int = 0  # evaluations since the validation loss last fell

    def tensors(self) -> dict[str, Tensor]:
        """Return all tensors under flat names."""
        flat = {f"net/{name}": tensor for name, tensor in self.net.state_dict().items()}
        flat |= {f"best/{name}": tensor for name, tensor in self.best.items()}
        for number, moments in self.optimiser.state_dict()["state"].items():
            flat |= {f"optimiser/{number}/{name}": tensor for name, tensor in moments.items()}
        return flat | {"rng": self.rng.get_state(), "order": self.order}

    def values(self) -> dict[str, Any]:
        """Return all plain values."""
        names = ("position", "step", "epoch", "best_loss", "best_step", "n_stale")
        return {name: getattr(self, name) for name in names}

    def restore(self, checkpoint: Checkpoint) -> None:
        """Take over the state of a checkpoint."""
        tensors = checkpoint.tensors
        self.net.load_state_dict(_under(tensors, "net/"))
        self.best = _under(tensors, "best/")
        moments: dict[int, dict[str, Tensor]] = {}
        for name, tensor in _under(tensors, "optimiser/").items():
            number, key = name.split("/")
            moments.setdefault(int(number), {})[key] = tensor
        groups = self.optimiser.state_dict()["param_groups"]
        self.optimiser.load_state_dict({"state": moments, "param_groups": groups})
        self.rng.set_state(tensors["rng"])
        self.order = tensors["order"]
        for name in self.values():
            setattr(self, name, checkpoint.values[name])

    def keep_best(self, loss: float) -> None:
        """Remember the present weights as the best."""
        self.best = {name: tensor.detach().cpu().clone() for name, tensor in self.net.state_dict().items()}
        self.best_loss, self.best_step, self.n_stale = loss, self.step, 0


def _under(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
