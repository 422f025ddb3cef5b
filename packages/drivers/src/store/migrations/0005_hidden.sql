ALTER TABLE "verbatim"."messages" ADD COLUMN "hidden" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "verbatim"."sessions" ADD COLUMN "hidden" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "session_events_summary" ON "verbatim"."session_events" USING btree ("user_id",(event ->> 'previous_session_id')) WHERE event ? 'summary_from';;--> statement-breakpoint
-- An archive that holds what is to be hidden is made again from its journal.
DO $$ BEGIN
  IF EXISTS (SELECT 1 FROM "verbatim"."session_events" WHERE event_name IN ('message_deleted', 'off_record_set')) THEN
    TRUNCATE verbatim.messages, verbatim.message_ids, verbatim.repeats, verbatim.asides, verbatim.sessions, verbatim.tallies, verbatim.threads, verbatim.said, verbatim.past_enrichments, verbatim.search_postings, verbatim.search_tail, verbatim.session_events, verbatim.session_heads, verbatim.conversations, verbatim.citations, verbatim.snapshots, verbatim.cursors;
  END IF;
END $$;
