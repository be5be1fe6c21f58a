"""The URL table of the API."""

from django.urls import URLPattern, URLResolver, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from labelhub.api import session
from labelhub.api.permissions import SIGNED_IN


class SchemaApi(SpectacularAPIView):
    policy = SIGNED_IN


class DocsPage(SpectacularSwaggerView):
    policy = SIGNED_IN


urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SchemaApi.as_view(), name="schema"),
    path("docs/", DocsPage.as_view(url_name="schema"), name="docs"),
    path("session/", session.SessionApi.as_view(), name="session"),
]
