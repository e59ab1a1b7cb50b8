# One image for every service. The build argument TORCH_INDEX names where PyTorch's build for CPUs is
# (see `make help`); without it the default build comes, which on Linux brings CUDA, about 3 GB.
FROM python:3.11-slim AS build

ARG TORCH_INDEX=""
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/callwatch
ENV PATH=/opt/callwatch/bin:$PATH
WORKDIR /build

# First what changes seldom: PyTorch, then the other dependencies, then Callwatch itself.
COPY requirements.lock ./
RUN torch=$(sed -n 's/^\(torch==[^ ;]*\).*/\1/p' requirements.lock) \
    && if [ -n "$TORCH_INDEX" ]; then pip install --no-deps --index-url "$TORCH_INDEX" "$torch"; fi \
    && pip install -c requirements.lock "$torch"
COPY pyproject.toml ./
RUN python -c 'import tomllib; p = tomllib.load(open("pyproject.toml", "rb"))["project"]; \
more = p["optional-dependencies"]; \
print(*p["dependencies"], *more["fast"], *more["postgres"], sep="\n")' > dependencies.txt \
    && pip install -c requirements.lock -r dependencies.txt
COPY README.md LICENSE ./
COPY config config
COPY store store
COPY crawler crawler
COPY matcher matcher
COPY notifier notifier
COPY web web
COPY jobs jobs
RUN pip install -c requirements.lock ".[fast,postgres]"


FROM python:3.11-slim

LABEL org.opencontainers.image.title="Callwatch" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /opt/callwatch /opt/callwatch
RUN useradd --system --uid 10001 --create-home --home-dir /srv/callwatch callwatch \
    && install -d -o callwatch -g callwatch /srv/callwatch/var
# Models other than the embedded one are kept beside the data, so that they are fetched once.
ENV PATH=/opt/callwatch/bin:$PATH PYTHONUNBUFFERED=1 HF_HOME=/srv/callwatch/var/models
USER callwatch
WORKDIR /srv/callwatch
VOLUME /srv/callwatch/var
EXPOSE 8000
ENTRYPOINT ["callwatch"]
CMD ["--help"]
# No HEALTHCHECK here: only `callwatch serve` answers on a port. docker-compose.yml has one for it.
