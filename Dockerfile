# One image for both roles: `docker run kubemon exporter`, `docker run kubemon recorder`.
# Both bases need Node.js 24; BUILD_BASE also npm and a shell. What the builder needs to reach its
# registry is given from outside: NPM_CONFIG_REGISTRY, the proxy arguments that Docker knows, or a
# BUILD_BASE with the certificates of your own.
ARG BUILD_BASE=node:24-bookworm-slim
ARG BASE=node:24-bookworm-slim

FROM ${BUILD_BASE} AS build
ARG NPM_CONFIG_REGISTRY
WORKDIR /src
COPY .npmrc package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY exporter exporter
COPY recorder recorder
RUN npm run -s build

FROM ${BUILD_BASE} AS files
ARG NPM_CONFIG_REGISTRY
WORKDIR /files/app
COPY .npmrc package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts
COPY LICENSE ./
COPY --from=build /src/dist dist
# Without what Node.js does not read, and with one date for every file: the same lockfile and sources
# then make the same layer.
ARG SOURCE_DATE_EPOCH=0
RUN rm -r .npmrc package-lock.json node_modules/.package-lock.json node_modules/@types \
  && find . -type f '(' -name '*.map' -o -name '*.ts' -o -name '*.[cm]ts' -o -name '*.bare' ')' -exec rm '{}' + \
  && mkdir -p ../data ../usr/local/bin \
  && ln -s /app/dist/recorder/cli/main.js ../usr/local/bin/kubemon \
  && chown 65532:65532 ../data \
  && find .. -exec touch -h -d "@$SOURCE_DATE_EPOCH" '{}' +

FROM ${BASE}
COPY --from=files /files /
# Recordings; a volume goes here.
WORKDIR /data
ENV NODE_ENV=production OUTPUT_DIR=/data
# By number, as Kubernetes' runAsNonRoot asks for; no account of a usual machine has this one.
USER 65532:65532
ENTRYPOINT ["node", "/app/dist/recorder/cli/main.js"]
# Neither role is a sensible guess: the exporter needs the host's view, the recorder a volume.
CMD ["help"]
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s CMD ["node", "/app/dist/recorder/cli/healthcheck.js"]
ARG VERSION
ARG REVISION
LABEL org.opencontainers.image.title="kubemon" \
  org.opencontainers.image.description="Records what a Kubernetes cluster does during an experiment: node, container and process metrics of every node, on one clock, as CSV." \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.version="$VERSION" \
  org.opencontainers.image.revision="$REVISION"
