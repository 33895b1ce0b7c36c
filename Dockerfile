# Latchkey as a container image: docs/install-container.md says how to run it.
# The same steps are run without a container engine by test/image/check-image.ts, which reads them from this file.

# By tag, so that a new build brings the base's security fixes. For a build that never changes, name the digest too:
#   docker build --build-arg BASE=node:22-bookworm-slim@sha256:… .
ARG BASE=node:22-bookworm-slim

FROM ${BASE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# With the development dependencies, of which the build needs the compiler; those of production are left afterwards.
RUN npm ci --no-audit --no-fund
COPY scripts/build.mjs scripts/bundle.mjs scripts/
COPY src src
COPY migrations migrations
RUN node scripts/build.mjs
RUN npm prune --omit=dev --no-audit --no-fund

FROM ${BASE}
LABEL org.opencontainers.image.title="Latchkey"
LABEL org.opencontainers.image.description="An OpenID Connect provider that runs in one command"
LABEL org.opencontainers.image.licenses="Apache-2.0"
# Nothing is installed or built in here any more.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn-*
RUN groupadd --system --gid 10001 latchkey && useradd --system --uid 10001 --gid 10001 --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin latchkey
RUN ln -s /app/dist/latchkey.js /usr/local/bin/latchkey
WORKDIR /app
COPY --from=build /build/package.json package.json
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/dist dist
COPY views views
ENV NODE_ENV=production
ENV PORT=3000
# By number, so that Kubernetes can tell that it is not root. Everything above belongs to root, and nothing is written:
# the root file system may be read-only.
USER 10001:10001
EXPOSE 3000
STOPSIGNAL SIGTERM
# Whether the process lives. A load balancer asks /healthz/ready.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/healthz/live').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--enable-source-maps", "/app/dist/latchkey.js"]
CMD ["serve"]
