-- embark: no-transaction

-- here
DROP DATABASE IF EXISTS embark_lint_old;
