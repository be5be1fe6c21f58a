"""One machine, no services: SQLite, local files and a private Redis on a Unix socket."""

from labelhub.config import env
from labelhub.config.settings.base import *  # noqa: F403

SECRET_KEY = env.stored_secret("LABELHUB_SECRET_KEY")
DEBUG = False
DATABASES = {"default": env.database()}
