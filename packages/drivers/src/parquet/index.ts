/** Tables as Parquet files. */
export type { ParquetFile } from "./file.ts";
export { openParquet } from "./file.ts";
