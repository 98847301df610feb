/** Adds decimal amounts exactly: as integers of the finest digit any of them has. */
export function sumOfDecimals(amounts: readonly string[]): string {
  const digits = Math.max(0, ...amounts.map((amount) => fraction(amount).length));
  const sum = amounts.reduce((total, amount) => total + scaled(amount, digits), 0n);
  if (digits === 0) return sum.toString();
  const sign = sum < 0n ? '-' : '';
  const text = (sum < 0n ? -sum : sum).toString().padStart(digits + 1, '0');
  return `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

function fraction(amount: string): string {
  return amount.split('.')[1] ?? '';
}

function scaled(amount: string, digits: number): bigint {
  const [whole = '0'] = amount.split('.');
  return BigInt(whole + fraction(amount).padEnd(digits, '0'));
}
