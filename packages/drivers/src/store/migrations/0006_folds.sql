CREATE TABLE "verbatim"."session_members" (
	"uid" uuid NOT NULL,
	"list" text NOT NULL,
	"id" text NOT NULL,
	"seq" bigint NOT NULL,
	"json" jsonb,
	CONSTRAINT "session_members_uid_list_id_pk" PRIMARY KEY("uid","list","id")
);
--> statement-breakpoint
ALTER TABLE "verbatim"."session_heads" ADD COLUMN "kept" jsonb;--> statement-breakpoint
ALTER TABLE "verbatim"."session_heads" ADD COLUMN "messages" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "verbatim"."session_heads" ADD COLUMN "notes" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "verbatim"."session_heads" ADD COLUMN "events" integer DEFAULT 0 NOT NULL;