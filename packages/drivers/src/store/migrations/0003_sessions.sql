CREATE TABLE "verbatim"."citations" (
	"citation_id" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"uid" uuid NOT NULL,
	"user_id" text NOT NULL,
	"session_id" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	"type" text NOT NULL,
	"status" text NOT NULL,
	"citation" jsonb NOT NULL,
	CONSTRAINT "citations_citation_id_seq_pk" PRIMARY KEY("citation_id","seq")
);
--> statement-breakpoint
CREATE TABLE "verbatim"."conversations" (
	"uid" uuid PRIMARY KEY NOT NULL,
	"owner" text NOT NULL,
	"last_seq" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "verbatim"."session_events" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"event_id" uuid NOT NULL,
	"uid" uuid NOT NULL,
	"user_id" text NOT NULL,
	"session_id" text NOT NULL,
	"event_name" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	"message_id" text,
	"conversation_uid" uuid,
	"event" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "verbatim"."session_heads" (
	"uid" uuid PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"session_id" text NOT NULL,
	"last_seq" bigint NOT NULL,
	"closed" boolean NOT NULL,
	"off_record" boolean NOT NULL,
	"said" integer NOT NULL,
	"snapshot_said" integer NOT NULL,
	"snapshot_seq" bigint NOT NULL,
	"milestones" integer NOT NULL,
	"emotion" text NOT NULL,
	"model" text,
	"fields" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "verbatim"."snapshots" (
	"snapshot_id" uuid PRIMARY KEY NOT NULL,
	"uid" uuid NOT NULL,
	"user_id" text NOT NULL,
	"session_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	"sha256" text NOT NULL,
	"content" text NOT NULL
);
--> statement-breakpoint
CREATE INDEX "citations_seq" ON "verbatim"."citations" USING btree ("seq");--> statement-breakpoint
CREATE INDEX "citations_session" ON "verbatim"."citations" USING btree ("session_id","seq");--> statement-breakpoint
CREATE INDEX "citations_user" ON "verbatim"."citations" USING btree ("user_id","seq");--> statement-breakpoint
CREATE INDEX "conversations_owner" ON "verbatim"."conversations" USING btree ("owner","last_seq");--> statement-breakpoint
CREATE UNIQUE INDEX "session_events_once" ON "verbatim"."session_events" USING btree ("uid","event_id");--> statement-breakpoint
CREATE INDEX "session_events_session" ON "verbatim"."session_events" USING btree ("uid","seq");--> statement-breakpoint
CREATE INDEX "session_events_message" ON "verbatim"."session_events" USING btree ("uid","message_id") WHERE message_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX "session_events_conversation" ON "verbatim"."session_events" USING btree ("conversation_uid","seq") WHERE conversation_uid IS NOT NULL;--> statement-breakpoint
CREATE INDEX "session_events_snapshot" ON "verbatim"."session_events" USING btree ((event ->> 'snapshot_id')) WHERE event_name = 'snapshot_taken';--> statement-breakpoint
CREATE INDEX "session_events_judged" ON "verbatim"."session_events" USING btree ("uid") WHERE event_name = 'citation_judged';--> statement-breakpoint
CREATE INDEX "session_heads_user" ON "verbatim"."session_heads" USING btree ("user_id","last_seq");--> statement-breakpoint
CREATE INDEX "session_heads_due" ON "verbatim"."session_heads" USING btree ("last_seq") WHERE (said - snapshot_said >= 15 OR closed) AND last_seq > snapshot_seq;--> statement-breakpoint
CREATE INDEX "snapshots_session" ON "verbatim"."snapshots" USING btree ("uid","seq");