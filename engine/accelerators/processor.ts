import { cpus } from 'node:os';
import type { Device } from '../protocol/protocol.ts';

/** The processor of this machine, as the device of accelerators without a graphics card. */
export function processor(): Device {
  return { kind: 'cpu', name: cpus().at(0)?.model.trim() || 'unknown processor' };
}
