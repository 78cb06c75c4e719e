# Brassplate in a container: docker build -t brassplate . (or podman, buildah)
#
#   docker run --rm -v /srv/brassplate:/srv/brassplate brassplate init            # once: asks, and writes brassplate.toml
#   docker run -d --name brassplate --restart unless-stopped --stop-timeout 60 --ulimit nofile=65536 \
#       -p 443:443 -p 80:80 -v /srv/brassplate:/srv/brassplate brassplate
#
# The configuration, the store and the master key are in /srv/brassplate, which must belong to user 10443.
# SIGHUP reloads: docker kill --signal=HUP brassplate
ARG BASE=docker.io/library/debian:12-slim

FROM ${BASE} AS built
RUN apt-get update \
    && apt-get install --yes --no-install-recommends python3 python3-venv \
    && python3 -m venv /opt/brassplate
WORKDIR /src
COPY requirements.lock ./
RUN /opt/brassplate/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements.lock
COPY pyproject.toml README.md ./
COPY edge edge
COPY portal portal
COPY admin admin
COPY store store
COPY demo demo
RUN /opt/brassplate/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM ${BASE}
RUN apt-get update \
    && apt-get install --yes --no-install-recommends python3 ca-certificates tzdata fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10443 --home-dir /srv/brassplate --no-create-home --shell /usr/sbin/nologin brassplate \
    && install --directory --owner=brassplate --group=brassplate /srv/brassplate
COPY --from=built /opt/brassplate /opt/brassplate
ENV PATH=/opt/brassplate/bin:$PATH
WORKDIR /srv/brassplate
USER brassplate
VOLUME /srv/brassplate
EXPOSE 443 80
STOPSIGNAL SIGTERM
ENTRYPOINT ["brassplate"]
CMD ["serve"]
