select 1
\restrict abc
;
