# Any of our apps: docker build --file compose/app.Dockerfile --build-arg APP=gateway . ; then run `gateway_app.main`.
FROM python:3.13.12-slim-bookworm AS build
ARG APP
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PROJECT_ENVIRONMENT=/app
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /src
COPY pyproject.toml ./
COPY packages packages
COPY apps apps
# There is no lock file; the root pyproject.toml pins every version, transitive ones included.
RUN uv sync --no-dev --no-editable --package "catalog-${APP:?name the app with --build-arg APP=}"

FROM python:3.13.12-slim-bookworm
RUN groupadd --gid 10001 catalog && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin catalog
COPY --from=build /app /app
ENV PATH=/app/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
# What `catalog up` tells glibc's allocator, too (platform_app/apps.py says why).
ENV MALLOC_MMAP_THRESHOLD_=1048576 MALLOC_TRIM_THRESHOLD_=2097152 MALLOC_ARENA_MAX=2
USER 10001:10001
ENTRYPOINT ["python", "-m"]
