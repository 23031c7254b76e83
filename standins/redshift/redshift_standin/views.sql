-- System views of Redshift's that drivers, the connector and loaders ask for.
CREATE VIEW pg_catalog.stl_load_errors AS
SELECT 100 AS userid, 0 AS slice, tbl::bigint AS tbl, starttime, session, query::integer AS query,
    filename::char(256) AS filename, line_number, colname::char(127) AS colname, type::char(10) AS type,
    col_length::char(10) AS col_length, position, left(raw_line, 1024)::char(1024) AS raw_line,
    left(raw_field_value, 1024)::char(1024) AS raw_field_value, err_code, left(err_reason, 100)::char(100) AS err_reason,
    0 AS is_partial, 0::bigint AS start_offset
FROM standin.load_errors;
CREATE VIEW pg_catalog.sys_load_error_detail AS
SELECT 100 AS user_id, query AS query_id, query AS transaction_id, session AS session_id,
    current_database()::varchar AS database_name, tbl::integer AS table_id, starttime AS start_time,
    filename::varchar AS file_name, line_number, colname::varchar AS column_name, type::varchar AS column_type,
    col_length::varchar AS column_length, position, err_code AS error_code, err_reason::varchar AS error_message
FROM standin.load_errors;
CREATE VIEW pg_catalog.sys_serverless_usage AS
SELECT start_time, end_time, compute_seconds, compute_capacity, 0::bigint AS data_storage,
    0::bigint AS cross_region_transferred_data, charged_seconds
FROM standin.serverless_usage;
CREATE VIEW pg_catalog.svv_user_info AS
SELECT u.usename::varchar AS user_name, u.usesysid::integer AS user_id, u.usecreatedb AS createdb, u.usesuper AS superuser,
    false AS catalog_update, 'UNLIMITED'::varchar AS connection_limit, 'RESTRICTED'::varchar AS syslog_access
FROM pg_catalog.pg_user u JOIN pg_catalog.pg_user me ON me.usename = current_user
WHERE u.usename <> 'standin' AND (me.usesuper OR u.usename = current_user);
CREATE VIEW pg_catalog.svv_user_grants AS
SELECT u.usesysid::integer AS user_id, u.usename::varchar AS user_name, r.oid::integer AS role_id,
    r.rolname::varchar AS role_name, m.admin_option
FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_user u ON u.usesysid = m.member
JOIN pg_catalog.pg_roles r ON r.oid = m.roleid JOIN pg_catalog.pg_user me ON me.usename = current_user
WHERE me.usesuper OR u.usename = current_user;
-- Steps `scan` alone, one for each table that a query named, or that a view which it named reads. As in Redshift, who
-- is no superuser and has not the role sys:monitor sees his own queries alone.
CREATE VIEW pg_catalog.sys_query_detail AS
WITH RECURSIVE scanned(query, username, starttime, oid) AS (
    SELECT query, username, starttime, named FROM standin.scans
    UNION
    SELECT s.query, s.username, s.starttime, d.refobjid
    FROM scanned s JOIN pg_catalog.pg_rewrite w ON w.ev_class = s.oid
    JOIN pg_catalog.pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
        AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> s.oid
)
SELECT u.usesysid::integer AS user_id, s.query AS query_id, 1 AS child_query_sequence, 0 AS stream_id, 0 AS segment_id,
    0 AS step_id, 'scan'::text AS step_name, c.oid::integer AS table_id, c.relname::char(136) AS table_name,
    s.starttime AS start_time, s.starttime AS end_time, 'step'::char(64) AS metrics_level
FROM scanned s JOIN pg_catalog.pg_class c ON c.oid = s.oid AND c.relkind = 'r'
JOIN pg_catalog.pg_user u ON u.usename = s.username
WHERE s.username = current_user
    OR EXISTS (SELECT 1 FROM pg_catalog.pg_user me WHERE me.usename = current_user AND me.usesuper)
    OR EXISTS (SELECT 1 FROM pg_catalog.svv_user_grants g WHERE g.user_name = current_user AND g.role_name = 'sys:monitor');
CREATE VIEW pg_catalog.svv_tables AS
SELECT table_catalog::varchar, table_schema::varchar, table_name::varchar, table_type::varchar,
    obj_description(to_regclass(format('%I.%I', table_schema, table_name)))::varchar AS remarks
FROM information_schema.tables WHERE table_schema <> 'standin';
CREATE VIEW pg_catalog.svv_columns AS
SELECT table_catalog::varchar, table_schema::varchar, table_name::varchar, column_name::varchar,
    ordinal_position::integer, column_default::varchar, is_nullable::varchar, data_type::varchar,
    character_maximum_length::integer, numeric_precision::integer, numeric_precision_radix::integer,
    numeric_scale::integer, datetime_precision::integer, NULL::varchar AS interval_type, NULL::varchar AS remarks
FROM information_schema.columns WHERE table_schema <> 'standin';
CREATE VIEW pg_catalog.svv_external_schemas AS
SELECT 0::oid AS esoid, 0::smallint AS eskind, ''::name AS schemaname, 100 AS esowner, ''::text AS databasename,
    ''::text AS esoptions WHERE false;
CREATE VIEW pg_catalog.svv_external_tables AS
SELECT ''::varchar AS redshift_database_name, ''::varchar AS schemaname, ''::varchar AS tablename, ''::varchar AS tabletype,
    ''::varchar AS location, ''::varchar AS parameters WHERE false;
CREATE VIEW pg_catalog.svv_external_columns AS
SELECT ''::varchar AS redshift_database_name, ''::varchar AS schemaname, ''::varchar AS tablename,
    ''::varchar AS columnname, ''::varchar AS external_type, 0 AS columnnum, 0 AS part_key, ''::varchar AS is_nullable
WHERE false;
CREATE VIEW pg_catalog.svv_roles AS
SELECT oid::integer AS role_id, rolname::varchar AS role_name, 'standin'::varchar AS role_owner, NULL::varchar AS external_id
FROM pg_catalog.pg_roles WHERE NOT rolcanlogin AND rolname NOT LIKE 'pg\_%';
CREATE VIEW pg_catalog.svv_redshift_databases AS
SELECT datname::varchar AS database_name, 100 AS database_owner, 'local'::varchar AS database_type,
    NULL::varchar AS database_acl, NULL::varchar AS database_options, 'Serializable'::varchar AS database_isolation_level
FROM pg_catalog.pg_database WHERE NOT datistemplate AND datname <> 'postgres';
CREATE VIEW pg_catalog.svv_redshift_schemas AS
SELECT current_database()::varchar AS database_name, nspname::varchar AS schema_name, 100 AS schema_owner,
    'local'::varchar AS schema_type, NULL::varchar AS schema_acl, NULL::varchar AS schema_option
FROM pg_catalog.pg_namespace WHERE nspname NOT LIKE 'pg\_%' AND nspname NOT IN ('information_schema', 'standin');
CREATE VIEW pg_catalog.svv_all_schemas AS SELECT * FROM pg_catalog.svv_redshift_schemas;
CREATE VIEW pg_catalog.svv_table_info AS
SELECT current_database()::varchar AS database, n.nspname::varchar AS schema, c.oid AS table_id, c.relname::varchar AS "table",
    'Y, AUTO(ENCODE)'::varchar AS encoded,
    CASE a.diststyle WHEN 'KEY' THEN format('KEY(%s)', a.distkey) WHEN 'AUTO' THEN 'AUTO(ALL)' ELSE coalesce(a.diststyle, 'AUTO(ALL)') END::varchar AS diststyle,
    CASE WHEN a.sortstyle = 'AUTO' OR a.oid IS NULL THEN 'AUTO(SORTKEY)' WHEN cardinality(a.sortkey) = 0 THEN NULL ELSE a.sortkey[1] END::varchar AS sortkey1,
    coalesce(cardinality(a.sortkey), 0) AS sortkey_num, greatest(1, pg_total_relation_size(c.oid) / 1048576)::bigint AS size,
    c.reltuples::numeric(38, 0) AS tbl_rows, 0::numeric(5, 2) AS unsorted, 0::numeric(5, 2) AS stats_off
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN standin.table_attributes a ON a.oid = c.oid
WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg\_%' AND n.nspname NOT IN ('information_schema', 'standin');
CREATE VIEW pg_catalog.pg_table_def AS
SELECT n.nspname AS schemaname, c.relname AS tablename, t.attname AS "column", format_type(t.atttypid, t.atttypmod) AS type,
    'none'::varchar AS encoding, coalesce(a.distkey = t.attname, false) AS distkey,
    coalesce(array_position(a.sortkey, t.attname::text), 0)
        * CASE WHEN a.sortstyle = 'INTERLEAVED' AND array_position(a.sortkey, t.attname::text) % 2 = 0 THEN -1 ELSE 1 END AS sortkey,
    t.attnotnull AS "notnull"
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute t ON t.attrelid = c.oid AND t.attnum > 0 AND NOT t.attisdropped
LEFT JOIN standin.table_attributes a ON a.oid = c.oid
WHERE c.relkind = 'r' AND pg_table_is_visible(c.oid) AND n.nspname <> 'standin';
GRANT SELECT ON pg_catalog.stl_load_errors, pg_catalog.sys_load_error_detail, pg_catalog.sys_serverless_usage,
    pg_catalog.svv_user_info, pg_catalog.svv_user_grants, pg_catalog.sys_query_detail,
    pg_catalog.svv_tables, pg_catalog.svv_columns,
    pg_catalog.svv_external_schemas, pg_catalog.svv_external_tables, pg_catalog.svv_external_columns,
    pg_catalog.svv_roles, pg_catalog.svv_redshift_databases,
    pg_catalog.svv_redshift_schemas, pg_catalog.svv_all_schemas, pg_catalog.svv_table_info, pg_catalog.pg_table_def
    TO PUBLIC;
