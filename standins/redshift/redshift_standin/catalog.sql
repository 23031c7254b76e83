-- What PostgreSQL does not keep about a Redshift table, kept beside it. Made once, in each new data folder.
CREATE SCHEMA standin;
GRANT USAGE ON SCHEMA standin TO PUBLIC;

CREATE TABLE standin.table_attributes (
    oid oid PRIMARY KEY, diststyle text NOT NULL, distkey text, sortkey text[] NOT NULL, sortstyle text NOT NULL
);
CREATE TABLE standin.encodings (oid oid NOT NULL, name text NOT NULL, encoding text NOT NULL);
CREATE TABLE standin.keys (
    oid oid NOT NULL, kind text NOT NULL, columns text[] NOT NULL, referenced oid, referenced_columns text[], name text
);
CREATE TABLE standin.late_views (schema name NOT NULL, name name NOT NULL, definition text NOT NULL, acl aclitem[]);
CREATE SEQUENCE standin.query_ids START 1000;
CREATE TABLE standin.loads (
    query bigint NOT NULL, session integer NOT NULL, username text NOT NULL, status text NOT NULL, tbl oid NOT NULL,
    table_name text NOT NULL, started timestamp NOT NULL, ended timestamp NOT NULL, source text NOT NULL,
    format text NOT NULL, rows bigint NOT NULL, bytes bigint NOT NULL, files integer NOT NULL, errors bigint NOT NULL,
    message text
);
CREATE TABLE standin.load_files (query bigint NOT NULL, filename text NOT NULL, lines bigint NOT NULL);
CREATE TABLE standin.load_errors (
    query bigint NOT NULL, session integer NOT NULL, tbl oid NOT NULL, starttime timestamp NOT NULL,
    filename text NOT NULL, line_number bigint NOT NULL, colname text NOT NULL, type text NOT NULL,
    col_length text NOT NULL, position integer NOT NULL, raw_line text NOT NULL, raw_field_value text NOT NULL,
    err_code integer NOT NULL, err_reason text NOT NULL
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

-- A view WITH NO SCHEMA BINDING outlives its tables. PostgreSQL's cannot: it is dropped before a table changes
-- and made again, with its grants, once its tables are there.
CREATE FUNCTION standin.unbind(target regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v record;
BEGIN
    FOR v IN
        SELECT DISTINCT l.schema, l.name, c.oid, c.relacl FROM pg_catalog.pg_depend d
        JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
        JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN standin.late_views l ON l.schema = n.nspname AND l.name = c.relname
        WHERE d.classid = 'pg_rewrite'::regclass AND d.refobjid = target AND c.oid <> target
    LOOP
        CONTINUE WHEN NOT EXISTS (SELECT 1 FROM pg_catalog.pg_class WHERE oid = v.oid);
        PERFORM standin.unbind(v.oid::regclass);
        UPDATE standin.late_views l SET acl = v.relacl WHERE l.schema = v.schema AND l.name = v.name;
        EXECUTE format('DROP VIEW %I.%I', v.schema, v.name);
    END LOOP;
END $$;

CREATE FUNCTION standin.rebind() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v record;
    again boolean := true;
BEGIN
    WHILE again LOOP
        again := false;
        FOR v IN
            SELECT * FROM standin.late_views l
            WHERE to_regclass(format('%I.%I', l.schema, l.name)) IS NULL
        LOOP
            BEGIN
                EXECUTE format('CREATE VIEW %I.%I AS %s', v.schema, v.name, v.definition);
                IF v.acl IS NOT NULL THEN
                    UPDATE pg_catalog.pg_class SET relacl = v.acl
                    WHERE oid = to_regclass(format('%I.%I', v.schema, v.name));
                END IF;
                again := true;
            EXCEPTION WHEN undefined_table OR undefined_column OR invalid_schema_name THEN
                NULL;
            END;
        END LOOP;
    END LOOP;
END $$;
