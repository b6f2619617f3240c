ALTER ROLE embark_lint_login PASSWORD NULL;
