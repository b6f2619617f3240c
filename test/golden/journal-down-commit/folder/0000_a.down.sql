COMMIT;--> statement-breakpoint
DROP INDEX CONCURRENTLY i;
