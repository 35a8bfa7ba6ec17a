# syntax=docker/dockerfile:1
# One image for every worker and for the command. glibc, for the native parts are built against it.

FROM node:22.21.1-bookworm-slim AS build
# pip only fetches XGBoost's wheel, whose digest is checked. Nothing of this stage's packages is in the image:
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install -y --no-install-recommends python3 python3-pip \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN node scripts/image-root.mjs --out /assay

FROM node:22.21.1-bookworm-slim
# npm and yarn have no business in a worker. The user `node` (1000) is the base image's.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /opt/yarn* /usr/local/bin/yarn*
COPY --from=build --chown=root:root /assay /assay
# The one place below the root that is written: a volume, so that the root can be read-only, and its owner is kept on Fargate.
RUN chown node:node /assay/.assay && ln -s /assay/bin/assay /usr/local/bin/assay
VOLUME ["/assay/.assay", "/tmp"]
ARG VERSION
ENV NODE_ENV=production \
  ASSAY_CODE_VERSION=${VERSION} \
  ASSAY_XGBOOST=/assay/xgboost/xgboost/lib/libxgboost.so \
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true \
  OMP_WAIT_POLICY=passive \
  ORT_DISABLE_TELEMETRY=1
WORKDIR /assay
USER 1000:1000
# Node itself, not npm: it has to get SIGTERM. With an init (docker run --init, ECS initProcessEnabled).
CMD ["node", "dist/workers/run.js", "--queues", "control,data,training"]
