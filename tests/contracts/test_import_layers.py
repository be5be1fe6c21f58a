"""The import contracts of pyproject.toml hold, and would be seen to be broken."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")
LOWEST_FIRST = (
    "core accounts projects imaging reading consensus learning releases workflows demo".split()  # noqa: SIM905
)

BREACHES = {
    "core imports an app above it": ("labelhub/core/planted.py", "import labelhub.reading.models"),
    "an app imports the next one": ("labelhub/reading/planted.py", "from labelhub import consensus"),
    "the domain imports the demonstration": ("labelhub/workflows/planted.py", "import labelhub.demo"),
    "an app imports the API": ("labelhub/learning/planted.py", "import labelhub.api"),
    "the web imports the workers": ("labelhub/workflows/planted.py", "import workers.training"),
    "the web imports torch": ("labelhub/learning/planted.py", "def score():\n    import torch\n"),
    "a numerical package imports Django": ("workers/training/planted.py", "from django.db import models"),
    "agreement imports Django": ("labelhub/consensus/agreement/planted.py", "import django.utils.timezone"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(LINT_IMPORTS), "--no-cache", "--no-logo"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def copied_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources with the real contracts, to plant breaches in."""
    folder = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package in ("labelhub", "workers"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_every_import_contract_is_kept() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("breach", BREACHES)
def test_a_planted_breach_is_found(copied_tree: Path, breach: str) -> None:
    path, source = BREACHES[breach]
    planted = copied_tree / path
    planted.write_text(source + "\n")
    try:
        result = lint(copied_tree)
    finally:
        planted.unlink()
    assert result.returncode == 1, result.stdout + result.stderr
    assert "BROKEN" in result.stdout
    assert "planted" in result.stdout


def test_the_contract_holds_the_apps_in_their_order() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    named = [layer.removeprefix("labelhub.") for layer in reversed(layers) if "|" not in layer]
    assert named == ["launch", *LOWEST_FIRST]


def test_every_app_is_in_the_contract() -> None:
    layers = (ROOT / "pyproject.toml").read_text()
    # The supervisor runs before Django and is used by no app.
    apps = {path.parent.name for path in (ROOT / "labelhub").glob("*/__init__.py")} - {"launch"}
    assert {app for app in apps if f"labelhub.{app}" not in layers} == set()
