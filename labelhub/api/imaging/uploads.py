"""Files of an import by the tus protocol 1.0.0: core, creation (with upload), expiration, checksum, termination.

A broken upload goes on where the server's bytes end, also after a reload of the page. https://tus.io/protocols/
"""

from __future__ import annotations

import base64
import binascii
import io
import uuid
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.http import http_date
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.http.permissions import Policy
from labelhub.api.http.views import Api
from labelhub.api.imaging.imports import OF_IMPORT
from labelhub.core.errors import LabelHubError, Malformed
from labelhub.imaging.models import ImportBatch, Upload
from labelhub.imaging.policies import upload_for
from labelhub.imaging.services.uploads import (
    ALGORITHMS,
    Checksum,
    upload_append,
    upload_create,
    upload_remove,
)
from labelhub.imaging.storage import KEEP_UNREFERENCED

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,expiration,checksum,termination"
PIECE = "application/offset+octet-stream"
HEADERS = [
    OpenApiParameter("Tus-Resumable", str, OpenApiParameter.HEADER, required=True, enum=[VERSION]),
    OpenApiParameter("Upload-Length", str, OpenApiParameter.HEADER, description="Bytes of the whole file."),
    OpenApiParameter("Upload-Offset", str, OpenApiParameter.HEADER, description="Bytes that are there."),
    OpenApiParameter(
        "Upload-Metadata", str, OpenApiParameter.HEADER, description="relativePath, id; base64."
    ),
    OpenApiParameter(
        "Upload-Checksum", str, OpenApiParameter.HEADER, description="sha256 and base64 digest."
    ),
]


class OtherVersion(LabelHubError):
    status = 412
    code = "tus_version"


class PieceParser(BaseParser):
    """Hands the body on unread: the check of the CSRF token asks for the parsed body of every POST."""

    media_type = PIECE

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        return stream


class TusApi(Api):
    """What every tus answer carries."""

    parser_classes = [PieceParser]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != VERSION:
            raise OtherVersion(f"Send Tus-Resumable: {VERSION}.")

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Tus-Resumable"] = response["Tus-Version"] = VERSION
        return response

    @extend_schema(exclude=True)
    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """What this server can do."""
        headers = {
            "Tus-Extension": EXTENSIONS,
            "Tus-Max-Size": str(settings.UPLOAD_LIMIT_BYTES),
            "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
        }
        return Response(status=status.HTTP_204_NO_CONTENT, headers=headers)


class UploadListApi(TusApi):
    policy = OF_IMPORT
    subject: ImportBatch

    @extend_schema(request=None, responses={201: None}, parameters=HEADERS)
    def post(self, request: Request, import_id: UUID) -> Response:
        """Begin a file of this import; its first piece may come along. The same id again gives the same upload."""
        metadata = _metadata(request.headers.get("Upload-Metadata", ""))
        upload = upload_create(
            batch=self.subject,
            upload_id=_id(metadata.get("id")),
            path=metadata.get("relativePath") or metadata.get("filename") or "",
            size=_number(request, "Upload-Length"),
        )
        if request.content_type == PIECE and upload.offset == 0:
            upload = upload_append(
                upload=upload, offset=0, stream=request.stream or io.BytesIO(), checksum=_checksum(request)
            )
        place = reverse("import-upload", kwargs={"import_id": import_id, "upload_id": upload.id})
        return Response(status=status.HTTP_201_CREATED, headers={"Location": place, **_standing(upload)})


class UploadApi(TusApi):
    policy = Policy(
        "maker of the import or manager of its project",
        lambda user, method, kwargs: upload_for(user, kwargs["import_id"], kwargs["upload_id"]),
    )
    subject: Upload

    @extend_schema(request=None, responses={200: None}, parameters=HEADERS)
    def head(self, request: Request, import_id: UUID, upload_id: UUID) -> Response:
        """How many bytes are there."""
        headers = {
            **_standing(self.subject),
            "Upload-Length": str(self.subject.size),
            "Cache-Control": "no-store",
        }
        return Response(headers=headers)

    @extend_schema(request={PIECE: bytes}, responses={204: None}, parameters=HEADERS)
    def patch(self, request: Request, import_id: UUID, upload_id: UUID) -> Response:
        """Send the piece behind Upload-Offset."""
        if request.content_type != PIECE:
            raise UnsupportedMediaType(request.content_type)
        upload = upload_append(
            upload=self.subject,
            offset=_number(request, "Upload-Offset"),
            stream=request.stream or io.BytesIO(),
            checksum=_checksum(request),
        )
        return Response(status=status.HTTP_204_NO_CONTENT, headers=_standing(upload))

    @extend_schema(request=None, responses={204: None}, parameters=HEADERS)
    def delete(self, request: Request, import_id: UUID, upload_id: UUID) -> Response:
        """Give the upload up."""
        upload_remove(self.subject)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _standing(upload: Upload) -> dict[str, str]:
    """Bytes that are there, and until when an unfinished upload is kept if nothing more comes."""
    headers = {"Upload-Offset": str(upload.offset)}
    if upload.offset < upload.size:
        headers["Upload-Expires"] = http_date((timezone.now() + KEEP_UNREFERENCED).timestamp())
    return headers


def _number(request: Request, name: str) -> int:
    text = request.headers.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise Malformed(f"Send {name} as a number of bytes.")
    return int(text)


def _id(text: str | None) -> UUID:
    try:
        return uuid.UUID(text) if text else uuid.uuid4()
    except ValueError:
        raise Malformed("The upload's id must be a UUID.") from None


def _metadata(header: str) -> dict[str, str]:
    """`key base64, key base64`; a key may stand alone."""
    values = {}
    for pair in header.split(","):
        name, _, encoded = pair.strip().partition(" ")
        try:
            values[name] = base64.b64decode(encoded, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            raise Malformed("Upload-Metadata must hold UTF-8 in base64.") from None
    return values


def _checksum(request: Request) -> Checksum | None:
    header = request.headers.get("Upload-Checksum")
    if header is None:
        return None
    algorithm, _, encoded = header.partition(" ")
    try:
        digest = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        digest = b""
    if algorithm not in ALGORITHMS or not digest:
        raise Malformed(f"Upload-Checksum must be one of {', '.join(ALGORITHMS)} with a base64 digest.")
    return Checksum(algorithm, digest)
