-- Whoever signs up leaves the waitlist. The new value is named inside a function only: drizzle-orm
-- applies all pending migrations in one transaction, and there a value added to an enum that was
-- committed before can't be used yet.
ALTER TABLE "beta_waitlist" ADD COLUMN "joined_at" timestamp with time zone;--> statement-breakpoint
CREATE FUNCTION "public"."waitlist_mark_joined"() RETURNS trigger AS $$
BEGIN
	UPDATE "public"."beta_waitlist"
	SET "status" = 'joined', "joined_at" = now()
	WHERE "email" = lower(NEW."email") AND "joined_at" IS NULL;
	RETURN NULL;
END;
$$ LANGUAGE plpgsql;
--> statement-breakpoint
CREATE TRIGGER "user_leaves_waitlist" AFTER INSERT OR UPDATE OF "email" ON "user"
	FOR EACH ROW EXECUTE FUNCTION "public"."waitlist_mark_joined"();
