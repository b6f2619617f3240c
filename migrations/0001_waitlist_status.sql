CREATE TYPE "public"."waitlist_status" AS ENUM('waiting', 'invited');--> statement-breakpoint
ALTER TABLE "beta_waitlist" ADD COLUMN "status" "waitlist_status" DEFAULT 'waiting' NOT NULL;--> statement-breakpoint
ALTER TABLE "beta_waitlist" ADD COLUMN "invited_at" timestamp with time zone;
