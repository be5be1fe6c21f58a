"""Calls that the design rules out are nowhere in the sources: found by syntax tree, through import aliases."""

import ast
import dataclasses
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ("labelhub", "workers", "tests", "docker", ".ci", "manage.py")
GENERATED = {".git", ".venv", "var", "node_modules", "dist", "__pycache__", "shared"}


class Module:
    """A parsed file in which every name is read through the imports that gave it."""

    def __init__(self, source: str) -> None:
        self.tree = ast.parse(source)
        self.aliases: dict[str, str] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                # `import os.path` binds `os`; `import a.b as c` binds the whole of it.
                self.aliases |= {a.asname: a.name for a in node.names if a.asname}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                self.aliases |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}

    def name_of(self, node: ast.expr) -> str:
        """Return the dotted name of an expression, or "" when it is none."""
        if isinstance(node, ast.Name):
            return self.aliases.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            owner = self.name_of(node.value)
            return f"{owner}.{node.attr}" if owner else f"?.{node.attr}"
        return ""

    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield self.name_of(node.func), node

    def imports(self) -> Iterator[tuple[str, int]]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module, node.lineno
                yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def unpickling(module: Module) -> Iterator[int]:
    pickling = {"pickle", "_pickle", "cPickle", "cloudpickle", "dill", "joblib", "shelve", "marshal"}
    yield from (line for name, line in module.imports() if name.split(".")[0] in pickling)
    for _, call in module.calls():
        for keyword in call.keywords:
            if keyword.arg == "allow_pickle" and not _is_constant(keyword.value, False):
                yield call.lineno


def torch_load(module: Module) -> Iterator[int]:
    yield from _calls_of(
        module, lambda name: name in {"torch.load", "torch.jit.load", "torch.package.PackageImporter"}
    )


def extract_all(module: Module) -> Iterator[int]:
    yield from _calls_of(module, lambda name: name.endswith(".extractall") or name == "shutil.unpack_archive")


def yaml_load(module: Module) -> Iterator[int]:
    loaders = {"load", "load_all", "full_load", "unsafe_load", "unsafe_load_all"}
    yield from _calls_of(module, lambda name: name in {f"yaml.{loader}" for loader in loaders})


def django_signals(module: Module) -> Iterator[int]:
    for name, line in module.imports():
        if name.startswith("django.dispatch") or re.match(r"(django|rest_framework)\.(.*\.)?signals\b", name):
            yield line


def naive_clock(module: Module) -> Iterator[int]:
    for name, call in module.calls():
        without_zone = name in {"datetime.datetime.now", "datetime.now"} and not (call.args or call.keywords)
        if without_zone or re.search(r"\bdatetime\.utcnow$|\bdatetime\.today$|\bdate\.today$", name):
            yield call.lineno


def environment(module: Module) -> Iterator[int]:
    settings_choice = {
        id(call.func.value)
        for name, call in module.calls()
        if name == "os.environ.setdefault"
        and isinstance(call.func, ast.Attribute)
        and _is_constant(call.args[0], "DJANGO_SETTINGS_MODULE")
    }
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Attribute | ast.Name) or id(node) in settings_choice:
            continue
        if module.name_of(node) in {"os.environ", "os.environb", "os.getenv", "os.putenv"}:
            yield node.lineno


def printing(module: Module) -> Iterator[int]:
    for name, call in module.calls():
        # With `file` it writes to a stream that the caller chose.
        to_stdout = "file" not in {keyword.arg for keyword in call.keywords}
        if name in {"print", "builtins.print", "pprint.pprint"} and to_stdout:
            yield call.lineno


def _calls_of(module: Module, is_forbidden: Callable[[str], bool]) -> Iterator[int]:
    yield from (call.lineno for name, call in module.calls() if is_forbidden(name))


def _is_constant(node: ast.expr, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value == value


@dataclasses.dataclass(frozen=True)
class Ban:
    """A forbidden call: how to find it, where it is allowed, and what proves that the finder works."""

    find: Callable[[Module], Iterator[int]]
    planted: tuple[str, ...]
    innocent: tuple[str, ...]
    allowed: tuple[str, ...] = ()


BANS = {
    "unpickling": Ban(
        unpickling,
        (
            "import pickle",
            "from cloudpickle import loads",
            "import numpy as np\nnp.load('x', allow_pickle=True)",
        ),
        ("import json", "import numpy as np\nnp.load('x', allow_pickle=False)", "name = 'pickle'"),
    ),
    "torch.load": Ban(
        torch_load,
        (
            "import torch\ntorch.load('x')",
            "import torch as t\nt.load('x')",
            "from torch import load as read\nread(1)",
        ),
        ("import json\njson.load(f)", "from safetensors.torch import load\nload(b'')"),
    ),
    "extractall": Ban(
        extract_all,
        ("zipfile.ZipFile(f).extractall(p)", "import shutil\nshutil.unpack_archive(f)"),
        ("zipfile.ZipFile(f).open(member)",),
    ),
    "yaml.load": Ban(
        yaml_load,
        ("import yaml\nyaml.load(f, Loader=yaml.SafeLoader)", "from yaml import unsafe_load\nunsafe_load(f)"),
        ("import yaml\nyaml.safe_load(f)",),
    ),
    "signals": Ban(
        django_signals,
        (
            "from django.dispatch import receiver",
            "from django.db.models.signals import post_save",
            "from django.db.models import signals",
            "import django.core.signals",
        ),
        ("import signal", "from celery.signals import worker_process_init"),
    ),
    "a clock without zone": Ban(
        naive_clock,
        (
            "import datetime as dt\ndt.datetime.now()",
            "from datetime import datetime\ndatetime.utcnow()",
            "from datetime import date\ndate.today()",
        ),
        (
            "from datetime import UTC, datetime\ndatetime.now(UTC)",
            "from django.utils import timezone\ntimezone.now()",
        ),
    ),
    "the environment": Ban(
        environment,
        (
            "import os\nos.environ['X']",
            "from os import getenv\ngetenv('X')",
            "import os\nos.environ.setdefault('X', '')",
        ),
        ("import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'x')", "import os\nos.replace(a, b)"),
        # The last two hand a short list (PATH and its like) on to the child that they start without the rest.
        allowed=(
            "labelhub/config/env.py",
            "labelhub/launch/",
            "tests/",
            ".ci/",
            "labelhub/imaging/dicom/runner.py",
            "workers/learning_child.py",
        ),
    ),
    "print": Ban(
        printing,
        ("print('x')", "import builtins\nbuiltins.print('x')"),
        ("self.stdout.write('x')", "import sys\nsys.stdout.write('{}')", "print('{}', file=answers)"),
        allowed=(
            "labelhub/commands/",
            "labelhub/launch/",
            "workers/__main__.py",
            "manage.py",
            "tests/",
            ".ci/",
        ),
    ),
}


def python_files() -> Iterator[Path]:
    for source in SOURCES:
        path = ROOT / source
        yield from (
            [path] if path.is_file() else (p for p in sorted(path.rglob("*.py")) if not _is_generated(p))
        )


def _is_generated(path: Path) -> bool:
    return bool(GENERATED & set(path.relative_to(ROOT).parts))


def offences_in(source: str, ban: Ban) -> list[int]:
    return sorted(set(ban.find(Module(source))))


def _is_allowed(path: str, ban: Ban) -> bool:
    # The command line of a numerical package is its __main__.
    return path.startswith(ban.allowed) or ("workers/__main__.py" in ban.allowed and _is_worker_main(path))


def _is_worker_main(path: str) -> bool:
    return path.startswith("workers/") and path.endswith("/__main__.py")


@pytest.fixture(scope="module")
def modules() -> dict[str, Module]:
    return {
        path.relative_to(ROOT).as_posix(): Module(path.read_text(encoding="utf-8")) for path in python_files()
    }


@pytest.mark.parametrize("name", BANS)
def test_no_source_holds_a_forbidden_call(modules: dict[str, Module], name: str) -> None:
    ban = BANS[name]
    offences = [
        f"{path}:{line}"
        for path, module in modules.items()
        if not _is_allowed(path, ban)
        for line in sorted(set(ban.find(module)))
    ]
    assert offences == []


@pytest.mark.parametrize(
    ("name", "source"), [(name, planted) for name, ban in BANS.items() for planted in ban.planted]
)
def test_a_planted_offence_is_found_at_its_line(name: str, source: str) -> None:
    assert offences_in(source, BANS[name]) == [len(source.splitlines())]


@pytest.mark.parametrize(
    ("name", "source"), [(name, good) for name, ban in BANS.items() for good in ban.innocent]
)
def test_an_innocent_neighbour_is_left_alone(name: str, source: str) -> None:
    assert offences_in(source, BANS[name]) == []


def test_the_sources_are_really_read(modules: dict[str, Module]) -> None:
    assert {"manage.py", "labelhub/config/env.py", "labelhub/core/models.py"} <= set(modules)
    assert any(path.startswith("workers/") for path in modules)
