"""The files of the front end, also of one that is built anew while the server runs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile


class StaticFilesMiddleware(WhiteNoiseMiddleware):
    """WhiteNoise lists the files once, at the start. A file that came later is found when it is first asked for;
    one that has gone since is absent, not an error of the server.
    """

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        file = self.files.get(path) or self._later(path)
        if file is None:
            return self.get_response(request)
        try:
            return self.serve(file, request)
        except FileNotFoundError:
            self.files.pop(path, None)
            return self.get_response(request)

    def _later(self, path: str) -> StaticFile | None:
        file = self.find_file(path) if path.startswith(self.static_prefix) else None
        if file is not None:
            self.files[path] = file
        return file
