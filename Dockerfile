# One image for the web, the worker and the beat; compose.yaml says which one a container is.
FROM python:3.13-slim-trixie AS build
WORKDIR /app
ENV UV_PROJECT_ENVIRONMENT=/opt/venv UV_PYTHON_DOWNLOADS=never UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy
COPY pyproject.toml uv.lock ./
# The version of uv that the lock was made with, like everything else.
RUN pip install --no-cache-dir "uv==$(sed -n '/^name = "uv"$/{n;s/version = "\(.*\)"/\1/p;}' uv.lock)" \
    && uv sync --frozen --no-dev --all-extras --python "$(command -v python)"
COPY . .
# The settings find the collected files and serve those from then on. The key is a real one's, not this image's.
RUN /opt/venv/bin/python manage.py collectstatic --no-input --verbosity 0 && rm -f /app/var/secret_key

FROM python:3.13-slim-trixie
LABEL org.opencontainers.image.title="Opsminutes" org.opencontainers.image.licenses="Apache-2.0"
# Pango is what WeasyPrint draws text with.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin opsminutes
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
RUN install -d -o opsminutes /data /data/media
ENV PATH="/opt/venv/bin:$PATH" PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MEDIA_ROOT=/data/media
USER opsminutes
VOLUME /data
EXPOSE 8000
# Threads, because most of a request is waiting for Postgres; --max-requests, so that no leak lives long.
CMD ["gunicorn", "config.wsgi", "--bind=0.0.0.0:8000", "--workers=2", "--threads=4", "--max-requests=2000", \
     "--max-requests-jitter=200", "--worker-tmp-dir=/dev/shm", "--no-control-socket", \
     "--access-logfile=-"]
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
