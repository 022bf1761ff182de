-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "admiral";

-- CreateTable
CREATE TABLE "admiral"."users" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "password_hash" TEXT,
    "disabled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "admiral"."sessions" (
    "id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "user_id" UUID NOT NULL,
    "ip" TEXT,
    "user_agent" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "admiral"."one_time_links" (
    "id" UUID NOT NULL,
    "purpose" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "user_id" UUID,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "one_time_links_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "admiral"."api_tokens" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "created_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "admiral"."ssh_keys" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "public_key" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "sealed_private_key" TEXT NOT NULL,
    "created_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ssh_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "admiral"."servers" (
    "id" UUID NOT NULL,
    "server_id" TEXT NOT NULL,
    "hostname" TEXT NOT NULL,
    "display_name" TEXT,
    "ssh_host" TEXT NOT NULL,
    "ssh_port" INTEGER NOT NULL DEFAULT 22,
    "ssh_username" TEXT NOT NULL,
    "ssh_key_id" UUID,
    "environment" TEXT NOT NULL DEFAULT 'other',
    "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "is_demo" BOOLEAN NOT NULL DEFAULT false,
    "watch_only" BOOLEAN NOT NULL DEFAULT false,
    "allow_reports_without_token" BOOLEAN NOT NULL DEFAULT false,
    "host_key" TEXT,
    "host_key_fingerprint" TEXT,
    "host_key_accepted_at" TIMESTAMPTZ(3),
    "seen_host_key" TEXT,
    "seen_host_key_fingerprint" TEXT,
    "seen_host_key_at" TIMESTAMPTZ(3),
    "connection_state" TEXT NOT NULL DEFAULT 'untested',
    "connection_checked_at" TIMESTAMPTZ(3),
    "connection_report" JSONB,
    "facts" JSONB,
    "facts_at" TIMESTAMPTZ(3),
    "token_generation" INTEGER NOT NULL DEFAULT 1,
    "last_seen_at" TIMESTAMPTZ(3),
    "created_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "servers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "admiral"."server_agent_tokens" (
    "id" UUID NOT NULL,
    "server_id" UUID NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "generation" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "server_agent_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "admiral"."server_newest" (
    "server_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "values" JSONB NOT NULL,

    CONSTRAINT "server_newest_pkey" PRIMARY KEY ("server_id")
);

-- CreateTable
CREATE TABLE "admiral"."deployments" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "playbook" TEXT NOT NULL,
    "playbook_hash" TEXT NOT NULL,
    "variables" JSONB NOT NULL DEFAULT '{}',
    "state" TEXT NOT NULL DEFAULT 'queued',
    "reason" TEXT,
    "waiting_for" TEXT,
    "is_demo" BOOLEAN NOT NULL DEFAULT false,
    "actor_kind" TEXT NOT NULL,
    "actor_id" UUID,
    "actor_name" TEXT NOT NULL,
    "authorization" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "cancel_requested_at" TIMESTAMPTZ(3),
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "event_offset" BIGINT NOT NULL DEFAULT 0,
    "output_offset" BIGINT NOT NULL DEFAULT 0,
    "last_event_sequence" BIGINT NOT NULL DEFAULT 0,
    "last_output_sequence" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "deployments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "admiral"."deployment_servers" (
    "deployment_id" UUID NOT NULL,
    "server_id" UUID NOT NULL,
    "server_name" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "reason" TEXT,
    "current_task" TEXT,
    "ok_count" INTEGER NOT NULL DEFAULT 0,
    "changed_count" INTEGER NOT NULL DEFAULT 0,
    "failed_count" INTEGER NOT NULL DEFAULT 0,
    "skipped_count" INTEGER NOT NULL DEFAULT 0,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "deployment_servers_pkey" PRIMARY KEY ("deployment_id","server_id")
);

-- CreateTable
CREATE TABLE "admiral"."deployment_events" (
    "deployment_id" UUID NOT NULL,
    "sequence" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "kind" TEXT NOT NULL,
    "server_id" UUID,
    "task" TEXT,
    "data" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "deployment_events_pkey" PRIMARY KEY ("deployment_id","sequence","at")
) PARTITION BY RANGE ("at");

-- CreateTable
CREATE TABLE "admiral"."deployment_output" (
    "deployment_id" UUID NOT NULL,
    "sequence" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "chunk" TEXT NOT NULL,

    CONSTRAINT "deployment_output_pkey" PRIMARY KEY ("deployment_id","sequence","at")
) PARTITION BY RANGE ("at");

-- CreateTable
CREATE TABLE "admiral"."deployment_audit_logs" (
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor_kind" TEXT NOT NULL,
    "actor_id" UUID,
    "actor_name" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "object_kind" TEXT,
    "object_id" TEXT,
    "object_name" TEXT,
    "ip" TEXT,
    "user_agent" TEXT,
    "details" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "deployment_audit_logs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "admiral"."idempotency_keys" (
    "actor_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "route" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "status" INTEGER NOT NULL,
    "response" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("actor_id","key")
);

-- CreateTable
CREATE TABLE "admiral"."settings" (
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "settings_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "admiral"."metrics" (
    "server_id" UUID NOT NULL,
    "timestamp" TIMESTAMPTZ(3) NOT NULL,
    "cpu_idle_seconds" DOUBLE PRECISION,
    "cpu_iowait_seconds" DOUBLE PRECISION,
    "cpu_system_seconds" DOUBLE PRECISION,
    "cpu_user_seconds" DOUBLE PRECISION,
    "cpu_steal_seconds" DOUBLE PRECISION,
    "cpu_cores" INTEGER,
    "memory_total_bytes" BIGINT,
    "memory_available_bytes" BIGINT,
    "memory_free_bytes" BIGINT,
    "memory_cached_bytes" BIGINT,
    "memory_buffers_bytes" BIGINT,
    "memory_active_bytes" BIGINT,
    "memory_inactive_bytes" BIGINT,
    "swap_total_bytes" BIGINT,
    "swap_free_bytes" BIGINT,
    "swap_cached_bytes" BIGINT,
    "disk_total_bytes" BIGINT,
    "disk_free_bytes" BIGINT,
    "disk_available_bytes" BIGINT,
    "disk_reads_completed_total" BIGINT,
    "disk_writes_completed_total" BIGINT,
    "disk_read_bytes_total" BIGINT,
    "disk_written_bytes_total" BIGINT,
    "disk_io_time_seconds_total" DOUBLE PRECISION,
    "network_receive_bytes_total" BIGINT,
    "network_transmit_bytes_total" BIGINT,
    "network_receive_packets_total" BIGINT,
    "network_transmit_packets_total" BIGINT,
    "network_receive_errs_total" BIGINT,
    "network_transmit_errs_total" BIGINT,
    "network_receive_drop_total" BIGINT,
    "network_transmit_drop_total" BIGINT,
    "load_1min" DOUBLE PRECISION,
    "load_5min" DOUBLE PRECISION,
    "load_15min" DOUBLE PRECISION,
    "processes_running" INTEGER,
    "processes_blocked" INTEGER,
    "processes_total" BIGINT,
    "uptime_seconds" BIGINT,
    "cpu_nice_seconds" DOUBLE PRECISION,
    "cpu_irq_seconds" DOUBLE PRECISION,
    "cpu_softirq_seconds" DOUBLE PRECISION,

    CONSTRAINT "metrics_pkey" PRIMARY KEY ("server_id","timestamp")
) PARTITION BY RANGE ("timestamp");

-- CreateTable
CREATE TABLE "admiral"."process_snapshots" (
    "server_id" UUID NOT NULL,
    "timestamp" TIMESTAMPTZ(3) NOT NULL,
    "name" TEXT NOT NULL,
    "num_procs" INTEGER,
    "cpu_seconds_total" DOUBLE PRECISION,
    "memory_bytes" BIGINT,

    CONSTRAINT "process_snapshots_pkey" PRIMARY KEY ("server_id","timestamp","name")
) PARTITION BY RANGE ("timestamp");

-- CreateTable
CREATE TABLE "admiral"."metric_dead_letters" (
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "stream_id" TEXT NOT NULL,
    "server_id" TEXT,
    "reason" TEXT NOT NULL,
    "payload" TEXT NOT NULL,

    CONSTRAINT "metric_dead_letters_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "users_email_key" ON "admiral"."users"("email");

-- CreateIndex
CREATE UNIQUE INDEX "sessions_token_hash_key" ON "admiral"."sessions"("token_hash");

-- CreateIndex
CREATE INDEX "sessions_user_id_idx" ON "admiral"."sessions"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "one_time_links_token_hash_key" ON "admiral"."one_time_links"("token_hash");

-- CreateIndex
CREATE UNIQUE INDEX "api_tokens_token_hash_key" ON "admiral"."api_tokens"("token_hash");

-- CreateIndex
CREATE UNIQUE INDEX "ssh_keys_name_key" ON "admiral"."ssh_keys"("name");

-- CreateIndex
CREATE UNIQUE INDEX "servers_server_id_key" ON "admiral"."servers"("server_id");

-- CreateIndex
CREATE INDEX "servers_hostname_idx" ON "admiral"."servers"("hostname");

-- CreateIndex
CREATE UNIQUE INDEX "server_agent_tokens_fingerprint_key" ON "admiral"."server_agent_tokens"("fingerprint");

-- CreateIndex
CREATE INDEX "server_agent_tokens_server_id_idx" ON "admiral"."server_agent_tokens"("server_id");

-- CreateIndex
CREATE INDEX "deployments_created_at_idx" ON "admiral"."deployments"("created_at");

-- CreateIndex
CREATE INDEX "deployments_state_idx" ON "admiral"."deployments"("state");

-- CreateIndex
CREATE INDEX "deployment_servers_server_id_idx" ON "admiral"."deployment_servers"("server_id");

-- CreateIndex
CREATE INDEX "deployment_audit_logs_at_id_idx" ON "admiral"."deployment_audit_logs"("at", "id");

-- CreateIndex
CREATE INDEX "deployment_audit_logs_object_kind_object_id_idx" ON "admiral"."deployment_audit_logs"("object_kind", "object_id");

-- CreateIndex
CREATE INDEX "idempotency_keys_created_at_idx" ON "admiral"."idempotency_keys"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "metric_dead_letters_stream_id_key" ON "admiral"."metric_dead_letters"("stream_id");

-- CreateIndex
CREATE INDEX "metric_dead_letters_at_idx" ON "admiral"."metric_dead_letters"("at");

-- AddForeignKey
ALTER TABLE "admiral"."sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "admiral"."users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "admiral"."one_time_links" ADD CONSTRAINT "one_time_links_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "admiral"."users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "admiral"."servers" ADD CONSTRAINT "servers_ssh_key_id_fkey" FOREIGN KEY ("ssh_key_id") REFERENCES "admiral"."ssh_keys"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "admiral"."server_agent_tokens" ADD CONSTRAINT "server_agent_tokens_server_id_fkey" FOREIGN KEY ("server_id") REFERENCES "admiral"."servers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "admiral"."server_newest" ADD CONSTRAINT "server_newest_server_id_fkey" FOREIGN KEY ("server_id") REFERENCES "admiral"."servers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "admiral"."deployment_servers" ADD CONSTRAINT "deployment_servers_deployment_id_fkey" FOREIGN KEY ("deployment_id") REFERENCES "admiral"."deployments"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- States are checked where they are kept: a misspelt one must never be stored.
ALTER TABLE "admiral"."users" ADD CONSTRAINT "users_role_check" CHECK (role IN ('admin', 'operator', 'viewer', 'auditor'));
ALTER TABLE "admiral"."api_tokens" ADD CONSTRAINT "api_tokens_role_check" CHECK (role IN ('admin', 'operator', 'viewer', 'auditor'));
ALTER TABLE "admiral"."servers" ADD CONSTRAINT "servers_environment_check" CHECK (environment IN ('production', 'staging', 'other'));
ALTER TABLE "admiral"."deployments" ADD CONSTRAINT "deployments_state_check" CHECK (state IN
  ('queued', 'waiting', 'running', 'paused', 'cancelling', 'succeeded', 'partly_failed', 'failed', 'cancelled'));
ALTER TABLE "admiral"."deployment_servers" ADD CONSTRAINT "deployment_servers_state_check" CHECK (state IN
  ('pending', 'running', 'ok', 'changed', 'failed', 'unreachable', 'skipped', 'unknown', 'interrupted'));

-- Partitions are made and dropped by the owner alone; the services call these functions.
-- Metrics: a day each, from 8 days back (late reports of a long outage) to 2 days ahead. Logs: a month each, to 2 months ahead.
CREATE FUNCTION "admiral"."ensure_partitions"() RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = admiral, pg_temp AS $$
DECLARE
  parent text; day date; made integer := 0; part text;
BEGIN
  PERFORM pg_advisory_xact_lock(7215301);
  FOREACH parent IN ARRAY ARRAY['metrics', 'process_snapshots'] LOOP
    FOR day IN SELECT generate_series((now() AT TIME ZONE 'UTC')::date - 8, (now() AT TIME ZONE 'UTC')::date + 2, '1 day')::date LOOP
      part := parent || '_' || to_char(day, 'YYYYMMDD');
      IF to_regclass('admiral.' || part) IS NULL THEN
        EXECUTE format('CREATE TABLE admiral.%I PARTITION OF admiral.%I FOR VALUES FROM (%L) TO (%L)',
          part, parent, day::text || ' 00:00:00+00', (day + 1)::text || ' 00:00:00+00');
        made := made + 1;
      END IF;
    END LOOP;
  END LOOP;
  FOREACH parent IN ARRAY ARRAY['deployment_events', 'deployment_output'] LOOP
    FOR day IN SELECT generate_series(date_trunc('month', now() AT TIME ZONE 'UTC') - interval '1 month',
                                      date_trunc('month', now() AT TIME ZONE 'UTC') + interval '2 months', '1 month')::date LOOP
      part := parent || '_' || to_char(day, 'YYYYMM');
      IF to_regclass('admiral.' || part) IS NULL THEN
        EXECUTE format('CREATE TABLE admiral.%I PARTITION OF admiral.%I FOR VALUES FROM (%L) TO (%L)',
          part, parent, day::text || ' 00:00:00+00', (day + interval '1 month')::date::text || ' 00:00:00+00');
        made := made + 1;
      END IF;
    END LOOP;
  END LOOP;
  RETURN made;
END $$;

-- Drops whole days of metrics that end more than `keep_days` days ago. Returns how many partitions went.
CREATE FUNCTION "admiral"."drop_old_partitions"(keep_days integer DEFAULT 7) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = admiral, pg_temp AS $$
DECLARE
  part record; dropped integer := 0;
BEGIN
  IF keep_days < 1 THEN RAISE EXCEPTION 'keep_days must be at least 1, not %', keep_days; END IF;
  PERFORM pg_advisory_xact_lock(7215301);
  FOR part IN
    SELECT child.relname FROM pg_inherits
      JOIN pg_class child ON child.oid = inhrelid
      JOIN pg_class parent ON parent.oid = inhparent
      JOIN pg_namespace ns ON ns.oid = parent.relnamespace
    WHERE ns.nspname = 'admiral' AND parent.relname IN ('metrics', 'process_snapshots')
      AND child.relname ~ '_[0-9]{8}$'
      AND to_date(right(child.relname, 8), 'YYYYMMDD') < (now() AT TIME ZONE 'UTC')::date - keep_days - 1
  LOOP
    EXECUTE format('DROP TABLE admiral.%I', part.relname);
    dropped := dropped + 1;
  END LOOP;
  RETURN dropped;
END $$;

SELECT "admiral"."ensure_partitions"();

-- The roles are made by whoever owns the cluster (the starter, or the container's init script) before migrations run.
DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'admiral_service')
     OR NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'admiral_metrics') THEN
    RAISE EXCEPTION 'the roles admiral_service and admiral_metrics are missing: create them as LOGIN roles first';
  END IF;
END $$;

REVOKE ALL ON SCHEMA "admiral" FROM PUBLIC;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON FUNCTION "admiral"."ensure_partitions"(), "admiral"."drop_old_partitions"(integer) FROM PUBLIC;
GRANT USAGE ON SCHEMA "admiral" TO admiral_service, admiral_metrics;
GRANT EXECUTE ON FUNCTION "admiral"."ensure_partitions"(), "admiral"."drop_old_partitions"(integer) TO admiral_service, admiral_metrics;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "admiral" TO admiral_service;
-- Nobody but the owner changes or removes audit entries.
REVOKE UPDATE, DELETE ON "admiral"."deployment_audit_logs" FROM admiral_service;
-- Ingest and digest: who may report, and what was reported.
GRANT SELECT (id, server_id, allow_reports_without_token, last_seen_at, is_demo) ON "admiral"."servers" TO admiral_metrics;
GRANT UPDATE (last_seen_at, facts, facts_at) ON "admiral"."servers" TO admiral_metrics;
GRANT SELECT (facts, facts_at) ON "admiral"."servers" TO admiral_metrics;
GRANT SELECT ON "admiral"."server_agent_tokens", "admiral"."settings" TO admiral_metrics;
GRANT SELECT, INSERT, UPDATE ON "admiral"."server_newest" TO admiral_metrics;
GRANT SELECT, INSERT ON "admiral"."metrics", "admiral"."process_snapshots" TO admiral_metrics;
GRANT SELECT, INSERT, DELETE ON "admiral"."metric_dead_letters" TO admiral_metrics;
