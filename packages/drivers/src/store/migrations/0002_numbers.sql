CREATE TABLE "verbatim"."past_enrichments" (
	"seq" bigint NOT NULL,
	"sub" smallint NOT NULL,
	"taxonomy" text NOT NULL,
	"enrichment" jsonb NOT NULL,
	CONSTRAINT "past_enrichments_seq_sub_taxonomy_pk" PRIMARY KEY("seq","sub","taxonomy")
);
--> statement-breakpoint
CREATE TABLE "verbatim"."said" (
	"uid" uuid PRIMARY KEY NOT NULL,
	"seq" bigint NOT NULL,
	"sub" smallint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "verbatim"."tallies" (
	"hour" timestamp(3) with time zone NOT NULL,
	"project" text NOT NULL,
	"speaker" text NOT NULL,
	"tally" jsonb NOT NULL,
	CONSTRAINT "tallies_hour_project_speaker_pk" PRIMARY KEY("hour","project","speaker")
);
--> statement-breakpoint
CREATE TABLE "verbatim"."threads" (
	"uid" uuid PRIMARY KEY NOT NULL,
	"session_id" text NOT NULL,
	"open" integer NOT NULL,
	"thread" jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "verbatim"."cursors" ADD COLUMN "counted_to" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "verbatim"."cursors" ADD COLUMN "taxonomy" text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE INDEX "threads_session" ON "verbatim"."threads" USING btree ("session_id");