COMMIT;--> statement-breakpoint
BEGIN;--> statement-breakpoint
CREATE INDEX CONCURRENTLY i ON t (a);--> statement-breakpoint
COMMIT;
