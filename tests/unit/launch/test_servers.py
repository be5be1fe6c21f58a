"""The private Redis and PostgreSQL are real, ask for their passwords, and are gone when they should be."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest
import redis

from labelhub.launch import redis_server
from labelhub.launch.errors import LaunchError
from labelhub.launch.postgres_server import PostgresServer
from labelhub.launch.redis_server import RedisServer
from tests.unit.launch.running import ROOT, eventually, is_running


def test_redis_answers_on_its_socket_and_leaves_nothing() -> None:
    with RedisServer() as server:
        client = redis.Redis(unix_socket_path=str(server.socket_path))
        assert client.set("key", "value") and client.get("key") == b"value"
        assert server.url == f"redis+socket://{server.socket_path}"
    assert not server.folder.exists()


def test_redis_on_loopback_asks_for_its_password() -> None:
    with RedisServer(tcp=True) as server:
        assert redis.Redis.from_url(server.url).ping()
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(port=server.port).ping()
        assert (server.folder / "redis.conf").stat().st_mode & 0o777 == 0o600


def test_redis_refuses_a_socket_path_that_the_kernel_would_cut(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30)
    with pytest.raises(LaunchError) as refused:
        redis_server.write_config(folder)
    assert refused.value.code == "socket_path_too_long"


@pytest.mark.parametrize("tcp", [False, True])
def test_postgres_holds_a_database_and_leaves_nothing(tcp: bool) -> None:
    with PostgresServer(tcp=tcp) as server:
        connection = psycopg2.connect(server.url)
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_database(), current_user")
            assert cursor.fetchone() == ("labelhub", "labelhub")
        pid = server.pid
    connection.close()
    assert not is_running(pid) and not server.folder.exists()


def test_postgres_refuses_a_wrong_password() -> None:
    with PostgresServer(tcp=True) as server, pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(server.url.replace(server.password, "wrong"))


def test_two_postgres_servers_run_side_by_side() -> None:
    with PostgresServer() as one, PostgresServer() as two:
        assert one.pid != two.pid
        for server in (one, two):
            psycopg2.connect(server.url).close()


@pytest.mark.parametrize("server", ["postgres_server.PostgresServer", "redis_server.RedisServer"])
def test_a_server_and_its_folder_go_with_a_killed_parent(server: str) -> None:
    module, name = server.split(".")
    code = (
        f"from labelhub.launch.{module} import {name}\n"
        "import time\n"
        f"with {name}() as server: print(server._process.pid, server.folder, flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid, folder = parent.stdout.readline().split()
        parent.kill()
    eventually(lambda: not is_running(int(pid)), f"{name} ended")
    eventually(lambda: not Path(folder).exists(), "its folder is removed")


def test_services_pass_addresses_to_the_command_and_its_exit_code_back() -> None:
    code = (
        "import os, psycopg2, redis\n"
        "psycopg2.connect(os.environ['LABELHUB_TEST_DATABASE_URL']).close()\n"
        "redis.Redis(unix_socket_path=os.environ['LABELHUB_BROKER_URL'].split('://')[1]).ping()\n"
        "raise SystemExit(7)"
    )
    command = [sys.executable, "-m", "labelhub.launch.services", "--postgres", "--redis", "--"]
    ended = subprocess.run([*command, sys.executable, "-c", code], cwd=ROOT, check=False)
    assert ended.returncode == 7


def test_services_end_with_the_command_on_a_signal() -> None:
    code = "import os; print(os.environ['LABELHUB_BROKER_URL'], flush=True); import time; time.sleep(600)"
    command = [sys.executable, "-m", "labelhub.launch.services", "--redis", "--", sys.executable, "-c", code]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=os.environ) as running:
        assert running.stdout is not None
        socket_path = Path(running.stdout.readline().strip().split("://")[1])
        assert socket_path.exists()
        running.send_signal(signal.SIGTERM)
        running.wait()
    assert not socket_path.exists()
