CREATE INDEX "beta_waitlist_queue_idx" ON "beta_waitlist" USING btree ("created_at","id") WHERE "beta_waitlist"."status" = 'waiting';--> statement-breakpoint
CREATE UNIQUE INDEX "beta_waitlist_email_lower_idx" ON "beta_waitlist" USING btree (lower("email"));
