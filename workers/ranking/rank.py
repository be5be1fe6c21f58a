"""One ranking, top to bottom: read the pool, score it, order it, write it."""

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from workers.ranking.acquisition import ACQUISITIONS, acquisition_scores
from workers.ranking.predict import Model, Predictions, load_model, predict_pool, write_ranking
from workers.ranking.select import WHYS, Entry, Pool, order_pool
from workers.training.child import Report, attempt_directory
from workers.training.config import DEVICES, PRECISIONS, checked_settings
from workers.training.data import read_json
from workers.training.device import choose_compute
from workers.training.errors import InvalidInput

# On a processor the feature maps of a few images stay in its cache; a GPU wants its cores filled.
FORWARD_BATCH = {"cpu": 8, "cuda": 256}


@dataclass(frozen=True)
class RankConfig:
    """Settings of one ranking."""

    seed: int = 0
    acquisition: str = "entropy"
    batch_size: int = 50
    n_batches: int = 5
    random_share: float = 0.15
    diversity_share: float = 0.35
    patient_cap: int = 1  # cases of one patient in a batch
    duplicate_cosine: float = 0.995  # of standardised embeddings; above it two films count as the same
    candidate_factor: int = 10  # diverse cases come from this many batches' worth of the highest scores
    chunk: int = 256  # images read together
    forward_batch: int = 0  # images in one forward pass; 0 = as the device likes it
    device: str = "auto"
    precision: str = "auto"
    threads: int = 0

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        """Read a configuration. Raises InvalidInput for unknown keys and values out of range."""
        config = cls(**checked_settings(cls, document))
        choices = (("acquisition", ACQUISITIONS), ("device", DEVICES), ("precision", PRECISIONS))
        for name, allowed in choices:
            if getattr(config, name) not in allowed:
                raise InvalidInput("wrong_choice", f"Setting {name!r} must be one of {', '.join(allowed)}.")
        for name in ("batch_size", "n_batches", "patient_cap", "candidate_factor", "chunk"):
            if getattr(config, name) < 1:
                raise InvalidInput("out_of_range", f"Setting {name!r} must be at least 1.")
        for name in ("random_share", "diversity_share"):
            if not 0 <= getattr(config, name) <= 1:
                raise InvalidInput("out_of_range", f"Setting {name!r} must lie between 0 and 1.")
        if config.forward_batch < 0:
            raise InvalidInput("out_of_range", "Setting 'forward_batch' must not be negative.")
        return config


@dataclass(frozen=True)
class PoolCase:
    """A candidate: a case and what to do with it, with its eligible images (none: it cannot be scored)."""

    case: str
    action: str
    patient: str
    images: tuple[Path, ...]
    phash: str | None


def rank(job: Path, attempt: int, report: Report, stop: threading.Event) -> None:
    """Rank the pool of a job and report where the order was written."""
    config = RankConfig.from_json(read_json(job / "config.json"))
    document = read_json(job / "pool.json")
    cases = read_pool(document, job)
    out = attempt_directory(job, attempt)
    out.mkdir(parents=True, exist_ok=True)
    compute = choose_compute(config.device, config.precision, config.threads)
    models = [load_model(job / m["card"], job / m["weights"], compute) for m in document["models"]]
    _refuse_unequal(models)
    report(
        "start",
        n_cases=len(cases),
        n_models=len(models),
        device=compute.device.type,
        precision=compute.precision,
    )

    predictions = predict_pool(
        models,
        [image for case in cases for image in case.images],
        input_px=int(document["input_px"]),
        chunk=config.chunk,
        forward_batch=config.forward_batch or FORWARD_BATCH[compute.device.type],
        compute=compute,
        scratch=out / "embeddings.f16",
        report=report,
        stop=stop,
    )
    prevalence = np.array([models[0].card["prevalence"][code] for code in models[0].findings])
    scores = acquisition_scores(config.acquisition, predictions.probabilities, prevalence)
    image_of_case, case_scores = best_images(scores, [len(case.images) for case in cases])

    report("progress", stage="select", step=0, total=1)
    entries = order_cases(config, cases, predictions, image_of_case, case_scores)
    mean = predictions.probabilities.mean(axis=0)
    lines = ranking_lines(entries, cases, models[0].findings, mean, image_of_case, case_scores)
    sha256 = write_ranking(out / "ranking.jsonl", lines)
    (out / "embeddings.f16").unlink(missing_ok=True)
    counts = Counter(entry.why for entry in entries)
    report(
        "done",
        ranking=str(out / "ranking.jsonl"),
        sha256=sha256,
        n=len(entries),
        counts={why: counts[why] for why in WHYS},
        n_unscored=int(np.isnan(case_scores).sum()),
        settings=asdict(config),
    )


def read_pool(document: dict[str, Any], folder: Path) -> list[PoolCase]:
    """Read and check pool.json. Raises InvalidInput."""
    try:
        cases = [
            PoolCase(
                case=str(row["case"]),
                action=str(row["action"]),
                patient=str(row["patient"]),
                images=tuple(folder / image for image in row["images"]),
                phash=row.get("phash"),
            )
            for row in document["cases"]
        ]
        has_models = bool(document["models"]) and all(
            {"card", "weights"} <= set(m) for m in document["models"]
        )
        int(document["input_px"])
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput(
            "wrong_pool", f"pool.json lacks a key or holds a wrong value: {error!r}."
        ) from None
    if not has_models:
        raise InvalidInput(
            "no_model", "pool.json names no model: without one the pool stays in random order."
        )
    if len({(case.case, case.action) for case in cases}) != len(cases):
        raise InvalidInput("case_twice", "pool.json names a case twice with the same action.")
    return cases


def _refuse_unequal(models: list[Model]) -> None:
    if len({model.findings for model in models}) > 1:
        raise InvalidInput(
            "unequal_ensemble", "The models of an ensemble must know the same findings in the same order."
        )


def best_images(
    scores: NDArray[np.floating[Any]], n_images: list[int]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return for each case its highest-scoring image (-1 = it has none) and that score (NaN = none).

    scores: (N,) per image, the images of a case one after another.
    """
    best = np.full(len(n_images), -1, dtype=np.int64)
    case_scores = np.full(len(n_images), np.nan)
    start = 0
    for case, n in enumerate(n_images):
        if n:
            best[case] = start + int(scores[start : start + n].argmax())
            case_scores[case] = scores[best[case]]
        start += n
    return best, case_scores


def order_cases(
    config: RankConfig,
    cases: list[PoolCase],
    predictions: Predictions,
    image_of_case: NDArray[np.int64],
    case_scores: NDArray[np.float64],
) -> list[Entry]:
    """Return the order of all cases."""
    if not len(predictions.embeddings):
        predictions = Predictions(predictions.probabilities, np.zeros((1, 1), dtype=np.float16))
    one_image_each = np.array_equal(image_of_case, np.arange(len(predictions.embeddings)))
    # The common pool has one image a case: then the memory map is used as it lies, without a copy.
    embeddings = predictions.embeddings if one_image_each else predictions.embeddings[image_of_case.clip(0)]
    pool = Pool(
        patients=[case.patient for case in cases],
        scores=case_scores,
        embeddings=embeddings,
        phashes=[case.phash for case in cases],
    )
    return order_pool(
        pool,
        seed=config.seed,
        batch_size=config.batch_size,
        n_batches=config.n_batches,
        random_share=config.random_share,
        diversity_share=config.diversity_share,
        patient_cap=config.patient_cap,
        duplicate_cosine=config.duplicate_cosine,
        candidate_factor=config.candidate_factor,
    )


def ranking_lines(
    entries: list[Entry],
    cases: list[PoolCase],
    findings: tuple[str, ...],
    probabilities: NDArray[np.float32],
    image_of_case: NDArray[np.int64],
    case_scores: NDArray[np.float64],
) -> Iterator[dict[str, Any]]:
    """Yield one JSON object per case, in order, with the reason why it is where it is."""
    for position, entry in enumerate(entries, start=1):
        image = image_of_case[entry.row]
        has_score = image >= 0
        yield {
            "position": position,
            "case": cases[entry.row].case,
            "action": cases[entry.row].action,
            "why": entry.why,
            "batch": entry.batch,
            "score": round(float(case_scores[entry.row]), 6) if has_score else None,
            "probabilities": (
                {code: round(float(p), 4) for code, p in zip(findings, probabilities[image], strict=True)}
                if has_score
                else None
            ),
        }
