/** Names of sources that more than their parser knows. */

/** Files that `verbatim export --format jsonl` made, imported again: their first line is a record of this source. */
export const EXPORT_SOURCE = "verbatim-export";

/** Lines of chat messages, as chat models are asked and trained with. */
export const OPENAI_SOURCE = "openai";
