"""Is it alive (`/healthz`), and is it ready (`/readyz`): for whatever watches or starts the processes.

They are answered before anything else, because who asks does so from inside: by an address that is no allowed host,
and without https.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from redis import RedisError

OK = "ok"


class HealthMiddleware:
    """Answers the two addresses; everything else goes on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Called by Django with each request."""
        match request.path_info:
            case "/healthz":
                return _answer({"process": OK})
            case "/readyz":
                return _answer({"database": database(), "cache": shared_cache()})
        return self.get_response(request)


def database() -> str:
    """Whether the database answers and has every migration, in words."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "does not answer"
    return f"{len(waiting)} migrations to apply" if waiting else OK


def shared_cache() -> str:
    """Whether Redis answers, in words; where there is none each process has a cache of its own."""
    if settings.REDIS_URL:
        try:
            cache.get("readyz")
        except RedisError:
            return "does not answer"
    return OK


def _answer(states: dict[str, str]) -> HttpResponse:
    """200 where all is well, else 503; never from a cache."""
    well = all(state == OK for state in states.values())
    return JsonResponse(states, status=200 if well else 503, headers={"Cache-Control": "no-store"})
