"""Which parts make up the server? The composition root: settings in, ASGI application out."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route

from capi.server import Apis, create_app
from cloud_controller import docs
from cloud_controller.api import buildpack_rows
from cloud_controller.api.apps import Apps
from cloud_controller.api.authentication import BearerAuthenticator
from cloud_controller.api.context import Context
from cloud_controller.api.deletion_work import DeletionWork
from cloud_controller.api.discovery import Info, Root
from cloud_controller.api.jobs import Jobs, V2Jobs
from cloud_controller.api.organizations import Organizations
from cloud_controller.api.package_work import PackageWork
from cloud_controller.api.packages import Packages
from cloud_controller.api.spaces import Spaces
from cloud_controller.api.tokens import Tokens
from cloud_controller.api.translator import Translator
from cloud_controller.api.v2_buildpacks import V2Buildpacks
from cloud_controller.auth import TokenIssuer, Verifier, load_or_create_key
from cloud_controller.auth.claims import TokenPolicy
from cloud_controller.blobs import ResourceCache, open_blobs
from cloud_controller.installation import KEY_FILE, prepare
from cloud_controller.jobs import JobRunner
from cloud_controller.middleware.headers import CommonHeaders
from cloud_controller.store import Database
