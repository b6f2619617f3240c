ALTER ROLE embark_lint_retired NOLOGIN;
