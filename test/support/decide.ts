import { type Decided, judge, open } from '../../services/cleaner/decide';
import { nothingKnown } from '../../services/shared/domain/order-history';

/** What becomes of a record by itself, where nothing is known of orders before it. */
export function decide(...[record, decode, law]: Parameters<typeof open>): Decided {
  const opened = open(record, decode, law);
  return 'judged' in opened ? opened : judge(opened, nothingKnown, law);
}
