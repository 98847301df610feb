import { currencyOf } from '../shared/domain/currencies';
import type { CleanEvent } from '../shared/domain/event';
import { maxIdBytes } from '../shared/domain/identity';
import { longerThan } from '../shared/domain/json';
import { maxMinor } from '../shared/domain/money';
import { isReasonOf } from '../shared/domain/outcome';
import type { Refusal } from '../shared/domain/refusal';

/** What is wrong with an event; the first fault, or null. The collector has checked its own and says
 *  so in `invalid`; other producers' are checked here for what would hurt further down. */
export function faultOf(event: CleanEvent): Refusal | null {
  if (event.invalid !== null) return refusedBefore(event.invalid);
  return idFault(event) ?? timeFault(event) ?? moneyFault(event);
}

/** A reason that this version does not know is told in words. */
function refusedBefore({ reason, message }: { reason: string; message: string }): Refusal {
  if (isReasonOf('dead', reason)) return { reason: reason as Refusal['reason'], message };
  return { reason: 'refused', message: `${reason}: ${message}` };
}

const ids = ['messageId', 'anonymousId', 'userId', 'deviceId'] as const;

function idFault(event: CleanEvent): Refusal | null {
  const long = ids.filter((id) => longerThan(event[id] ?? '', maxIdBytes));
  if (long.length > 0) {
    return { reason: 'id_too_long', message: `${long.join(', ')}: more than ${maxIdBytes} bytes` };
  }
  if (event.anonymousId !== null || event.userId !== null) return null;
  return { reason: 'no_user', message: 'neither anonymousId nor userId' };
}

const latestAt = Date.UTC(2300, 0, 1);

function timeFault({ originalAt, sentAt }: CleanEvent): Refusal | null {
  const wrong = [originalAt, sentAt].some((at) => at !== null && (at < 0 || at >= latestAt));
  if (!wrong) return null;
  const message = `originalAt ${originalAt}, sentAt ${sentAt}: not milliseconds from 1970 to 2299`;
  return { reason: 'invalid_timestamp', message };
}

function moneyFault({ currency, effect, items }: CleanEvent): Refusal | null {
  if (currency !== null && currencyOf(currency) !== currency) {
    return { reason: 'invalid_currency', message: `currency '${currency}' is not in ISO 4217` };
  }
  const amounts = [effect?.revenueMinor, effect?.taxMinor, effect?.shippingMinor];
  const wrong = amounts.find((amount) => !isAmount(amount));
  if (wrong !== undefined) return { reason: 'invalid_amount', message: tooMuch(wrong) };
  for (const { priceMinor, quantity } of items) {
    if (!isAmount(priceMinor)) return { reason: 'invalid_items', message: tooMuch(priceMinor) };
    if (quantity !== null && !Number.isFinite(quantity)) {
      return { reason: 'invalid_items', message: `quantity ${quantity} is no finite number` };
    }
  }
  return null;
}

function isAmount(minor: number | null | undefined): boolean {
  return minor === null || minor === undefined || Math.abs(minor) <= maxMinor;
}

function tooMuch(minor: number | null | undefined): string {
  return `${minor} minor units are more than ${maxMinor}`;
}
