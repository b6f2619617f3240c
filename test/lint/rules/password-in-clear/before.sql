DO $$
BEGIN
  CREATE ROLE embark_lint_login;
EXCEPTION WHEN duplicate_object THEN
  NULL;
END
$$;
