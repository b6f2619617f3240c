-- "updated_at" was every writer's duty, and some forgot it; now the database sees to it.
CREATE FUNCTION "public"."touch_updated_at"() RETURNS trigger AS $touch$
BEGIN
	NEW."updated_at" := now();
	RETURN NEW;
END;
$touch$ LANGUAGE plpgsql;
--> statement-breakpoint
DO $do$
DECLARE
	target text;
BEGIN
	FOREACH target IN ARRAY ARRAY['account', 'organization_state', 'session', 'user', 'user_subscription', 'verification'] LOOP
		EXECUTE format($sql$
			CREATE TRIGGER %I BEFORE UPDATE ON %I
			FOR EACH ROW EXECUTE FUNCTION "public"."touch_updated_at"();
		$sql$, target || '_touch_updated_at', target);
	END LOOP;
END;
$do$;
