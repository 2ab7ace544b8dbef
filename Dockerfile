# Builds for amd64 and arm64 alike: JavaScript is all that is shipped. Any base with Node 24 and npm will do, by its own tag or digest:
#   docker build --build-arg BASE_IMAGE=<registry>/node:24-bookworm-slim@sha256:… .
ARG BASE_IMAGE=node:24.21.0-bookworm-slim
# The same on the machine that builds, where one name does not stand for all platforms.
ARG BUILD_IMAGE=${BASE_IMAGE}
# New objects have 8 MB for themselves. Left alone V8 lets them have more under load, and then now and then stops the process for 20 ms to clear it.
ARG NODE_OPTIONS=--max-semi-space-size=8
# Who has no emulator for the other platform says `build`: nothing is compiled beforehand then, and the start takes a quarter longer.
ARG SHIPPED=compiled

# Bundles as the machine that builds, whatever the image is for. Builders older than BuildKit do not say what they are: then it is the engine's own.
FROM --platform=${BUILDPLATFORM:-linux} ${BUILD_IMAGE} AS build
WORKDIR /build
COPY scripts/image/ scripts/image/
COPY package.json package-lock.json ./
# Versions and checksums are the lock file's.
RUN cp package.json whole.json \
  && node scripts/image/manifest.ts build < whole.json > needed.json \
  && mv needed.json package.json \
  && npm ci --ignore-scripts --no-audit --no-fund
COPY src/ src/
RUN node scripts/image/bundle.ts src /app \
  && node scripts/image/sbom.ts > /app/sbom.cdx.json \
  && node scripts/image/manifest.ts ship < whole.json > /app/package.json
RUN mkdir -m 700 /app/.compile-cache /data && chown 1000:1000 /app/.compile-cache /data

# What the start compiles is kept in the image: both modes run once, on the processor and as the user that they will run as, which are part of the
# cache's key, as Node's options are.
FROM ${BASE_IMAGE} AS compiled
COPY scripts/image/warm-up.ts /build/
COPY --from=build --chown=1000:1000 /data /data
COPY --from=build /app /app
COPY --from=build --chown=1000:1000 /app/.compile-cache /app/.compile-cache
WORKDIR /app
USER 1000:1000
ARG NODE_OPTIONS
RUN NODE_ENV=production NODE_COMPILE_CACHE=/app/.compile-cache LOCAL_STATE_DIR=/tmp/warm-up node /build/warm-up.ts

FROM ${SHIPPED} AS shipped

FROM ${BASE_IMAGE}
WORKDIR /app
COPY --from=shipped --chown=1000:1000 /data /data
COPY docker/healthcheck.mjs docker/
COPY --from=shipped /app/package.json /app/sbom.cdx.json /app/licences.txt ./
COPY --from=shipped /app/static static/
COPY --from=shipped /app/dist dist/
COPY --from=shipped --chown=1000:1000 /app/.compile-cache .compile-cache/
# HOST: inside a container loopback would be nobody's. LOCAL_STATE_DIR is the one place that is written to, and in local mode only.
ARG NODE_OPTIONS
ENV NODE_ENV=production \
    NODE_OPTIONS=${NODE_OPTIONS} \
    NODE_COMPILE_CACHE=/app/.compile-cache \
    HOST=0.0.0.0 \
    PORT=8080 \
    LOCAL_STATE_DIR=/data
VOLUME /data
EXPOSE 8080
# By number, so that Kubernetes can see that it is not root.
USER 1000:1000
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s --retries=3 CMD ["node", "/app/docker/healthcheck.mjs"]
ENTRYPOINT ["node", "/app/dist/main.js"]
# Last, because they change with every commit.
ARG VERSION=0.0.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="sagemaker-gateway" \
      org.opencontainers.image.description="Inference gateway in front of Amazon SageMaker, with an embedded SageMaker for a start without an AWS account" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"
