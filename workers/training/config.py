"""What a training run may be told: one frozen dataclass, read from JSON, unknown keys refused."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from workers.training.errors import InvalidInput
from workers.training.model import NETS

PRECISIONS = ("auto", "fp32", "bf16")
DEVICES = ("auto", "cpu", "cuda")


def checked_settings(config_class: type, document: dict[str, Any]) -> dict[str, Any]:
    """Return the settings when all are known fields of a dataclass and of their type; else raise InvalidInput."""
    known = {field.name: field.type for field in fields(config_class)}
    for name, value in document.items():
        if name not in known:
            raise InvalidInput("unknown_setting", f"Unknown setting {name!r}: remove it from config.json.")
        expected: Any = known[name]
        allowed = (int, float) if expected is float else (expected,)
        if not isinstance(value, allowed) or isinstance(value, bool):
            raise InvalidInput(
                "wrong_type", f"Setting {name!r} must be of type {expected.__name__}: {value!r}."
            )
    return document


@dataclass(frozen=True)
class TrainConfig:
    """Settings of one training run. Defaults are for real radiographs (DenseNet-121 at 320 px)."""

    net: str = "densenet121"
    size: int = 320  # pixels of the square model input
    seed: int = 0
    code_version: str = ""  # recorded in the model card
    epochs: int = 60
    min_steps: int = 0  # with few labels, more epochs; and no early stop before this step
    batch_size: int = 16
    learning_rate: float = 3e-4
    weight_decay: float = 1e-2
    warmup_steps: int = 50
    augmentation: float = 1.0  # 0 = none
    pos_weight_cap: float = 5.0  # a positive of a rare finding counts at most this many negatives
    patience: int = 12  # evaluations without a lower validation loss before the run stops
    evaluate_every_epochs: int = 1
    checkpoint_every_steps: int = 50
    progress_every_steps: int = 5
    min_positives: int = 10  # of a finding in the test set; below that no metric is printed
    device: str = "auto"
    precision: str = "auto"
    threads: int = 0  # 0 = torch's own choice; a resumed run must use the same number to reproduce exactly

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        """Read a configuration; `preset` names the base (default or demo) that the other keys override.

        Raises InvalidInput for unknown keys, wrong types and values out of range.
        """
        values = dict(document)
        preset = values.pop("preset", "default")
        if preset not in PRESETS:
            raise InvalidInput(
                "unknown_preset", f"Unknown preset {preset!r}: use one of {', '.join(PRESETS)}."
            )
        config = cls(**checked_settings(cls, {**PRESETS[preset], **values}))
        config._check()
        return config

    def _check(self) -> None:
        for name, allowed in (("net", NETS), ("precision", PRECISIONS), ("device", DEVICES)):
            if getattr(self, name) not in allowed:
                raise InvalidInput(
                    "wrong_choice", f"Training setting {name!r} must be one of {', '.join(allowed)}."
                )
        at_least_one = ("epochs", "batch_size", "patience", "evaluate_every_epochs", "checkpoint_every_steps")
        for name in (*at_least_one, "progress_every_steps", "min_positives"):
            if getattr(self, name) < 1:
                raise InvalidInput("out_of_range", f"Training setting {name!r} must be at least 1.")
        if not 32 <= self.size <= 1024:
            raise InvalidInput("out_of_range", "Training setting 'size' must lie between 32 and 1024 pixels.")
        if self.net == "densenet121" and self.size < 64 and self.batch_size < 2:
            # One value a channel is left of such an image: there is nothing to normalise a batch of one by.
            raise InvalidInput(
                "out_of_range",
                "Training setting 'batch_size' must be at least 2 for densenet121 below 64 pixels.",
            )
        if (
            self.learning_rate <= 0
            or self.weight_decay < 0
            or self.pos_weight_cap < 1
            or self.augmentation < 0
        ):
            raise InvalidInput(
                "out_of_range", "Learning rate, decay, cap, augmentation or min_steps is out of range."
            )

    def to_json(self) -> dict[str, Any]:
        """Return the settings as plain JSON values."""
        return asdict(self)


PRESETS: dict[str, dict[str, Any]] = {
    "default": {},
    # Tuned on phantoms (docs/phantoms.md); about 30 s of one idle CPU core for the demo's 200 films.
    "demo": {
        "net": "small",
        "size": 96,
        "epochs": 15,
        "min_steps": 900,
        "learning_rate": 2e-3,
        "patience": 20,
    },
}
