"""The container files run the commands, and pass the variables, that the launcher's modules declare."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from labelhub.launch import commands, environment
from tests.unit.launch.running import ROOT

DOCKER = ROOT / "docker"


def image_command(dockerfile: str) -> tuple[str, ...]:
    lines = (DOCKER / dockerfile).read_text().splitlines()
    return tuple(json.loads(next(line for line in lines if line.startswith("CMD ")).removeprefix("CMD ")))


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text())
    return loaded


def test_images_run_the_declared_commands() -> None:
    assert image_command("Dockerfile.web") == commands.web(host="0.0.0.0", port=8000).argv
    assert image_command("Dockerfile.worker") == commands.interactive_worker().argv
    assert image_command("Dockerfile.worker-gpu") == commands.learning_worker().argv


def test_compose_runs_the_declared_commands(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert tuple(services["worker-clock"]["command"]) == commands.clock_worker().argv
    assert tuple(services["worker-learning"]["command"]) == commands.learning_worker().argv
    assert tuple(services["beat"]["command"]) == commands.beat().argv
    assert tuple(services["migrate"]["command"]) == commands.manage("migrate", "--no-input").argv


@pytest.mark.parametrize(
    "name",
    ["migrate", "web", "worker-clock", "worker-interactive", "worker-learning", "worker-gpu", "beat"],
)
def test_compose_passes_every_production_variable(compose: dict[str, Any], name: str) -> None:
    assert set(compose["services"][name]["environment"]) == set(environment.PRODUCTION)


def test_trial_sets_only_production_variables_and_the_loopback_exception(tmp_path: Path) -> None:
    env = environment.production(tmp_path, database_url="postgresql://", broker_url="redis://")
    ours = {name for name in env if name.startswith("LABELHUB_")} - {"LABELHUB_INSECURE_HTTP"}
    assert ours <= set(environment.PRODUCTION)


def test_example_environment_names_every_value_that_compose_asks_for() -> None:
    text = (DOCKER / "compose.yaml").read_text()
    asked = {part.split(":", 1)[0].split("}", 1)[0] for part in text.split("${")[1:]}
    offered = {
        line.split("=")[0] for line in (DOCKER / "env.example").read_text().splitlines() if "=" in line
    }
    assert asked <= {name.strip("# ") for name in offered}


def test_the_learning_stack_is_an_extra_that_the_web_image_goes_without() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    stack = {"torch", "monai", "safetensors"}
    assert not {name for name in stack for line in project["dependencies"] if line.startswith(name)}
    assert {line.split(">")[0] for line in project["optional-dependencies"]["learning"]} == stack
    assert "[learning]" not in (DOCKER / "Dockerfile.web").read_text()
    for worker in ("Dockerfile.worker", "Dockerfile.worker-gpu"):
        assert '-e ".[learning]"' in (DOCKER / worker).read_text()


def test_the_web_process_starts_without_the_learning_stack() -> None:
    """Nor does it load SciPy, which takes a second and is for statistics that no request computes."""
    absent = "import sys; sys.modules |= dict.fromkeys(('torch', 'monai', 'safetensors', 'scipy'))"
    load = "import django; django.setup(); import labelhub.config.wsgi; import labelhub.config.urls"
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "labelhub.config.settings.test"}
    subprocess.run([sys.executable, "-c", f"{absent}; {load}"], cwd=ROOT, env=env, check=True)
