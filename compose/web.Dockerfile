# The web application: docker build --file compose/web.Dockerfile --build-context samples=samples frontend
FROM node:24.19.0-bookworm-slim AS build
ENV NEXT_TELEMETRY_DISABLED=1
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts
COPY tsconfig.json next.config.ts postcss.config.mjs openapi.json ./
COPY src src
RUN npm run build

FROM node:24.19.0-bookworm-slim
RUN groupadd --gid 10001 catalog && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin catalog
WORKDIR /app
COPY --from=build /src/.next/standalone ./
COPY --from=build /src/.next/static .next/static
# `samples` is no stage, but a build context of its own.
# hadolint ignore=DL3022
COPY --from=samples telecom.ndjson public/samples/telecom.ndjson
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 HOSTNAME=0.0.0.0 PORT=3000
USER 10001:10001
CMD ["node", "server.js"]
