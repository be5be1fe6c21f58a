"""One machine, no services: SQLite, local files and a private Redis on a Unix socket."""

from labelhub.config import env
from labelhub.config.settings.base import *  # noqa: F403

SECRET_KEY = env.stored_secret("LABELHUB_SECRET_KEY")
DEBUG = False
DATABASES = {"default": env.database()}
# The development server of the front end is another origin.
CSRF_TRUSTED_ORIGINS = env.listing("LABELHUB_TRUSTED_ORIGINS")
