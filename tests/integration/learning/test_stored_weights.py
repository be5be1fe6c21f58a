"""Weights that no model names go after a day; those of a model, and young ones, do not."""

from __future__ import annotations

import os
import time
from pathlib import Path

from django.core.files.storage import default_storage

from labelhub.learning.files import store_weights, unreferenced_weights_remove
from labelhub.projects.models import Project
from tests.factories.learning import make_model

DAY_AGO = time.time() - 25 * 3600


def stored(folder: Path, *, old: bool) -> str:
    source = folder / "weights.safetensors"
    source.write_bytes(b"weights")
    key = store_weights(source)
    if old:
        os.utime(default_storage.path(key), (DAY_AGO, DAY_AGO))
    return key


def test_weights_of_a_lost_attempt_are_removed(project: Project, tmp_path: Path) -> None:
    lost, young = stored(tmp_path, old=True), stored(tmp_path, old=False)
    named = make_model(project, weights_key=stored(tmp_path, old=True)).weights_key
    unreferenced_weights_remove()
    assert [default_storage.exists(key) for key in (lost, young, named)] == [False, True, True]
    assert unreferenced_weights_remove() == 0
