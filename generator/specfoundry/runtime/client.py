"""What do generated clients, and the people who use them, import?"""

from __future__ import annotations

from httpx2 import BasicAuth

from specfoundry.runtime.client_async import AsyncCaller, AsyncGroup, AsynchronousClient
from specfoundry.runtime.client_auth import ApiKey, BearerToken, Combined
from specfoundry.runtime.client_core import Call
from specfoundry.runtime.client_download import AsyncDownload, Download
from specfoundry.runtime.client_endpoint import (
    Answer,
    AnswerHeader,
    AnswerMedia,
    Endpoint,
    FormField,
    RequestMedia,
)
from specfoundry.runtime.client_errors import (
    AuthenticationFailed,
    BrokenPagination,
    ClientError,
    IncompleteDownload,
    JobFailed,
    JobTimeout,
    UnexpectedResponse,
)
from specfoundry.runtime.client_jobs import AsyncJob
from specfoundry.runtime.client_oauth2 import OAuth2, Tokens
from specfoundry.runtime.client_pages import Pagination
from specfoundry.runtime.client_parameters import WireParameter
from specfoundry.runtime.client_retries import Retries
from specfoundry.runtime.client_streams import Progress, Upload, UploadSource
from specfoundry.runtime.client_sync import SyncCaller, SyncClient, SyncGroup

__all__ = [
    "Answer",
    "AnswerHeader",
    "AnswerMedia",
    "ApiKey",
    "AsyncCaller",
    "AsyncDownload",
    "AsyncGroup",
    "AsyncJob",
    "AsynchronousClient",
    "AuthenticationFailed",
    "BasicAuth",
    "BearerToken",
    "BrokenPagination",
    "Call",
    "ClientError",
    "Combined",
    "Download",
    "Endpoint",
    "FormField",
    "IncompleteDownload",
    "JobFailed",
    "JobTimeout",
    "OAuth2",
    "Pagination",
    "Progress",
    "RequestMedia",
    "Retries",
    "SyncCaller",
    "SyncClient",
    "SyncGroup",
    "Tokens",
    "UnexpectedResponse",
    "Upload",
    "UploadSource",
    "WireParameter",
]
