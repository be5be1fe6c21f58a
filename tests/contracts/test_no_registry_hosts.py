"""No file names the host of a package registry: where packages come from is the machine's own setting."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("labelhub", "workers", "tests", "docker", "docs", "frontend", ".ci")
ROOT_FILES = ("README.md", "CHANGELOG.md", "Makefile", "pyproject.toml", "constraints.txt", "manage.py")
GENERATED = {"node_modules", "dist", "__pycache__", "test-results", ".vite"}
SUFFIXES = {
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".json",
    ".yaml",
    ".yml",
    ".ts",
    ".tsx",
    ".js",
    ".html",
    ".css",
    "",
}

# In pieces, because the rule holds for this file too.
REGISTRY_HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("yarnpkg", "com"),
        ("npmmirror", "com"), ("download", "pytorch", "org"), ("anaconda", "org"), ("proxy", "golang", "org"),
        ("crates", "io"), ("docker", "io"), ("ghcr", "io"), ("quay", "io"),
    )
]  # fmt: skip


def text_files() -> Iterator[Path]:
    found = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*"))]
    kept = [path for path in found if not GENERATED & set(path.relative_to(ROOT).parts)]
    yield from (path for path in kept if path.is_file() and path.suffix in SUFFIXES)
    yield from (ROOT / name for name in ROOT_FILES if (ROOT / name).is_file())


def hosts_in(text: str) -> list[str]:
    return [host for host in REGISTRY_HOSTS if re.search(rf"(?<![\w-]){re.escape(host)}(?![\w-])", text)]


def test_no_file_names_a_package_registry() -> None:
    named = {
        str(path.relative_to(ROOT)): hosts_in(path.read_text(encoding="utf-8", errors="replace"))
        for path in text_files()
    }
    assert len(named) > 50
    assert {path: hosts for path, hosts in named.items() if hosts} == {}


@pytest.mark.parametrize("host", REGISTRY_HOSTS)
def test_a_planted_registry_is_found(host: str) -> None:
    assert hosts_in(f"index = https://files.{host}/simple") == [host]
    assert hosts_in(f"a-{host}ette") == []


def test_the_lock_file_holds_no_download_addresses() -> None:
    assert '"resolved"' not in (ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8")
