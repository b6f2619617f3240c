DO $$
BEGIN
  CREATE ROLE embark_lint_owner;
EXCEPTION WHEN duplicate_object THEN
  NULL;
END
$$;
CREATE TABLE reports (id bigint PRIMARY KEY);
ALTER TABLE reports OWNER TO embark_lint_owner;
