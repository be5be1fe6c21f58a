"""Management commands of a running LabelHub, one after another in one process of their own.

Starting Python and Django costs more than most commands. This file is both ends: `Commands` is the tests' side, and
run by its path it is the process, which knows nothing but Django and serves any checkout in whose folder it is started.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import select
import subprocess
import sys
from pathlib import Path
from threading import Lock
from typing import Any


class Commands:
    """The tests' side: starts the process with the first command, and again after one that did not come to its end."""

    def __init__(self, root: Path, environment: dict[str, str]) -> None:
        self._root, self._environment = root, environment
        self._process: subprocess.Popen[str] | None = None
        self._alone = Lock()

    def run(self, *arguments: str, stdin: str, timeout_s: float) -> str:
        """What the command printed, stripped; an AssertionError with its errors when it failed."""
        with self._alone:
            answer = self._ask({"arguments": arguments, "stdin": stdin}, timeout_s)
        assert answer["code"] == 0, answer["errors"][-3000:]
        return str(answer["output"]).strip()

    def close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _ask(self, request: dict[str, Any], timeout_s: float) -> dict[str, Any]:
        process = self._process = self._process or self._start()
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        if not select.select([process.stdout], [], [], timeout_s)[0]:
            self.close()
            raise AssertionError(f"{request['arguments']} did not end within {timeout_s:.0f} s")
        line = process.stdout.readline()
        if not line:
            self.close()
            raise AssertionError(f"{request['arguments']} ended its process")
        return dict(json.loads(line))

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(Path(__file__).resolve())],
            cwd=self._root,
            env={**os.environ, **self._environment, "PYTHONPATH": str(self._root)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )


def main() -> None:
    """The process: one request and one answer a line, until its input ends with the tests."""
    requests, answers = sys.stdin, os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    # The folder of this file, which Python puts first, holds modules of the tests.
    sys.path[0] = os.getcwd()
    from django.core.management import execute_from_command_line

    for line in requests:
        request = json.loads(line)
        output, errors, code = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO(), 0
        sys.stdin = io.StringIO(request["stdin"])
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
            try:
                execute_from_command_line(["manage.py", *request["arguments"]])
            except SystemExit as ending:
                code = 1 if isinstance(ending.code, str) else int(ending.code or 0)
            except Exception as error:  # noqa: BLE001 - told to the test that asked
                errors.write(f"{type(error).__name__}: {error}")
                code = 1
        output.seek(0)
        found = {"code": code, "output": output.read(), "errors": errors.getvalue()}
        print(json.dumps(found), file=answers, flush=True)


if __name__ == "__main__":
    main()
