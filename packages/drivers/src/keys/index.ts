/** The API keys of a home, and the log of who looked at what with them. */
export { openAuditLog, readAudit } from "./audit-log.ts";
export { addKey, loadKeys, revokeKey } from "./file.ts";
export { keysUsed, openKeyRing } from "./ring.ts";
export { openSealer, type Sealer } from "./seal.ts";
