ALTER TYPE "public"."waitlist_status" ADD VALUE 'joined';
