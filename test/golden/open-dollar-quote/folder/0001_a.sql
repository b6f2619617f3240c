do $body$ begin end $bod$;
