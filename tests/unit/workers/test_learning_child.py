"""How a worker judges its child: by its exit code, and by whether its step counter moves."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from labelhub.core.errors import LabelHubError, Retryable
from workers.learning_child import LearningChild


@pytest.fixture
def child(tmp_path: Path) -> LearningChild:
    return LearningChild(SimpleNamespace(id="job", attempt=1), "workers.training", tmp_path)  # type: ignore[arg-type]


@pytest.mark.parametrize("code", [64, 65, 77])
def test_what_cannot_succeed_is_not_tried_again(child: LearningChild, code: int) -> None:
    child.error = {"event": "error", "code": "too_few_labels", "message": "Read more cases."}
    with pytest.raises(LabelHubError) as failed:
        child._outcome(code)
    assert not isinstance(failed.value, Retryable)
    assert (failed.value.code, failed.value.message) == ("too_few_labels", "Read more cases.")


@pytest.mark.parametrize(
    ("code", "name"),
    [(70, "internal"), (74, "io"), (75, "stopped"), (76, "orphaned"), (-9, "signal_9"), (3, "exit_3")],
)
def test_what_may_pass_is_tried_again(child: LearningChild, code: int, name: str) -> None:
    with pytest.raises(Retryable) as failed:
        child._outcome(code)
    assert failed.value.code == name


def test_running_out_of_memory_has_a_name_of_its_own(child: LearningChild) -> None:
    with pytest.raises(Retryable) as failed:
        child._outcome(71)
    assert failed.value.code == "out_of_memory"


def test_an_end_without_a_result_is_a_failure(child: LearningChild) -> None:
    with pytest.raises(Retryable):
        child._outcome(0)


def test_only_a_step_that_moves_counts_as_progress(child: LearningChild) -> None:
    step = {"event": "progress", "stage": "train", "step": 5, "total": 9, "epoch": 1, "loss": 0.5}
    child._take(step)
    moved_at = child.moved_at
    child._take({**step, "loss": 0.4})
    assert child.moved_at == moved_at
    child._take({**step, "step": 6})
    assert child.moved_at > moved_at


def test_images_that_go_through_the_net_are_progress_within_a_step(child: LearningChild) -> None:
    step = {"event": "progress", "stage": "evaluate", "step": 0, "total": 2}
    child._take(step)
    moved_at = child.moved_at
    child._take({"event": "forward", "n": 64, "total": 3000})
    assert child.moved_at > moved_at and child.progress == step


def test_the_history_has_one_entry_per_epoch(child: LearningChild) -> None:
    for step, epoch, loss in ((5, 0, 0.7), (9, 1, 0.6), (10, 1, 0.5)):
        child._take(
            {"event": "progress", "stage": "train", "step": step, "total": 20, "epoch": epoch, "loss": loss}
        )
    assert [(row["epoch"], row["step"], row["loss"]) for row in child.history.values()] == [
        (0, 5, 0.7),
        (1, 10, 0.5),
    ]


def test_an_epochs_validation_loss_outlives_its_later_steps(child: LearningChild) -> None:
    step = {"event": "progress", "stage": "train", "total": 20, "epoch": 1}
    child._take({**step, "step": 8, "loss": 0.6, "validation_loss": 0.65})
    child._take({**step, "step": 10, "loss": 0.5, "validation_loss": None})
    assert child.history[1] == {"epoch": 1, "step": 10, "loss": 0.5, "validation_loss": 0.65}
