"""Starts that cannot work are refused with a sentence; socket paths stay short and private."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from labelhub.launch import environment, paths
from labelhub.launch.errors import LaunchError
from labelhub.launch.locks import check_port_is_free, free_port, only_one
from tests.unit.launch.running import ROOT


def test_port_in_use_is_refused_by_name() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(LaunchError, match=f"127.0.0.1:{port} cannot be used.*PORT={port + 1}") as refused:
            check_port_is_free("127.0.0.1", port)
    assert refused.value.code == "port_unavailable"
    check_port_is_free("127.0.0.1", port)


def test_second_supervisor_on_one_data_folder_is_refused(tmp_path: Path) -> None:
    with (
        only_one(tmp_path),
        pytest.raises(LaunchError, match=f"already runs on .*process {os.getpid()}"),
        only_one(tmp_path),
    ):
        pass
    with only_one(tmp_path):
        pass


def test_demo_says_in_one_line_that_its_port_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        env = {**os.environ, "PORT": str(taken.getsockname()[1]), "LABELHUB_DATA": str(tmp_path)}
        command = [sys.executable, "-m", "labelhub.launch.demo"]
        ended = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr.startswith("labelhub: 127.0.0.1:") and "Traceback" not in ended.stderr


@pytest.mark.parametrize("value", ["", "0", "65536", "http", "-1"])
def test_port_must_be_a_port(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PORT", value)
    if value:
        with pytest.raises(LaunchError, match="PORT must be"):
            environment.port()
    else:
        assert environment.port() == 8000


def test_runtime_folder_lies_in_a_short_data_folder(tmp_path: Path) -> None:
    assert paths.runtime_dir(tmp_path) == tmp_path / "run"
    assert paths.runtime_dir(tmp_path).stat().st_mode & 0o777 == 0o700


def test_runtime_folder_is_short_and_private_for_a_long_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    data = tmp_path / ("long" * 30)
    folder = paths.runtime_dir(data)
    assert folder.parent == tmp_path
    assert folder == paths.runtime_dir(data) != paths.runtime_dir(data / "other")
    assert folder.stat().st_mode & 0o777 == 0o700


def test_runtime_folder_made_by_someone_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    data = tmp_path / ("long" * 30)
    paths.runtime_dir(data).chmod(0o755)
    with pytest.raises(LaunchError, match="open to others"):
        paths.runtime_dir(data)


def test_free_port_can_be_bound() -> None:
    check_port_is_free("127.0.0.1", free_port())


def test_demo_refuses_a_folder_that_is_not_there(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "labelhub.launch.demo", "--data", str(tmp_path / "absent")]
    env = {**os.environ, "LABELHUB_DATA": str(tmp_path)}
    ended = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 1 and "is not a folder" in ended.stderr


def test_launcher_imports_no_django() -> None:
    names = ("demo", "dev", "production", "serve", "services")
    imports = "".join(f"import labelhub.launch.{name}\n" for name in names)
    code = imports + "import sys; assert not {'django', 'celery', 'torch'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
