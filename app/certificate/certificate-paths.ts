import { join } from 'node:path';
import type { CertificateForm } from '../contract/cases.ts';

/** Of one form of a certificate. */
export interface CertificatePaths {
  readonly json: string;
  readonly pdf: string;
}

const withoutNamesSuffix = '-without-names';

/** @param certificate its identifier */
export function certificatePaths(
  folder: string,
  certificate: string,
  form: CertificateForm,
): CertificatePaths {
  const suffix = form === 'without-names' ? withoutNamesSuffix : '';
  const path = join(folder, `certificate-${certificate}${suffix}`);
  return { json: `${path}.json`, pdf: `${path}.pdf` };
}

/** Whether a file is of the form that names nobody. */
export function isWithoutNames(fileName: string): boolean {
  return ['.json', '.pdf'].some((extension) => fileName.endsWith(withoutNamesSuffix + extension));
}
