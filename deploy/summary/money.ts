import { decimalText } from '../../services/shared/domain/decimal';

/** Adds decimal amounts exactly: as integers of the finest digit any of them has. */
export function sumOfDecimals(amounts: readonly string[]): string {
  const digits = Math.max(0, ...amounts.map((amount) => fraction(amount).length));
  const sum = amounts.reduce((total, amount) => total + scaled(amount, digits), 0n);
  return decimalText(sum, digits);
}

function fraction(amount: string): string {
  return amount.split('.')[1] ?? '';
}

function scaled(amount: string, digits: number): bigint {
  const [whole = '0'] = amount.split('.');
  return BigInt(whole + fraction(amount).padEnd(digits, '0'));
}
