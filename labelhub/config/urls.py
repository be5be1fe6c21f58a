"""URLs: the API under /api/v1/, and the single page for every other path."""

from django.urls import include, path, re_path

from labelhub.api.http.pages import index

urlpatterns = [
    path("api/v1/", include("labelhub.api.urls")),
    re_path(r"^(?!api/|static/).*$", index, name="index"),
]

handler404 = "labelhub.api.http.errors.not_found"
handler500 = "labelhub.api.http.errors.server_error"
