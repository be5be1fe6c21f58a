"""Run models over the pool: probabilities and embeddings per image, chunk by chunk, in bounded memory."""

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor, nn

from workers.training.augment import standardise
from workers.training.card import CARD_FORMAT
from workers.training.child import Report, now_and_then
from workers.training.data import allocate, read_image, read_json, resize_images
from workers.training.device import Compute
from workers.training.errors import InvalidInput, Stopped
from workers.training.model import NETS, build_net


@dataclass(frozen=True)
class Model:
    """A trained net with its card."""

    net: nn.Module
    card: dict[str, Any]

    @property
    def findings(self) -> tuple[str, ...]:
        return tuple(self.card["findings"])


@dataclass(frozen=True)
class Predictions:
    """probabilities: (models, images, findings); embeddings: (images, D) of the first model, a memory map."""

    probabilities: NDArray[np.float32]
    embeddings: NDArray[np.float16]


def load_model(card_path: Path, weights_path: Path, compute: Compute) -> Model:
    """Load safetensors weights whose hash the card names. Raises InvalidInput for anything else."""
    card = read_json(card_path)
    if card.get("format") != CARD_FORMAT or card.get("net") not in NETS:
        raise InvalidInput(
            "unknown_model", "The model card is of an unknown format or net: train a new model."
        )
    try:
        data = weights_path.read_bytes()
    except FileNotFoundError:
        raise InvalidInput(
            "weights_missing", "The weights file is missing: restore it or train again."
        ) from None
    if hashlib.sha256(data).hexdigest() != card["weights_sha256"]:
        raise InvalidInput(
            "weights_damaged", "The weights differ from the card's hash: restore them or train again."
        )
    net = build_net(card["net"], len(card["findings"]))
    try:
        tensors: dict[str, Tensor] = load(data)
        net.load_state_dict(tensors)
    except (SafetensorError, RuntimeError) as error:
        raise InvalidInput(
            "weights_do_not_fit", f"The weights do not fit the net named by the card: {error}."
        ) from error
    if not all(bool(torch.isfinite(tensor).all()) for tensor in tensors.values()):
        raise InvalidInput("weights_not_finite", "The weights hold values that are not numbers: train again.")
    net.eval()
    return Model(compute.place(net), card)


def predict_pool(
    models: list[Model],
    images: list[Path],
    *,
    input_px: int,
    chunk: int,
    forward_batch: int,
    compute: Compute,
    scratch: Path,
    report: Report,
    stop: threading.Event,
) -> Predictions:
    """Predict all images. Embeddings go to the file `scratch` (float16), so that a million cases need no memory."""
    probabilities = np.zeros((len(models), len(images), len(models[0].findings)), dtype=np.float32)
    embeddings: NDArray[np.float16] | None = None
    tell = now_and_then(report)
    for start, pixels in _chunks(images, input_px, chunk, stop):
        end = start + len(pixels)
        for number, model in enumerate(models):
            embedding, logits = _forward(model, pixels, forward_batch, compute, tell)
            probabilities[number, start:end] = torch.sigmoid(logits).numpy()
            if number == 0:
                if embeddings is None:
                    allocate(scratch, 2 * len(images) * embedding.shape[1])
                    embeddings = np.memmap(scratch, np.float16, "r+", shape=(len(images), embedding.shape[1]))
                embeddings[start:end] = embedding.numpy()
        report("progress", stage="score", step=end, total=len(images))
    if embeddings is None:
        embeddings = np.zeros((0, 1), dtype=np.float16)
    return Predictions(probabilities, embeddings)


def _chunks(
    images: list[Path], input_px: int, chunk: int, stop: threading.Event
) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    for start in range(0, len(images), chunk):
        if stop.is_set():
            raise Stopped()
        yield start, np.stack([read_image(path, input_px) for path in images[start : start + chunk]])


def _forward(
    model: Model, pixels: NDArray[np.uint8], forward_batch: int, compute: Compute, tell: Report
) -> tuple[Tensor, Tensor]:
    """Return embeddings (n, D) and logits (n, findings) of a chunk, `forward_batch` images at a time."""
    resized = torch.from_numpy(resize_images(pixels, int(model.card["size"])))
    embeddings, logits = [], []
    with torch.inference_mode(), compute.autocast():
        for images in resized.split(forward_batch):
            embedding, logit = model.net(compute.layout(standardise(images)))
            embeddings.append(embedding.float().cpu())
            logits.append(logit.float().cpu())
            tell("forward", n=len(logits) * forward_batch, total=len(resized))
    return torch.cat(embeddings), torch.cat(logits)


def write_ranking(path: Path, lines: Iterator[dict[str, Any]]) -> str:
    """Write JSON lines under a temporary name, rename, and return the SHA-256 of the file."""
    digest = hashlib.sha256()
    temporary = path.with_name(path.name + ".part")
    with temporary.open("wb") as file:
        for line in lines:
            data = (json.dumps(line, allow_nan=False) + "\n").encode()
            digest.update(data)
            file.write(data)
    temporary.replace(path)
    return digest.hexdigest()
