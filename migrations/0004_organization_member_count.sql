ALTER TABLE "organization_state" ADD COLUMN "member_count" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
-- Organisations from before organization_state existed have no row there yet.
INSERT INTO "organization_state" ("organization_id", "updated_at")
SELECT "id", "created_at" FROM "organization"
ON CONFLICT ("organization_id") DO NOTHING;--> statement-breakpoint
UPDATE "organization_state" SET "member_count" = "counted"."members"
FROM (
	SELECT "organization_id", count(*) AS "members" FROM "member" GROUP BY "organization_id"
) AS "counted"
WHERE "counted"."organization_id" = "organization_state"."organization_id";
