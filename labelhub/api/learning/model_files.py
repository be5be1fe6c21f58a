"""What a model is and what it says, to take away: weights, card, and probabilities of the pool."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from uuid import UUID

from django.core.files.storage import default_storage
from django.http import FileResponse, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.http.views import Api
from labelhub.api.learning.learning import MODEL
from labelhub.core.errors import Conflict, LabelHubError
from labelhub.learning import selectors
from labelhub.learning.models import ModelVersion, Ranking

CHUNK_BYTES = 1024 * 1024
WEIGHTS_TYPE = "application/octet-stream"
NOSNIFF = {"X-Content-Type-Options": "nosniff"}


class DamagedWeights(LabelHubError):
    status = 500
    code = "weights_damaged"


class ModelWeightsApi(Api):
    """The weights as safetensors, once their bytes have been found to be those that were recorded."""

    policy = MODEL
    subject: ModelVersion

    @extend_schema(responses={(200, WEIGHTS_TYPE): OpenApiTypes.BINARY})
    def get(self, request: Request, model_id: UUID) -> FileResponse:
        model = self.subject
        try:
            file = default_storage.open(model.weights_key, "rb")
        except FileNotFoundError:
            message = "The weights file is missing: restore it from a backup."
            raise Conflict(message, code="weights_missing") from None
        digest = hashlib.sha256()
        while data := file.read(CHUNK_BYTES):
            digest.update(data)
        if digest.hexdigest() != model.weights_sha256:
            file.close()
            raise DamagedWeights("The weights differ from what was recorded: restore them from a backup.")
        file.seek(0)
        return FileResponse(
            file,
            as_attachment=True,
            filename=f"model-{model.number}-{model.weights_sha256[:12]}.safetensors",
            content_type=WEIGHTS_TYPE,
            headers={"ETag": f'"{model.weights_sha256}"', **NOSNIFF},
        )


class ModelCardApi(Api):
    """The card that goes with the weights: net, findings, settings, hashes, metrics."""

    policy = MODEL
    subject: ModelVersion

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, model_id: UUID) -> Response:
        return Response(self.subject.card)


class ModelPredictionsApi(Api):
    """What the model said of the pool when it ranked it last: one line a candidate, in order of its ranking."""

    policy = MODEL
    subject: ModelVersion

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.BINARY})
    def get(self, request: Request, model_id: UUID) -> StreamingHttpResponse:
        model = self.subject
        ranking = selectors.newest_ranking_of(model)
        if ranking is None:
            raise Conflict("This model has not ranked the pool: use it first.", code="no_ranking")
        name = f"model-{model.number}-predictions-{ranking.created_at:%Y%m%d-%H%M}.csv"
        return StreamingHttpResponse(
            _predictions(ranking, model.findings),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"', **NOSNIFF},
        )


def _predictions(ranking: Ranking, findings: list[str]) -> Iterator[str]:
    line = csv.writer(_Echo())
    yield line.writerow(["position", "case", "action", "why", "score", *(f"p_{code}" for code in findings)])
    for row in selectors.candidates(ranking):
        shares = [row.probabilities.get(code) for code in findings]
        yield line.writerow([row.position, row.case_id, row.action, row.why, row.score, *shares])


class _Echo:
    """A file for csv.writer that hands each line back."""

    def write(self, line: str) -> str:
        return line
