-- Functions of Redshift's that PostgreSQL lacks, where every session finds them.
CREATE FUNCTION pg_catalog.getdate() RETURNS timestamp STABLE LANGUAGE sql
    AS $$ SELECT date_trunc('second', statement_timestamp() AT TIME ZONE 'UTC') $$;
-- Of a date too a timestamp without zone.
CREATE FUNCTION pg_catalog.date_trunc(unit text, d date) RETURNS timestamp IMMUTABLE STRICT
    LANGUAGE sql AS $$ SELECT date_trunc(unit, d::timestamp) $$;
-- Views WITH NO SCHEMA BINDING are views like others here.
CREATE FUNCTION pg_catalog.pg_get_late_binding_view_cols() RETURNS SETOF record STABLE LANGUAGE sql
    AS $$ SELECT ''::name, ''::name, ''::name, ''::text, 0 WHERE false $$;
