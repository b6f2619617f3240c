-- here
DROP OWNED BY embark_lint_owner;
