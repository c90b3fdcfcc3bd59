/** Amounts are strings of base units on the wire. They are counted with BigInt and never with floats. */

const DECIMALS = 18;
const ONE_TOKEN = 10n ** BigInt(DECIMALS);

/** The tokens of an amount, exactly: whole part grouped by thousands, no trailing zeros. */
export function tokens(baseUnits: string | bigint): string {
  const units = BigInt(baseUnits);
  const sign = units < 0n ? '-' : '';
  const size = units < 0n ? -units : units;
  const whole = (size / ONE_TOKEN).toString().replace(/\B(?=(\d{3})+$)/g, ',');
  const rest = (size % ONE_TOKEN).toString().padStart(DECIMALS, '0').replace(/0+$/, '');
  return sign + whole + (rest ? `.${rest}` : '');
}

/** A float that is near an amount's tokens: for the height of a bar, never for a figure that is read. */
export function roughly(baseUnits: string | bigint): number {
  return Number(BigInt(baseUnits) / 10n ** 9n) / 1e9;
}

/** The sum of amounts. */
export function sum(amounts: Iterable<string | bigint>): bigint {
  let total = 0n;
  for (const amount of amounts) total += BigInt(amount);
  return total;
}

/** How much of a whole a part is, in percent, 0 to 100, rounded down to a tenth. */
export function percent(part: string | bigint, whole: string | bigint): number {
  const all = BigInt(whole);
  if (all <= 0n) return 0;
  const tenths = (BigInt(part) * 1000n) / all;
  return Number(tenths > 1000n ? 1000n : tenths) / 10;
}

/** A share in parts per million as percent, exactly. */
export function share(ppm: number): string {
  const text = (ppm / 10_000).toFixed(4).replace(/\.?0+$/, '');
  return `${text} %`;
}
