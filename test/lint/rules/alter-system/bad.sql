-- embark: no-transaction

-- here
ALTER SYSTEM RESET work_mem;
