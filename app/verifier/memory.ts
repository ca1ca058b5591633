import { misfit, type Schema } from './schema.ts';

/* What a verifier remembers: of each ledger the last checkpoint that it saw. So a ledger that was cut or rewritten since is found. */

export interface RememberedLedger {
  /** 32 hexadecimal digits. */
  readonly origin: string;
  /** Of the largest tree seen. */
  readonly size: number;
  /** 32 bytes as hexadecimal digits. */
  readonly root: string;
  /** All keys seen, as hexadecimal digits. */
  readonly keys: readonly string[];
}

const schema: Schema = {
  type: 'array',
  items: {
    type: 'object',
    required: ['origin', 'size', 'root', 'keys'],
    properties: {
      origin: { type: 'string', pattern: '^[0-9a-f]{32}$' },
      size: { type: 'integer', minimum: 1 },
      root: { type: 'string', pattern: '^[0-9a-f]{64}$' },
      keys: { type: 'array', items: { type: 'string', pattern: '^[0-9a-f]{64}$' } },
    },
    additionalProperties: false,
  },
};

/** @returns null for what no verifier wrote */
export function parseMemory(text: string): RememberedLedger[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return isMemory(value) ? [...value] : null;
  } catch {
    return null;
  }
}

export function formatMemory(ledgers: readonly RememberedLedger[]): string {
  return `${JSON.stringify(ledgers, null, 2)}\n`;
}

/** With the new one in place of what was remembered of the same ledger. */
export function withLedger(
  ledgers: readonly RememberedLedger[],
  ledger: RememberedLedger,
): RememberedLedger[] {
  return [...ledgers.filter(({ origin }) => origin !== ledger.origin), ledger];
}

function isMemory(value: unknown): value is readonly RememberedLedger[] {
  return misfit(schema, value) === null;
}
