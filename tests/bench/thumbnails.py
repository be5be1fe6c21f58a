"""Gives each image of `population` a thumbnail of its own: `python -m tests.bench.thumbnails --films FOLDER`.

Real PNG files where an import puts them, drawn by the importer's own code: each from another part of one of the films,
so that their sizes and shapes differ as those of films do. Without a folder the films are phantoms.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import django
import numpy as np
from numpy.typing import NDArray
from PIL import Image

django.setup()

from django.core.files.storage import default_storage  # noqa: E402

from labelhub.imaging import storage  # noqa: E402
from labelhub.imaging.dicom.drawing.rendering import thumbnail  # noqa: E402
from labelhub.imaging.models import Instance  # noqa: E402
from workers.phantoms import generate  # noqa: E402

N_PHANTOMS = 100
SEED = 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--films", type=Path)
    films = _films(parser.parse_args().films)
    draw = np.random.default_rng(SEED)
    n_bytes = []
    prefixes = Instance.objects.order_by("case__number").values_list("storage_prefix", flat=True)
    for number, prefix in enumerate(prefixes):
        picture = thumbnail(np.ascontiguousarray(_part(films[number % len(films)], draw)))
        path = Path(default_storage.path(storage.thumbnail_key(prefix)))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture)
        n_bytes.append(len(picture))
    Instance.objects.update(thumbnail=Instance.Thumbnail.STORED)
    print(json.dumps({"n": len(n_bytes), "mean_kb": round(sum(n_bytes) / len(n_bytes) / 1000, 1)}))


def _films(folder: Path | None) -> list[NDArray[np.uint8]]:
    if folder is not None:
        return [np.asarray(Image.open(path).convert("L")) for path in sorted(folder.iterdir())]
    return [generate(seed=SEED, index=index).model_input(512) for index in range(N_PHANTOMS)]


def _part(film: NDArray[np.uint8], draw: np.random.Generator) -> NDArray[np.uint8]:
    """Most of the film, by chance."""
    rows, columns = (round(side * draw.uniform(0.75, 1)) for side in film.shape)
    top, left = (
        draw.integers(0, whole - part + 1) for whole, part in zip(film.shape, (rows, columns), strict=True)
    )
    return film[top : top + rows, left : left + columns]


if __name__ == "__main__":
    main()
