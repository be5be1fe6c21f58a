"""Production: PostgreSQL, a broker with a password, HTTPS, S3 or local files; refuses weak secrets."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from labelhub.config import env
from labelhub.config.settings.base import *  # noqa: F403
from labelhub.config.settings.base import STORAGES

SECRET_KEY = env.secret("LABELHUB_SECRET_KEY")
DEBUG = False
ALLOWED_HOSTS = env.listing("LABELHUB_ALLOWED_HOSTS")
if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("LABELHUB_ALLOWED_HOSTS must name the host names of this server (no *).")
CSRF_TRUSTED_ORIGINS = env.listing("LABELHUB_TRUSTED_ORIGINS")

if not env.required("LABELHUB_DATABASE_URL").startswith("postgres"):
    raise ImproperlyConfigured("LABELHUB_DATABASE_URL must be a postgresql:// address in production.")
DATABASES = {"default": env.database()}
if len(str(DATABASES["default"]["PASSWORD"])) < 16:
    raise ImproperlyConfigured("LABELHUB_DATABASE_URL needs a password of at least 16 characters.")

BROKER_URL = env.required("LABELHUB_BROKER_URL")
if len(urlsplit(BROKER_URL).password or "") < 16:
    raise ImproperlyConfigured("LABELHUB_BROKER_URL needs a password of at least 16 characters.")

# TLS ends at the proxy; LABELHUB_INSECURE_HTTP=1 is for a loopback trial only and is refused elsewhere.
INSECURE_HTTP = env.flag("LABELHUB_INSECURE_HTTP")
if INSECURE_HTTP and set(ALLOWED_HOSTS) - {"127.0.0.1", "localhost"}:
    raise ImproperlyConfigured(
        "LABELHUB_INSECURE_HTTP=1 is allowed only with LABELHUB_ALLOWED_HOSTS on loopback."
    )
SECURE_SSL_REDIRECT = not INSECURE_HTTP
SESSION_COOKIE_SECURE = not INSECURE_HTTP
CSRF_COOKIE_SECURE = not INSECURE_HTTP
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True

if bucket := env.text("LABELHUB_S3_BUCKET"):
    STORAGES = {
        **STORAGES,
        "default": {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": bucket,
                "endpoint_url": env.text("LABELHUB_S3_ENDPOINT") or None,
                "access_key": env.required("LABELHUB_S3_ACCESS_KEY"),
                "secret_key": env.required("LABELHUB_S3_SECRET_KEY"),
                "file_overwrite": True,
                "default_acl": None,
                "querystring_auth": True,
            },
        },
    }
