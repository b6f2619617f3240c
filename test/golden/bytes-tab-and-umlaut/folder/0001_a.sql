select 1;
	select 'grüß dich', 'offen;
