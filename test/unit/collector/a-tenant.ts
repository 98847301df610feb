import { noOrderOutlier, type Tenant } from '../../../services/shared/domain/tenant';
import { sha256Hex } from '../../../services/shared/runtime/hash';

/** The tenant `demo`, whose write key is `demo-key`. */
export function aTenant(part: Partial<Tenant> = {}): Tenant {
  return {
    name: 'demo',
    writeKeyHashes: [sha256Hex('demo-key')],
    ownDomains: ['shop.example'],
    timeZone: 'UTC',
    currency: 'USD',
    sourceCategories: new Map(),
    allowedAgents: [],
    allowedAddresses: [],
    orderOutlier: noOrderOutlier,
    ...part,
  };
}
