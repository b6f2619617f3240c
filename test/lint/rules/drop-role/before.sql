DO $$
BEGIN
  CREATE ROLE embark_lint_retired;
EXCEPTION WHEN duplicate_object THEN
  NULL;
END
$$;
