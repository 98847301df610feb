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

/** What one subscriber has: an IPv4 address, or the /64 of an IPv6 one, whose lower half a device
 *  chooses as it likes (RFC 4291, 2.5.1). IPv4 written as IPv6 is IPv4; what does not parse is itself. */
export function networkOf(address: string): string {
  if (!address.includes(':') || !ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return `${(parsed as ipaddr.IPv6).parts.slice(0, 4).map(hexadecimal).join(':')}/64`;
}

const hexadecimal = (part: number): string => part.toString(16);
