import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import Client
from redis import ConnectionError as NoRedisError


def no_answer(*args, **kwargs):
    raise OperationalError("it is away")


def test_the_process_is_alive_without_a_database(outsider):
    # No `db` here: pytest-django would refuse a query.
    response = outsider.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"process": "ok"})


def test_it_is_ready(db, outsider):
    response = outsider.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"database": "ok", "cache": "ok"})
    assert response["Cache-Control"] == "no-store"


def test_whoever_asks_from_inside_needs_neither_host_nor_https(db, settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["minutes.example.org"]
    inside = Client(headers={"host": "10.0.0.7:8000"})
    assert inside.get("/readyz").status_code == 200
    assert inside.get("/").status_code == 400


def test_a_database_that_is_away(db, outsider, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", no_answer)
        response = outsider.get("/readyz")
    assert (response.status_code, response.json()["database"]) == (503, "does not answer")


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_is_not_applied(outsider):
    call_command("migrate", "reports", "zero", verbosity=0)
    try:
        response = outsider.get("/readyz")
    finally:
        call_command("migrate", verbosity=0)
    assert response.status_code == 503
    assert response.json()["database"].endswith("migrations to apply")


def test_a_cache_that_is_away(db, outsider, settings, monkeypatch):
    def no_redis(*args, **kwargs):
        raise NoRedisError("it is away")

    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(cache, "get", no_redis, raising=False)
    response = outsider.get("/readyz")
    assert (response.status_code, response.json()["cache"]) == (503, "does not answer")
