"""The summary at the end of `make test` tells what ran, what failed and what was left out."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.unit.launch.running import ROOT


@pytest.fixture(scope="module")
def stages() -> ModuleType:
    sys.path.append(str(ROOT / ".ci"))  # as when it is run: its reports stand beside it
    spec = importlib.util.spec_from_file_location("ci_stages", ROOT / ".ci" / "stages.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_summary_counts_tests_and_names_what_was_left_out(
    stages: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "test_it.py").write_text(
        "import pytest\n"
        "def test_passes(): pass\n"
        "@pytest.mark.skip(reason='no GPU here')\n"
        "def test_skipped(): pass\n"
        "def test_fails(): assert False\n"
    )
    python = stages.pytest("python", "-p", "no:django", "-c", "/dev/null", str(tmp_path / "test_it.py"))
    quick = stages.Stage("quick", stages.command(sys.executable, "-c", "pass"))
    plan = [python, quick]
    stages.run_lane(plan, tmp_path, is_alone=False)
    assert stages.summarise(plan, tmp_path, total_s=1.0) == 1
    printed = capsys.readouterr().out
    assert "assert False" in printed  # what a stage said is shown once it has ended
    assert "FAILED  python" in printed and "2 ran, 1 failed, 1 left out" in printed
    assert "left out  1 x no GPU here" in printed
    assert "passed  quick" in printed and "FAILED in python" in printed


ONCE = """
from pathlib import Path
def test_fails_once():
    seen = Path(__file__).with_name("seen")
    if not seen.exists():
        seen.touch()
        assert False
def test_passes(): pass
"""
ALWAYS = "def test_fails_always(): assert False"
MANY = "import pytest\n@pytest.mark.parametrize('n', range(4))\ndef test_fails(n): assert False"


@pytest.mark.parametrize(
    ("source", "code", "again"),
    [
        pytest.param(ONCE, 0, ["test_fails_once"], id="failed once"),
        pytest.param(ALWAYS, 1, ["test_fails_always"], id="fails always"),
        pytest.param(MANY, 1, [], id="too many to be an accident"),
        pytest.param("def test_passes(): pass", 0, [], id="passes"),
    ],
)
def test_a_browser_test_that_fails_is_run_once_more_and_named(
    stages: ModuleType,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    source: str,
    code: int,
    again: list[str],
) -> None:
    (tmp_path / "test_it.py").write_text(source)
    stage = stages.pytest(
        "browser", "-p", "no:django", "-c", "/dev/null", str(tmp_path / "test_it.py"), again=True
    )
    stages.run_lane([stage], tmp_path, is_alone=False)
    assert stages.summarise([stage], tmp_path, total_s=1.0) == code
    summary = capsys.readouterr().out.partition("=== summary")[2]
    named = [line for line in summary.splitlines() if line.startswith("again")]
    assert [line.split(":")[0].rsplit(".", 1)[-1] for line in named] == again


def test_what_runs_on_one_database_exists_and_runs_on_the_other(stages: ModuleType) -> None:
    """A renamed file would else run twice, and one in both lists never."""
    paths = [*stages.ON_POSTGRESQL_ALONE, *stages.ON_SQLITE_ALONE]
    assert len(set(paths)) == len(paths)
    for path in paths:
        assert (ROOT / path).is_file(), path
    for path in stages.ON_SQLITE_ALONE:
        assert 'vendor != "postgresql"' not in (ROOT / path).read_text(), f"{path} leaves out tests on SQLite"
        assert path.startswith((stages.INTEGRATION, stages.REAL_WORKERS)), path


def test_stale_generated_file_fails_and_names_the_command(
    stages: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fresh, kept = tmp_path / "fresh.json", ROOT / "LICENSE"
    fresh.write_text("{}")
    assert stages._same(fresh, kept) == 1
    assert "manage.py spectacular" in capsys.readouterr().err
    assert stages._same(kept, kept) == 0
