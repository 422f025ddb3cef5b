/** Columns as Parquet says them: the elements of a schema, and cells as its values. Pure. */
import type { Cell, CellType, Column } from "@verbatim/core";
import type { ParquetWriter } from "hyparquet-writer";

type Schema = ParquetWriter["schema"];
type Element = Schema[number];

const TEXT: Omit<Element, "name"> = {
  type: "BYTE_ARRAY",
  converted_type: "UTF8",
  logical_type: { type: "STRING" },
};
const TYPES: Readonly<Record<Exclude<CellType, "texts">, Omit<Element, "name">>> = {
  integer: { type: "INT64" },
  text: TEXT,
  flag: { type: "BOOLEAN" },
  bytes: { type: "BYTE_ARRAY" },
  moment: {
    type: "INT64",
    converted_type: "TIMESTAMP_MILLIS",
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MILLIS" },
  },
};

/** The schema of a table with these columns. */
export function schemaOf(columns: readonly Column[]): Schema {
  return [{ name: "messages", num_children: columns.length }, ...columns.flatMap(elementsOf)];
}

function elementsOf({ name, type, always }: Column): Schema {
  const repetition_type = always ? "REQUIRED" : "OPTIONAL";
  if (type !== "texts") return [{ name, repetition_type, ...TYPES[type] }];
  return [
    {
      name,
      repetition_type,
      num_children: 1,
      converted_type: "LIST",
      logical_type: { type: "LIST" },
    },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    { name: "element", repetition_type: "REQUIRED", ...TEXT },
  ];
}

/** A cell as the writer wants it. */
export function storedAs(cell: Cell, type: CellType): unknown {
  if (typeof cell !== "number") return cell;
  return type === "moment" ? new Date(cell) : BigInt(cell);
}

/** Memory a cell takes until its group is written, about. */
export function sizeOf(cell: Cell): number {
  if (typeof cell === "string") return cell.length + 8;
  if (typeof cell !== "object" || cell === null) return 8;
  if (cell instanceof Uint8Array) return cell.length + 8;
  let size = 8;
  for (const text of cell) size += text.length + 8;
  return size;
}
