-- What PostgreSQL does not keep about a Redshift table, kept beside it. Made once, in each new data folder.
CREATE SCHEMA standin;
GRANT USAGE ON SCHEMA standin TO PUBLIC;

CREATE TABLE standin.table_attributes (
    oid oid PRIMARY KEY, diststyle text NOT NULL, distkey text, sortkey text[] NOT NULL, sortstyle text NOT NULL
);
CREATE TABLE standin.keys (
    oid oid NOT NULL, kind text NOT NULL, columns text[] NOT NULL, referenced oid, referenced_columns text[], name text
);
CREATE SEQUENCE standin.query_ids START 1000;
CREATE TABLE standin.load_errors (
    query bigint NOT NULL, session integer NOT NULL, tbl oid NOT NULL, starttime timestamp NOT NULL,
    filename text NOT NULL, line_number bigint NOT NULL, colname text NOT NULL, type text NOT NULL,
    col_length text NOT NULL, position integer NOT NULL, raw_line text NOT NULL, raw_field_value text NOT NULL,
    err_code integer NOT NULL, err_reason text NOT NULL
);
-- Nothing is charged here by itself: who tests what reads SYS_SERVERLESS_USAGE puts rows in.
CREATE TABLE standin.serverless_usage (
    start_time timestamp NOT NULL, end_time timestamp NOT NULL, compute_seconds double precision NOT NULL,
    compute_capacity double precision NOT NULL, charged_seconds bigint NOT NULL
);
-- What users' queries named, for SYS_QUERY_DETAIL. Written when somebody asks for that (scans.py).
CREATE TABLE standin.scans (
    query bigint NOT NULL, username name NOT NULL, starttime timestamp NOT NULL, named oid
);
GRANT ALL ON ALL TABLES IN SCHEMA standin TO PUBLIC;
GRANT ALL ON ALL SEQUENCES IN SCHEMA standin TO PUBLIC;

-- VARCHAR(n) counts bytes in Redshift and characters in PostgreSQL: a check beside the type keeps it to bytes.
-- Called after any change of a table's columns; what is there already stays.
CREATE FUNCTION standin.guard(target regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    c record;
    known text;
    wanted text;
BEGIN
    FOR c IN
        SELECT attname, attnum, atttypid, atttypmod FROM pg_catalog.pg_attribute
        WHERE attrelid = target AND attnum > 0 AND NOT attisdropped
            AND atttypid IN ('varchar'::regtype, 'text'::regtype, 'bpchar'::regtype)
    LOOP
        IF c.atttypid = 'text'::regtype OR c.atttypmod < 0 THEN
            EXECUTE format('ALTER TABLE %s ALTER COLUMN %I TYPE varchar(65535)', target, c.attname);
            c.atttypmod := 65539;
        END IF;
        wanted := format('standin_bytes_%s_%s', c.attnum, c.atttypmod - 4);
        SELECT conname INTO known FROM pg_catalog.pg_constraint
        WHERE conrelid = target AND contype = 'c' AND conkey = ARRAY[c.attnum] AND conname LIKE 'standin\_bytes\_%'
        ORDER BY conname = wanted LIMIT 1;
        CONTINUE WHEN known = wanted;
        IF known IS NOT NULL THEN
            EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', target, known);
        END IF;
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I CHECK (octet_length(%I) <= %s)',
            target, wanted, c.attname, c.atttypmod - 4);
    END LOOP;
END $$;
