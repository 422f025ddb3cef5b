/** A file that may not be there: its absence as a value, every other failure as it is. */

/** Hands to a promise's `catch` what stands for a file that is not there. */
export function whenAbsent<Value>(value: Value): (error: unknown) => Value {
  return (error) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return value;
    throw error;
  };
}
