-- here
DROP ROLE embark_lint_retired;
