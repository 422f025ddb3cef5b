CREATE SCHEMA IF NOT EXISTS "verbatim";
--> statement-breakpoint
CREATE TABLE "verbatim"."asides" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"key" text NOT NULL,
	"heard_at" timestamp(3) with time zone NOT NULL,
	"why" text NOT NULL,
	"partial" boolean NOT NULL,
	"raw" "bytea",
	"bytes" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "verbatim"."cursors" (
	"name" text PRIMARY KEY NOT NULL,
	"journal_id" text NOT NULL,
	"settled_to" bigint NOT NULL,
	"stored" bigint NOT NULL,
	"aside" bigint NOT NULL,
	"repeats" bigint NOT NULL,
	"messages" bigint NOT NULL,
	"last_heard_at" timestamp(3) with time zone,
	"sealed_to" bigint NOT NULL,
	"indexed_to" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "verbatim"."message_ids" (
	"uid" uuid PRIMARY KEY NOT NULL,
	"seq" bigint NOT NULL,
	"sub" smallint NOT NULL,
	"raw_uid" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "verbatim"."messages" (
	"seq" bigint NOT NULL,
	"sub" smallint NOT NULL,
	"id" text NOT NULL,
	"session_id" text NOT NULL,
	"conversation_id" text,
	"source" text NOT NULL,
	"key" text NOT NULL,
	"author_name" text NOT NULL,
	"role" text NOT NULL,
	"receiver" text,
	"topic" text,
	"said_at" timestamp(3) with time zone NOT NULL,
	"heard_at" timestamp(3) with time zone NOT NULL,
	"parent_id" text,
	"kind" text NOT NULL,
	"parts" jsonb NOT NULL,
	"text" text NOT NULL,
	"model" text,
	"usage" jsonb,
	"meta" jsonb NOT NULL,
	"chain_type" text NOT NULL,
	"ace_tier" text NOT NULL,
	"enrichment" jsonb NOT NULL,
	"raw" "bytea",
	CONSTRAINT "messages_seq_sub_pk" PRIMARY KEY("seq","sub")
) PARTITION BY RANGE ("seq");
--> statement-breakpoint
CREATE TABLE "verbatim"."repeats" (
	"seq" bigint NOT NULL,
	"sub" smallint NOT NULL,
	"first_seq" bigint NOT NULL,
	"source" text NOT NULL,
	"key" text NOT NULL,
	"heard_at" timestamp(3) with time zone NOT NULL,
	"raw" "bytea",
	CONSTRAINT "repeats_seq_sub_pk" PRIMARY KEY("seq","sub")
);
--> statement-breakpoint
CREATE TABLE "verbatim"."search_postings" (
	"term" text COLLATE "C" NOT NULL,
	"segment" integer NOT NULL,
	"n" integer NOT NULL,
	"places" "bytea" NOT NULL,
	CONSTRAINT "search_postings_term_segment_pk" PRIMARY KEY("term","segment")
);
--> statement-breakpoint
CREATE TABLE "verbatim"."search_tail" (
	"term" text COLLATE "C" NOT NULL,
	"seq" bigint NOT NULL,
	"sub" smallint NOT NULL,
	CONSTRAINT "search_tail_term_seq_sub_pk" PRIMARY KEY("term","seq","sub")
);
--> statement-breakpoint
CREATE TABLE "verbatim"."sessions" (
	"session_id" text PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"conversation_id" text,
	"title" text,
	"opening" text,
	"project" text,
	"first_said_at" timestamp(3) with time zone NOT NULL,
	"last_said_at" timestamp(3) with time zone NOT NULL,
	"messages" integer NOT NULL,
	"user_turns" integer NOT NULL,
	"models" text[] NOT NULL,
	"first_seq" bigint NOT NULL,
	"last_seq" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "messages_session" ON "verbatim"."messages" USING btree ("session_id","seq","sub");--> statement-breakpoint
CREATE INDEX "sessions_newest" ON "verbatim"."sessions" USING btree ("last_seq");