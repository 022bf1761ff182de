#!/bin/bash
# Runs once, when the cluster is made: the log-in roles of the services, and what Temporal needs. The passwords are secrets
# of the containers; psql reads them as variables and quotes them itself.
set -euo pipefail

psql --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set ON_ERROR_STOP=1 \
  --set service="$(cat /run/secrets/database_service_password)" \
  --set metrics="$(cat /run/secrets/database_metrics_password)" \
  --set temporal="$(cat /run/secrets/temporal_database_password)" <<'SQL'
CREATE ROLE admiral_service LOGIN PASSWORD :'service';
CREATE ROLE admiral_metrics LOGIN PASSWORD :'metrics';
ALTER ROLE admiral_service SET TimeZone = 'UTC';
ALTER ROLE admiral_metrics SET TimeZone = 'UTC';
CREATE ROLE temporal LOGIN PASSWORD :'temporal';
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
REVOKE CONNECT ON DATABASE temporal, temporal_visibility FROM PUBLIC;
SQL
