drop table a;--> statement-breakpoint
