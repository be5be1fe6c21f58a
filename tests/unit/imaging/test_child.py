"""The child is held to its limits, and its silence or death is an outcome."""

import os
import signal
import threading
from pathlib import Path

import pytest

from labelhub.imaging.dicom.limits import CHILD_ADDRESS_SPACE_BYTES
from labelhub.imaging.dicom.runner import ImportChild
from tests.factories.dicom import dicom_bytes, gradient
from tests.unit.imaging.conftest import KEY


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.dcm"
    path.write_bytes(dicom_bytes(gradient()))
    return path


def import_into(child: ImportChild, path: Path, name: str) -> dict[str, object]:
    folder = path.parent / name
    folder.mkdir()
    return child.import_file(path, folder, KEY)


def pid_of(child: ImportChild) -> int:
    assert child.pid is not None
    return child.pid


def test_a_child_that_dies_between_files_is_replaced(good: Path) -> None:
    with ImportChild() as child:
        import_into(child, good, "one")
        first = pid_of(child)
        os.kill(first, signal.SIGKILL)
        os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
        assert import_into(child, good, "two")["code"] == "ok"
        assert pid_of(child) != first


def test_a_child_that_dies_on_a_file_is_an_outcome_and_the_next_file_works(good: Path) -> None:
    with ImportChild() as child:
        import_into(child, good, "one")
        pid = pid_of(child)
        # Stopped, it holds the file; then it is killed, as the kernel would for memory.
        os.kill(pid, signal.SIGSTOP)
        killer = threading.Timer(0.2, os.kill, (pid, signal.SIGKILL))
        killer.start()
        answer = import_into(child, good, "two")
        killer.join()
        assert (answer["outcome"], answer["code"]) == ("rejected", "decoder_crashed")
        assert answer["content_sha256"]
        assert list((good.parent / "two").iterdir()) == []
        assert import_into(child, good, "three")["code"] == "ok"


def test_a_child_that_takes_too_long_is_stopped(good: Path) -> None:
    with ImportChild(timeout_s=0.3) as child:
        import_into(child, good, "one")
        pid = pid_of(child)
        os.kill(pid, signal.SIGSTOP)
        assert import_into(child, good, "two")["code"] == "too_slow"
        assert not Path(f"/proc/{pid}").exists()


def test_a_child_is_recycled(good: Path) -> None:
    with ImportChild(recycle_after=2) as child:
        pids = []
        for name in ("one", "two", "three"):
            import_into(child, good, name)
            pids.append(pid_of(child))
    assert pids[0] == pids[1] != pids[2]


def test_leaving_the_block_ends_the_child(good: Path) -> None:
    with ImportChild() as child:
        import_into(child, good, "one")
        pid = pid_of(child)
    assert not Path(f"/proc/{pid}").exists()


def test_the_child_is_limited_and_knows_no_secrets(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABELHUB_SECRET_KEY", "not for children")
    with ImportChild() as child:
        import_into(child, good, "one")
        process = Path(f"/proc/{pid_of(child)}")
        limits = {
            line[:26].strip(): line[26:].split()[0] for line in (process / "limits").read_text().splitlines()
        }
        assert int(limits["Max address space"]) == CHILD_ADDRESS_SPACE_BYTES
        assert limits["Max core file size"] == "0"
        assert b"LABELHUB_SECRET_KEY" not in (process / "environ").read_bytes()


def test_a_short_key_is_refused(good: Path) -> None:
    with ImportChild() as child, pytest.raises(ValueError, match="16 bytes"):
        child.import_file(good, good.parent, b"short")


def test_the_engine_imports_neither_django_nor_the_rest_of_labelhub() -> None:
    import subprocess
    import sys

    script = (
        "import sys, labelhub.imaging.dicom.engine, labelhub.imaging.dicom.runner\n"
        "import labelhub.imaging.dicom.files.archive\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('django', 'rest_framework', 'celery', 'torch')"
        " or (name.startswith('labelhub.') and not name.startswith('labelhub.imaging'))])"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
