-- Functions of Redshift's that PostgreSQL lacks, where every session finds them.
CREATE FUNCTION pg_catalog.getdate() RETURNS timestamp STABLE LANGUAGE sql
    AS $$ SELECT date_trunc('second', statement_timestamp() AT TIME ZONE 'UTC') $$;
CREATE FUNCTION pg_catalog.sysdate() RETURNS timestamp STABLE LANGUAGE sql
    AS $$ SELECT transaction_timestamp() AT TIME ZONE 'UTC' $$;
-- Boundaries crossed, not time gone by: from 31 December to 1 January is a year.
CREATE FUNCTION pg_catalog.datediff(unit text, a timestamp, b timestamp) RETURNS bigint IMMUTABLE LANGUAGE sql AS $$
    SELECT CASE
        WHEN unit IN ('year', 'years', 'y', 'yr', 'yyyy') THEN extract(year FROM b) - extract(year FROM a)
        WHEN unit IN ('quarter', 'quarters', 'qtr') THEN
            (extract(year FROM b) - extract(year FROM a)) * 4 + extract(quarter FROM b) - extract(quarter FROM a)
        WHEN unit IN ('month', 'months', 'mon', 'mm') THEN
            (extract(year FROM b) - extract(year FROM a)) * 12 + extract(month FROM b) - extract(month FROM a)
        WHEN unit IN ('week', 'weeks', 'w') THEN
            -- Redshift's weeks begin on Sunday here.
            floor((b::date - date '2000-01-02') / 7.0) - floor((a::date - date '2000-01-02') / 7.0)
        WHEN unit IN ('day', 'days', 'd') THEN b::date - a::date
        ELSE floor(extract(epoch FROM date_trunc(unit, b)) * f.per) - floor(extract(epoch FROM date_trunc(unit, a)) * f.per)
    END::bigint
    FROM (SELECT CASE rtrim(unit, 's') WHEN 'hour' THEN 1 / 3600.0 WHEN 'minute' THEN 1 / 60.0 WHEN 'second' THEN 1
        WHEN 'millisecond' THEN 1000 WHEN 'microsecond' THEN 1000000 END AS per) f
$$;
-- Of a date too a timestamp without zone.
CREATE FUNCTION pg_catalog.date_trunc(unit text, d date) RETURNS timestamp IMMUTABLE STRICT
    LANGUAGE sql AS $$ SELECT date_trunc(unit, d::timestamp) $$;
CREATE FUNCTION pg_catalog.len(text) RETURNS integer IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT length($1) $$;
CREATE FUNCTION pg_catalog.func_sha1(text) RETURNS text IMMUTABLE STRICT LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'stand-in: sha1 is not supported here'; END $$;
CREATE FUNCTION pg_catalog.convert_timezone(source text, target text, t timestamp) RETURNS timestamp STABLE STRICT
    LANGUAGE sql AS $$ SELECT t AT TIME ZONE source AT TIME ZONE target $$;
CREATE FUNCTION pg_catalog.convert_timezone(target text, t timestamp) RETURNS timestamp STABLE STRICT
    LANGUAGE sql AS $$ SELECT t AT TIME ZONE 'UTC' AT TIME ZONE target $$;
CREATE FUNCTION pg_catalog.json_extract_path_text(j text, VARIADIC path text[]) RETURNS text IMMUTABLE STRICT
    LANGUAGE sql AS $$ SELECT coalesce(pg_catalog.json_extract_path_text(j::json, VARIADIC path), '') $$;
CREATE FUNCTION pg_catalog.json_extract_array_element_text(j text, at integer) RETURNS text IMMUTABLE STRICT
    LANGUAGE sql AS $$ SELECT coalesce(j::json ->> at, '') $$;
CREATE FUNCTION pg_catalog.last_day(t timestamp) RETURNS date IMMUTABLE STRICT
    LANGUAGE sql AS $$ SELECT (date_trunc('month', t) + interval '1 month - 1 day')::date $$;
CREATE FUNCTION pg_catalog.add_months(t timestamp, n integer) RETURNS timestamp IMMUTABLE STRICT
    LANGUAGE sql AS $$ SELECT t + n * interval '1 month' $$;
CREATE FUNCTION pg_catalog.months_between(a timestamp, b timestamp) RETURNS double precision IMMUTABLE STRICT
    LANGUAGE sql AS $$
    SELECT (extract(year FROM a) - extract(year FROM b)) * 12 + extract(month FROM a) - extract(month FROM b)
        + (extract(day FROM a) - extract(day FROM b)) / 31.0 $$;
CREATE FUNCTION pg_catalog.strtol(v text, base integer) RETURNS bigint IMMUTABLE STRICT LANGUAGE plpgsql AS $$
DECLARE r numeric := 0; c text;
BEGIN
    FOREACH c IN ARRAY regexp_split_to_array(lower(v), '') LOOP
        r := r * base + position(c IN '0123456789abcdefghijklmnopqrstuvwxyz') - 1;
    END LOOP;
    RETURN r;
END $$;
CREATE FUNCTION pg_catalog.current_user_id() RETURNS integer STABLE LANGUAGE sql
    AS $$ SELECT usesysid::integer FROM pg_catalog.pg_user WHERE usename = current_user $$;
-- Views WITH NO SCHEMA BINDING are views like others here.
CREATE FUNCTION pg_catalog.pg_get_late_binding_view_cols() RETURNS SETOF record STABLE LANGUAGE sql
    AS $$ SELECT ''::name, ''::name, ''::name, ''::text, 0 WHERE false $$;
-- Told by the stand-in after each COPY, in the session's own setting.
CREATE FUNCTION pg_catalog.pg_last_copy_count() RETURNS bigint STABLE LANGUAGE sql
    AS $$ SELECT coalesce(nullif(current_setting('standin.last_copy_count', true), '')::bigint, 0) $$;
CREATE FUNCTION pg_catalog.pg_last_copy_id() RETURNS integer STABLE LANGUAGE sql
    AS $$ SELECT coalesce(nullif(current_setting('standin.last_copy_id', true), '')::integer, -1) $$;
CREATE FUNCTION pg_catalog.pg_last_query_id() RETURNS integer STABLE LANGUAGE sql AS $$ SELECT -1 $$;
