import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Why there can be no authority here; null when there can. */
export function noAuthorityReason(): string | null {
  const { status } = spawnSync('openssl', ['version']);
  return status === 0
    ? null
    : 'openssl, which would play the time-stamping authority, is not installed';
}

const configuration = `
[req]
distinguished_name = name
[name]
[authority]
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = here
[here]
dir = .
serial = serial
crypto_device = builtin
signer_cert = authority.pem
signer_key = authority.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
ess_cert_id_alg = sha256
`;

export interface Authority {
  /** A response (RFC 3161) for a file. */
  stamp(file: string, how?: { digest?: string; withCertificate?: boolean }): Buffer;
}

/** OpenSSL as a time-stamping authority. @param folder to work in */
export function openAuthority(folder: string, key = 'rsa:2048'): Authority {
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  };
  writeFileSync(join(folder, 'openssl.cnf'), configuration);
  writeFileSync(join(folder, 'serial'), '01\n');
  const [algorithm, option] =
    key === 'ec' ? ['ec', ['-pkeyopt', 'ec_paramgen_curve:P-256']] : [key, []];
  openssl(
    ...['req', '-x509', '-config', 'openssl.cnf', '-extensions', 'authority', '-nodes'],
    ...['-newkey', algorithm, ...option, '-keyout', 'authority.key', '-out', 'authority.pem'],
    ...['-days', '3650', '-subj', '/O=Example/CN=Example Time Authority'],
  );
  return {
    stamp(file, { digest = 'sha256', withCertificate = true } = {}) {
      writeFileSync(join(folder, 'file'), file);
      const more = withCertificate ? ['-cert'] : [];
      openssl('ts', '-query', '-data', 'file', `-${digest}`, ...more, '-out', 'query');
      openssl('ts', '-reply', '-config', 'openssl.cnf', '-queryfile', 'query', '-out', 'response');
      return readFileSync(join(folder, 'response'));
    },
  };
}
