DROP INDEX "verbatim"."threads_session";--> statement-breakpoint
ALTER TABLE "verbatim"."threads" ADD COLUMN "cost_micro_usd" bigint GENERATED ALWAYS AS ((thread ->> 'cost_micro_usd')::int8) STORED;--> statement-breakpoint
CREATE INDEX "sessions_spoken" ON "verbatim"."sessions" USING btree ((CASE WHEN messages > 0 THEN (extract(epoch FROM last_said_at AT TIME ZONE 'UTC') * 1000)::int8 ELSE -62135596800001 END),"last_seq");--> statement-breakpoint
CREATE INDEX "threads_session_cost" ON "verbatim"."threads" USING btree ("session_id","cost_micro_usd");--> statement-breakpoint
-- What a session cost is among the numbers: they are counted again.
UPDATE verbatim.cursors SET counted_to = 0 WHERE name = 'deep';--> statement-breakpoint
TRUNCATE verbatim.tallies, verbatim.threads, verbatim.said;
