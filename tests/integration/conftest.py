"""One import child for the imports of all tests, which would else start one each: half a second of Python and numpy."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from labelhub.imaging.dicom.runner import ImportChild

Waiting = list[tuple[subprocess.Popen[bytes], int]]


@pytest.fixture(scope="session")
def waiting_import_children() -> Iterator[Waiting]:
    """Children that wait for the next import, each with the number of files that it has seen."""
    children: Waiting = []
    yield children
    for process, _ in children:
        ended = ImportChild()
        ended._process = process
        ended.close()


@pytest.fixture(autouse=True)
def shared_import_child(waiting_import_children: Waiting, monkeypatch: pytest.MonkeyPatch) -> None:
    """An import that ends in peace leaves its child to the next one; a child that was killed or is too old is not kept.

    Only the main thread's: the kernel ends a child with the thread that started it.
    """
    start, leave = ImportChild._start, ImportChild.__exit__

    def start_or_take(self: ImportChild) -> subprocess.Popen[bytes]:
        if not waiting_import_children or threading.current_thread() is not threading.main_thread():
            return start(self)
        self._process, self._n_files = waiting_import_children.pop()
        return self._process

    def keep(self: ImportChild, *error: Any) -> None:
        in_peace = error[0] is None and threading.current_thread() is threading.main_thread()
        if in_peace and self._process is not None and self._n_files < self.recycle_after:
            waiting_import_children.append((self._process, self._n_files))
            self._process = None
        leave(self, *error)

    monkeypatch.setattr(ImportChild, "_start", start_or_take)
    monkeypatch.setattr(ImportChild, "__exit__", keep)
