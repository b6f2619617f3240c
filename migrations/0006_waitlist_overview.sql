CREATE VIEW "public"."waitlist_overview" AS (
	SELECT date_trunc('day', "created_at") AS "day", "status", count(*) AS "people"
	FROM "beta_waitlist"
	GROUP BY 1, 2
);
