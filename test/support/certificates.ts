import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** PEM files. */
export interface Certificates {
  /** The authority that signed the server's certificate. */
  readonly authority: string;
  readonly key: string;
  readonly certificate: string;
  /** Key, certificate and authority in one file, as Kafka reads them. */
  readonly bundle: string;
}

/** An authority nobody knows, and a certificate it signed for a server on this machine; for a day. */
export function makeCertificates(folder: string): Certificates {
  const file = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const signed = ['-days', '1', '-subj'];
  const authority = ['-keyout', file('authority.key'), '-out', file('authority.pem')];
  openssl('req', '-x509', ...newKey, ...authority, ...signed, '/CN=Test authority');
  const request = ['-keyout', file('server.key'), '-out', file('server.csr')];
  openssl('req', ...newKey, ...request, '-subj', '/CN=localhost');
  writeFileSync(file('names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  const by = ['-CA', file('authority.pem'), '-CAkey', file('authority.key'), '-CAcreateserial'];
  const names = ['-extfile', file('names'), '-days', '1'];
  openssl('x509', '-req', '-in', file('server.csr'), ...by, ...names, '-out', file('server.pem'));
  const parts = ['server.key', 'server.pem', 'authority.pem'].map((name) =>
    readFileSync(file(name), 'utf8'),
  );
  writeFileSync(file('bundle.pem'), parts.join(''));
  return {
    authority: file('authority.pem'),
    key: file('server.key'),
    certificate: file('server.pem'),
    bundle: file('bundle.pem'),
  };
}
