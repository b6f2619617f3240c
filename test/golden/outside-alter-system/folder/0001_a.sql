select 1;
  alter system set work_mem = '1GB';
