/** Numbers as people read them, the same everywhere: no locale, no clock. */

/** 1234567 -> "1,234,567". */
export function integerText(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** 0.416 -> "41.6 %". */
export function percentText(share: number): string {
  return `${(share * 100).toFixed(1).replace(/[.]0$/, "")} %`;
}

/** How much of a whole there is: some is never "0 %", and what is not all never "100 %". */
export function shareText(share: number): string {
  return percentText(share > 0 && share < 1 ? Math.min(Math.max(share, 0.001), 0.999) : share);
}

/** Millionths of a dollar as dollars; small amounts with four decimals. */
export function moneyText(microUsd: number): string {
  const dollars = Math.abs(microUsd) / 1e6;
  const text = dollars.toFixed(dollars > 0 && dollars < 1 ? 4 : 2);
  return `${microUsd < 0 ? "-" : ""}$${text.replace(/^\d+/, (whole) => integerText(Number(whole)))}`;
}

/** 90 -> "90 s", 4096 -> "68 min", 30000 -> "8 h". */
export function secondsText(seconds: number): string {
  if (seconds < 120) return `${Number(seconds.toFixed(1))} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** "1 message", "2 messages". */
export function countText(amount: number, one: string, many: string = `${one}s`): string {
  return `${integerText(amount)} ${amount === 1 ? one : many}`;
}

/** "1 is", "2 are". */
export function areText(amount: number): string {
  return `${integerText(amount)} ${amount === 1 ? "is" : "are"}`;
}
