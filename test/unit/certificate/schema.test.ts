import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { IssuedCertificate } from '../../../app/certificate/issue.ts';
import { publishedSchema } from '../../../app/certificate/published-schema.ts';
import schema from '../../../docs/certificate.schema.json' with { type: 'json' };
import { misfit } from '../../../app/verifier/schema.ts';
import { cifarClasses } from '../cases/sample-runs.ts';
import { issueFor, makeDesk, type Desk } from './certificates.ts';

let desk: Desk;
let issued: IssuedCertificate;

beforeAll(async () => {
  desk = makeDesk();
  issued = await issueFor(desk, cifarClasses, [0, 2]);
});
afterAll(() => {
  desk.clear();
});

const members = z.record(z.string(), z.unknown());

interface Place {
  /** Names, joined by points. */
  readonly path: string;
  readonly members: Record<string, unknown>;
  /** The whole with other members in this place. */
  readonly with: (members: Record<string, unknown>) => unknown;
}

/** Every object in a value. */
function* placesIn(
  value: unknown,
  path = '',
  rebuilt: (part: unknown) => unknown = (part) => part,
): Generator<Place> {
  if (Array.isArray(value)) {
    for (const [index, part] of value.entries()) {
      yield* placesIn(part, path, (other) => rebuilt(value.with(index, other)));
    }
  } else if (typeof value === 'object' && value !== null) {
    const own = members.parse(value);
    yield { path, members: own, with: rebuilt };
    for (const [name, part] of Object.entries(own)) {
      yield* placesIn(part, path === '' ? name : `${path}.${name}`, (other) =>
        rebuilt({ ...own, [name]: other }),
      );
    }
  }
}

function issuedFile(): unknown {
  return JSON.parse(readFileSync(issued.json, 'utf8'));
}

describe('the published schema', () => {
  it('is the form that certificates have (else: node build/certificate-schema.ts)', () => {
    expect(JSON.parse(JSON.stringify(publishedSchema()))).toEqual(schema);
  });

  it('takes real certificates, with names and without', () => {
    for (const path of [issued.json, issued.withoutNames.json]) {
      expect(misfit(schema, JSON.parse(readFileSync(path, 'utf8')))).toBeNull();
    }
  });

  it('takes other members only in recipes, in reads by phase, and in the payloads of proven entries', () => {
    const takers = [...placesIn(issuedFile())]
      .filter((place) => misfit(schema, place.with({ ...place.members, surplus: [] })) === null)
      .map(({ path }) => path)
      .filter((path) => !path.startsWith('record.entries.entry.payload'));
    expect([...new Set(takers)]).toEqual([
      'certificate.plan.recipe',
      'certificate.plan.recipe.impair',
      'certificate.plan.recipe.noise',
      'certificate.plan.recipe.repair',
      'certificate.result.reads',
    ]);
  });

  it('lets nothing be left out but what older runs did not say, and the names', () => {
    const optional = [...placesIn(issuedFile())].flatMap((place) =>
      Object.keys(place.members).flatMap((name) => {
        const { [name]: _, ...rest } = place.members;
        return misfit(schema, place.with(rest)) === null ? [`${place.path}.${name}`] : [];
      }),
    );
    const told = new Set(
      optional.filter(
        (path) => !/^record.entries.entry.payload|plan.recipe\.|\.reads\./.test(path),
      ),
    );
    expect([...told]).toEqual([
      '.names',
      'certificate.plan.build',
      'certificate.plan.recipeReason',
      'certificate.plan.reference',
      'certificate.plan.thresholds',
      'certificate.plan.accelerator.device',
      'certificate.result.account',
      'certificate.result.findings',
      'certificate.result.verdict',
      'certificate.result.seconds.impair',
      'certificate.result.seconds.noise',
      'certificate.result.seconds.repair',
    ]);
  });
});
