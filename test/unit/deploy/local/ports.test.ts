import { defaultPorts, freePorts, portsFrom } from '../../../../deploy/local/ports';

test('free ports are distinct and outside the range of client ports', async () => {
  const ports = Object.values(await freePorts());
  expect(new Set(ports).size).toBe(5);
  for (const port of ports) expect(port).toBeLessThan(32_768);
});

test('the environment moves one port and leaves the others', () => {
  expect(portsFrom({ TRIBUTARY_REDIS_PORT: '7000' })).toEqual({ ...defaultPorts, redis: 7000 });
  expect(portsFrom({ TRIBUTARY_REDIS_PORT: '' })).toEqual(defaultPorts);
});

test.each(['0', '65536', 'tcp://10.0.0.1:6379', '1.5'])('%s is no port', (text) => {
  expect(() => portsFrom({ TRIBUTARY_REDIS_PORT: text })).toThrow(
    `TRIBUTARY_REDIS_PORT=${text} is not a port`,
  );
});
