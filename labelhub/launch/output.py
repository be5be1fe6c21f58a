"""What children write: cut into lines and kept in rotating log files with UTC times."""

from __future__ import annotations

import logging
import logging.handlers
import os
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

LOG_BYTES = 10 * 1024 * 1024
LOG_FILES = 3


class Lines:
    """Cuts a stream of bytes into lines; keeps the last ones, and the one that is not finished."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rest = b""
        self.last: deque[str] = deque(maxlen=15)

    def split(self, chunk: bytes) -> Iterator[str]:
        *lines, self.rest = (self.rest + chunk).split(b"\n")
        for line in lines:
            self.last.append(line.decode(errors="replace").rstrip("\r"))
            yield self.last[-1]


def available(descriptor: int) -> bytes | None:
    """Bytes ready now; None when there are none yet, empty at the end of the stream."""
    try:
        return os.read(descriptor, 65536)
    except BlockingIOError:
        return None


def log_file(path: Path, name: str) -> logging.Logger:
    logger = logging.Logger(name)
    handler = logging.handlers.RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=LOG_FILES)
    formatter = logging.Formatter(f"%(asctime)s.%(msecs)03dZ {name} | %(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    logger.addHandler(handler)
    return logger
