-- Functions of Redshift's that PostgreSQL lacks, where every session finds them.
CREATE FUNCTION pg_catalog.getdate() RETURNS timestamp STABLE LANGUAGE sql
    AS $$ SELECT date_trunc('second', statement_timestamp() AT TIME ZONE 'UTC') $$;
-- Of a date too a timestamp without zone.
CREATE FUNCTION pg_catalog.date_trunc(unit text, d date) RETURNS timestamp IMMUTABLE STRICT
    LANGUAGE sql AS $$ SELECT date_trunc(unit, d::timestamp) $$;
-- Views WITH NO SCHEMA BINDING are views like others here.
CREATE FUNCTION pg_catalog.pg_get_late_binding_view_cols() RETURNS SETOF record STABLE LANGUAGE sql
    AS $$ SELECT ''::name, ''::name, ''::name, ''::text, 0 WHERE false $$;
-- Asked by the JDBC driver, and by the connector after a COPY; told by the stand-in in the session's own settings.
CREATE FUNCTION pg_catalog.current_user_id() RETURNS integer STABLE LANGUAGE sql
    AS $$ SELECT usesysid::integer FROM pg_catalog.pg_user WHERE usename = current_user $$;
CREATE FUNCTION pg_catalog.pg_last_copy_count() RETURNS bigint STABLE LANGUAGE sql
    AS $$ SELECT coalesce(nullif(current_setting('standin.last_copy_count', true), '')::bigint, 0) $$;
CREATE FUNCTION pg_catalog.pg_last_copy_id() RETURNS integer STABLE LANGUAGE sql
    AS $$ SELECT coalesce(nullif(current_setting('standin.last_copy_id', true), '')::integer, -1) $$;
CREATE FUNCTION pg_catalog.pg_last_query_id() RETURNS integer STABLE LANGUAGE sql AS $$ SELECT -1 $$;
