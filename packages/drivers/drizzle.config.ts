/** For `drizzle-kit generate`, run in this folder after a change of src/store/schema.ts or session-schema.ts. */
import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "postgresql",
  schema: ["./src/store/schema.ts", "./src/store/session-schema.ts"],
  out: "./src/store/migrations",
  schemaFilter: ["verbatim"],
});
