# The programs of Verbatim; which one runs is the command's to say (docker-compose.yml).
FROM oven/bun:1.4.5
# The bus runs on Node.
COPY --from=node:20-slim /usr/local/bin/node /usr/local/bin/node
WORKDIR /app
COPY . .
RUN bun install --frozen-lockfile --production && mkdir -p /home/bun/verbatim && chown bun /home/bun/verbatim
USER bun
