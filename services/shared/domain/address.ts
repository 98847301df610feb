import ipaddr from 'ipaddr.js';

/** Whether an IP address is one of, or lies in one of, the given addresses and CIDR ranges. IPv4
 *  addresses written as IPv6 are IPv4. What does not parse matches nothing. */
export function isWithin(address: string, ranges: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return ranges.some((range) => covers(range, parsed));
}

function covers(range: string, address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (ipaddr.isValidCIDR(range)) {
    const [network, bits] = ipaddr.parseCIDR(range);
    return network.kind() === address.kind() && address.match(network, bits);
  }
  return ipaddr.isValid(range) && ipaddr.process(range).toString() === address.toString();
}
