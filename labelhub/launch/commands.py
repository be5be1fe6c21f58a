"""The exact commands that make up LabelHub, in one place: demo, Dockerfiles and tests all use these."""

from __future__ import annotations

from dataclasses import replace

from labelhub.launch import environment
from labelhub.launch.paths import program
from labelhub.launch.supervisor import Command

_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def web(*, host: str, port: int, workers: int = 2) -> Command:
    """The application server; in production a proxy in front of it ends TLS."""
    argv = ["granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    argv += ["--workers", str(workers), "--blocking-threads", "8", "--no-ws", "--respawn-failed-workers"]
    argv += ["--workers-kill-timeout", "5"]
    return Command("web", (*argv, "labelhub.config.wsgi:application"), _ONE_THREAD)


def _worker(queue: str, concurrency: int) -> tuple[str, ...]:
    head = ("celery", "-A", "workers.app", "worker", "-Q", queue, "-c", str(concurrency))
    return (*head, "--without-gossip", "--without-mingle", "-n", f"{queue}@%h", "-l", "INFO")


def clock_worker() -> Command:
    """What beat rings for: leases, sweeps, due trainings, the audit seal; one process that nothing long blocks."""
    return Command("worker-clock", (*_worker("clock", 1), "-P", "solo"), _ONE_THREAD)


def interactive_worker() -> Command:
    """Imports, consensus, publishing: what a person waits for."""
    return Command("worker-interactive", _worker("interactive", 2), _ONE_THREAD)


def learning_worker(*, niceness: int = 10) -> Command:
    """Training and scoring, one at a time, niced: whoever reads goes first.

    Its threads spin only shortly (libgomp) while they wait for each other: as it is by default, two beside busy readers
    are five times slower than one.
    """
    threads = str(environment.learning_threads())
    env = {"OMP_NUM_THREADS": threads, "MKL_NUM_THREADS": threads, "GOMP_SPINCOUNT": "10000"}
    return Command("worker-learning", _worker("learning", 1), env, niceness)


def beat() -> Command:
    """The clock. Its schedule stays in memory: rows decide what is due, and no pickled file is read."""
    return Command(
        "beat", ("celery", "-A", "workers.app", "beat", "-S", "celery.beat:Scheduler", "-l", "INFO")
    )


def manage(*arguments: str) -> Command:
    """One of Django's management commands, named after its first argument."""
    return Command(arguments[0], ("python", "manage.py", *arguments), _ONE_THREAD)


def here(command: Command) -> Command:
    """The command with its program replaced by the one of this Python environment."""
    return replace(command, argv=(program(command.argv[0]), *command.argv[1:]))
