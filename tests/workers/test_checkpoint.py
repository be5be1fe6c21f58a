"""Checkpoints: whole or absent, verified, the last two kept, never those of another run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from tests.workers.jobs import Recorder
from workers.training.checkpoint import load_newest, read_values, save_checkpoint, save_tensors

RUN = {"data_sha256": "d", "settings_sha256": "s"}


def save(folder: Path, step: int, **values: str) -> Path:
    tensors = {"net/w": torch.full((3, 2), float(step)), "rng": torch.arange(5, dtype=torch.uint8)}
    return save_checkpoint(folder, step, tensors, {"step": step, **RUN, **values})[0]


def test_a_checkpoint_comes_back_as_it_was(tmp_path: Path) -> None:
    save(tmp_path, 7)
    found = load_newest([tmp_path], RUN, Recorder())
    assert found is not None
    assert found.values == {"step": 7, **RUN}
    assert torch.equal(found.tensors["net/w"], torch.full((3, 2), 7.0))
    assert found.tensors["rng"].dtype == torch.uint8


def test_only_the_last_two_are_kept_and_nothing_half_written(tmp_path: Path) -> None:
    for step in (3, 6, 9, 12):
        save(tmp_path, step)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [f"step-{step:08d}.{kind}" for step in (9, 12) for kind in ("json", "safetensors")]


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5])


def flip_a_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def fill_with_zeros(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [truncate, flip_a_bit, fill_with_zeros, empty, Path.unlink])
@pytest.mark.parametrize("suffix", [".safetensors", ".json"])
def test_a_damaged_checkpoint_is_passed_over_for_the_one_before(
    tmp_path: Path, damage: Callable[[Path], None], suffix: str
) -> None:
    save(tmp_path, 3)
    damage(save(tmp_path, 6).with_suffix(suffix))
    recorder = Recorder()
    found = load_newest([tmp_path], RUN, recorder)
    assert found is not None
    assert found.values["step"] == 3
    is_absent = damage is Path.unlink and suffix == ".json"  # without its hash it never existed
    assert len(recorder.named("checkpoint_rejected")) == (0 if is_absent else 1)


def test_when_all_are_damaged_the_run_begins_anew(tmp_path: Path) -> None:
    for step in (3, 6):
        flip_a_bit(save(tmp_path, step))
    recorder = Recorder()
    assert load_newest([tmp_path], RUN, recorder) is None
    assert len(recorder.named("checkpoint_rejected")) == 2


def test_a_checkpoint_of_other_data_or_settings_is_refused(tmp_path: Path) -> None:
    save(tmp_path, 3, data_sha256="other")
    recorder = Recorder()
    assert load_newest([tmp_path], RUN, recorder) is None
    assert "data_sha256" in recorder.events[0]["reason"]


def test_a_checkpoint_swapped_with_anothers_hash_is_refused(tmp_path: Path) -> None:
    first, second = save(tmp_path, 3), save(tmp_path, 6)
    second.write_bytes(first.read_bytes())
    found = load_newest([tmp_path], RUN, Recorder())
    assert found is not None
    assert found.path == first


def test_the_newest_step_of_any_attempt_is_used(tmp_path: Path) -> None:
    save(tmp_path / "one", 9)
    save(tmp_path / "two", 6)
    found = load_newest([tmp_path / "one", tmp_path / "two", tmp_path / "three"], RUN, Recorder())
    assert found is not None
    assert found.path.parent.name == "one"


def test_equal_content_gives_equal_bytes(tmp_path: Path) -> None:
    tensors = {name: torch.arange(4.0) for name in "abcdefgh"}
    hashes = {save_tensors(tmp_path / "w.safetensors", tensors, {"net": "small"}) for _ in range(5)}
    assert len(hashes) == 1
    assert read_values((tmp_path / "w.safetensors").read_bytes()) == {"net": "small"}


def test_values_that_are_not_numbers_are_never_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        save_tensors(tmp_path / "w.safetensors", {}, {"loss": float("nan")})
    assert not list(tmp_path.iterdir())
