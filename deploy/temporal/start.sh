#!/bin/sh
# Temporal's image knows its database password as a variable alone: it is read here, inside the container.
set -eu
POSTGRES_PWD="$(cat /run/secrets/temporal_database_password)"
export POSTGRES_PWD
exec /etc/temporal/entrypoint.sh autosetup
