import { z } from 'zod';
import { certificateFileSchema } from './certificate-file.ts';

/** The form of a certificate's file as JSON Schema (2020-12): what docs/certificate.schema.json holds. */
export function publishedSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(certificateFileSchema);
  return {
    $schema,
    $id: 'urn:lethe:certificate:2',
    title: 'Certificate of erasure',
    description:
      'A certificate as Lethe issues it, form 2: canonical JSON (RFC 8785). What its members mean, and how to check it by hand, is told in certificate.md.',
    ...schema,
  };
}
