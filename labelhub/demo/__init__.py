"""The demonstration: two projects with people, real images, phantoms and simulated readers. Safe to run again."""

from labelhub.demo.phantoms import run_demo_job
from labelhub.demo.prepare import prepare_demo

__all__ = ["prepare_demo", "run_demo_job"]
