# syntax=docker/dockerfile:1
FROM node:24-alpine AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY .config ./.config
COPY src ./src
COPY live-page ./live-page
# The client of `--store` is an optional peer of the package; the image has it.
RUN npm run compile && npm prune --omit=dev --ignore-scripts && npm install --no-save --ignore-scripts @redis/client@6.3.1

FROM node:24-alpine
# The version is that of package.json: `docker build --build-arg VERSION=…` names it, as the release does.
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="mock-openai" \
  org.opencontainers.image.description="A stand-in for api.openai.com that fails as the real one does" \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.version="$VERSION" \
  org.opencontainers.image.revision="$REVISION"
ENV NODE_ENV=production
WORKDIR /opt/mock-openai
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY scenarios ./scenarios
# Names of scenarios are looked up in ./scenarios first: a folder mounted on /app/scenarios stands beside the bundled ones.
WORKDIR /app
# The user "node" of the base image, by number so that orchestrators can tell it is not root.
USER 1000:1000
EXPOSE 8080
# Asks the default port, whatever --port says: `-p` is there to map another one.
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/__admin/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# `serve` handles SIGTERM and SIGINT and waits for its workers, so that it can be PID 1. Commands of `run`, `probe` and
# `load` may leave processes that nobody waits for: `docker run --init`.
ENTRYPOINT ["node", "/opt/mock-openai/dist/cli/main.js"]
CMD ["serve", "--host", "0.0.0.0"]
