"""What an operator's environment asks of the processes, and what a wrong value is answered with."""

from __future__ import annotations

import os

import pytest

from labelhub.launch import commands, environment
from labelhub.launch.errors import LaunchError


@pytest.mark.parametrize(("cores", "threads"), [(1, "1"), (2, "2"), (3, "2"), (16, "15")])
def test_learning_leaves_one_of_many_cores_alone(
    monkeypatch: pytest.MonkeyPatch, cores: int, threads: str
) -> None:
    monkeypatch.delenv("LABELHUB_LEARNING_THREADS", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert dict(commands.learning_worker().env)["OMP_NUM_THREADS"] == threads


def test_learning_takes_the_threads_that_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABELHUB_LEARNING_THREADS", " 5 ")
    env = dict(commands.learning_worker().env)
    assert (env["OMP_NUM_THREADS"], env["MKL_NUM_THREADS"]) == ("5", "5")


@pytest.mark.parametrize("value", ["0", "-1", "two", "1.5", "1025"])
def test_a_number_of_threads_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("LABELHUB_LEARNING_THREADS", value)
    with pytest.raises(LaunchError, match="LABELHUB_LEARNING_THREADS") as refused:
        environment.learning_threads()
    assert refused.value.code == "invalid_threads"
