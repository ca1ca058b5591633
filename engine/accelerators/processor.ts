import { cpus } from 'node:os';
import type { Device } from '../protocol/protocol.ts';

/** The processor of this machine, as the device of accelerators without a graphics card. */
export function processor(): Device {
  // In some virtual machines it has a name of nothing but spaces.
  const name = cpus().at(0)?.model.trim() ?? '';
  return { kind: 'cpu', name: name === '' ? 'unknown processor' : name };
}
